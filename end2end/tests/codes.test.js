// Signing in by what a mail or a text message holds, and by a user name. On both databases, with script on and off.

import assert from "node:assert/strict";

import { barriers, sideways } from "../support/accessibility.js";
import { LOOKS, show } from "../support/browser.js";
import { heading, message, path, refused, somebody, told } from "../support/people.js";
import { everywhere, once } from "../support/world.js";

async function askForLink(page, email, address = "/sign-in/link?change=1") {
  await page.goto(address);
  await page.getByLabel("E-mail address").fill(email);
  await page.getByRole("button", { name: "Send me a link" }).click();
  await heading(page, "Check your mail");
}

async function askForCode(page, email) {
  await page.goto("/sign-in/code?change=1");
  await page.getByLabel("E-mail address").fill(email);
  await page.getByRole("button", { name: "Send me a code" }).click();
  await heading(page, "Enter the code");
}

async function giveCode(page, code) {
  await page.getByLabel("Code", { exact: true }).fill(code);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

function wrong(code) {
  return (code[0] === "0" ? "1" : "0") + code.slice(1);
}

everywhere((world) => {
  world.test("a_link_signs_in_the_browser_that_asked_and_goes_where_the_person_wanted", async (open) => {
    const page = await open();
    const { email } = somebody();
    await askForLink(page, email, "/sign-in/link?change=1&return_to=%2Faccount");
    const mail = await message(world.server, email, "magic_link");

    // A scanner opens every link it finds, and follows nothing.
    for (let count = 0; count < 10; count += 1) {
      for (const method of ["HEAD", "GET"]) assert.equal((await fetch(mail.links[0], { method })).status, 200);
    }
    await page.goto(mail.links[0]);
    await heading(page, "Sign in");
    await page.getByText(email).waitFor();
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await heading(page, "Your account");
    assert.equal(path(page), "/account");

    page.watch.expect(410);
    await page.goto(mail.links[0]);
    await heading(page, "This link no longer works");
  });

  world.test("in_another_browser_a_link_says_whose_account_it_is_and_asks", async (open) => {
    const asking = await open();
    const other = await open();
    const { email } = somebody();
    await askForLink(asking, email);
    const { links } = await message(world.server, email, "magic_link");
    await other.goto(links[0]);
    await heading(other, "Is this your account?");
    await other.getByText("asked for in another browser").waitFor();
    await other.getByRole("button", { name: `Yes, sign in as ${email}` }).click();
    await heading(other, `Hello, ${email.split("@")[0]}`);
  });

  world.test("the_code_beside_a_link_is_for_the_browser_that_asked", async (open) => {
    const page = await open();
    const { email } = somebody();
    await askForLink(page, email);
    const { code, links } = await message(world.server, email, "magic_link");
    await giveCode(page, `${code.slice(0, 3)} ${code.slice(3)}`);
    await heading(page, `Hello, ${email.split("@")[0]}`);
    page.watch.expect(410);
    await page.goto(links[0]);
    await heading(page, "This link no longer works");
  });

  world.test("a_code_from_a_mail_signs_in_and_a_wrong_one_may_be_corrected", async (open) => {
    const page = await open();
    if (world.script) await page.clock.install();
    const { email } = somebody();
    await page.goto("/sign-in/code");
    await page.getByLabel("E-mail address").fill(email);
    await page.getByRole("button", { name: "Send me a code" }).click();
    await heading(page, "Enter the code");
    const field = page.getByLabel("Code", { exact: true });
    assert.equal(await field.getAttribute("autocomplete"), "one-time-code");
    assert.equal(await field.getAttribute("inputmode"), "numeric");
    assert.equal(await page.locator("input:not([type=hidden])").count(), 1, "one field, not six");

    const first = await message(world.server, email, "email_otp");
    await giveCode(page, wrong(first.code));
    await page.getByText("This code is not right, or has expired.").waitFor();
    assert.equal(await field.getAttribute("aria-invalid"), "true");
    assert.equal(await field.inputValue(), "");

    const again = page.getByRole("button", { name: "Send another code" });
    const wait = page.getByText("You can send another one in");
    await wait.waitFor();
    if (world.script) {
      assert.ok(await again.isDisabled(), "a message takes its time");
      await page.clock.fastForward(31_000);
      await wait.waitFor({ state: "hidden" });
    }
    await again.click();
    await heading(page, "Enter the code");
    const second = await message(world.server, email, "email_otp");
    await giveCode(page, second.code);
    await heading(page, `Hello, ${email.split("@")[0]}`);
  });

  world.test("whoever_came_by_a_code_sets_a_first_password_and_signs_in_with_it", async (open) => {
    const page = await open();
    const { email, password } = somebody();
    await askForCode(page, email);
    await giveCode(page, (await message(world.server, email, "email_otp")).code);
    await heading(page, `Hello, ${email.split("@")[0]}`);
    await page.goto("/account/security");
    await page.getByText("Your account has no password.").waitFor();
    await page.getByLabel("New password", { exact: true }).fill("too few otters");
    await page.locator("#new").evaluate((input) => input.removeAttribute("minlength"));
    await page.getByRole("button", { name: "Set password" }).click();
    await page.locator("#new-error").waitFor();
    await page.getByLabel("New password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Set password" }).click();
    await told(page, "Your password is set.");
    await page.getByLabel("Current password").waitFor();
    assert.match((await message(world.server, email, "password_set")).text, /All other sessions/);
    const other = await open();
    await other.goto("/sign-in?change=1");
    await other.getByLabel("E-mail address or user name").fill(email);
    await other.getByRole("button", { name: "Continue" }).click();
    await other.getByLabel("Password", { exact: true }).fill(password);
    await other.getByRole("button", { name: "Sign in", exact: true }).click();
    await heading(other, `Hello, ${email.split("@")[0]}`);
  });

  world.test("a_code_is_worth_nothing_in_a_browser_that_did_not_ask", async (open) => {
    const asking = await open();
    const other = await open();
    const [mine, theirs] = [somebody(), somebody()];
    await askForCode(asking, mine.email);
    await askForCode(other, theirs.email);
    const { code } = await message(world.server, mine.email, "email_otp");
    await giveCode(other, code);
    await other.getByText("This code is not right, or has expired.").waitFor();
    await giveCode(asking, code);
    await heading(asking, `Hello, ${mine.email.split("@")[0]}`);
  });

  world.test("a_text_message_signs_in_and_its_last_line_is_for_the_browser", async (open) => {
    const page = await open();
    await page.goto("/sign-in/phone");
    await page.getByLabel("Mobile number").fill("12345");
    await page.getByRole("button", { name: "Send me a code" }).click();
    await refused(page, "Please check the field");
    assert.equal(await page.getByLabel("Mobile number").inputValue(), "12345");
    await page.getByLabel("Mobile number").fill("+49 1512 3456789");
    await page.getByRole("button", { name: "Send me a code" }).click();
    await heading(page, "Enter the code");
    const { code, text } = await message(world.server, "+4915123456789", "phone_otp");
    assert.ok(text.endsWith(`\n\n@localhost #${code}`), text);
    await giveCode(page, `${code.slice(0, 3)}-${code.slice(3)}`);
    await heading(page, "Hello, +4915123456789");
  });

  world.test("a_user_name_is_enough_for_an_account", async (open) => {
    const page = await open();
    const name = `ada.${world.script ? "on" : "off"}`;
    const sign = async (username, password) => {
      await page.goto("/sign-up/username");
      await page.getByLabel("User name").fill(username);
      await page.getByLabel("Password", { exact: true }).fill(password);
      await page.getByRole("button", { name: "Create account" }).click();
    };
    await sign("admin", "seven purple lanterns");
    await refused(page, "Please check the field");
    assert.equal(await page.getByLabel("User name").inputValue(), "admin");
    assert.equal(await page.getByLabel("Password", { exact: true }).inputValue(), "");
    await sign(name, "seven purple lanterns");
    await heading(page, `Hello, ${name}`);
    const other = await open();
    const answer = await other.request.post(world.server.at("/api/auth/sign-in/username"), {
      data: { username: name.toUpperCase(), password: "seven purple lanterns" },
      headers: { origin: world.server.url },
    });
    assert.equal(answer.status(), 200);
    assert.equal((await answer.json()).data.user.username, name);
  });
});

once((world) => {
  world.test("a_method_that_is_off_has_no_page", async (open) => {
    const page = await open();
    page.watch.expect(404);
    for (const path of ["/sign-in/link", "/sign-in/link/open?token=x", "/sign-in/code", "/sign-in/phone", "/sign-up/username"]) {
      assert.equal((await page.goto(path)).status(), 404, path);
    }
  });
}, {
  settings: {
    KAVACH_METHODS__MAGIC_LINK: "false",
    KAVACH_METHODS__EMAIL_OTP: "false",
    KAVACH_METHODS__PHONE_OTP: "false",
    KAVACH_METHODS__USERNAME_PASSWORD: "false",
  },
});

once((world) => {
  world.test("the_pages_are_open_to_everybody", async (open) => {
    const page = await open();
    const other = await open();
    const { email } = somebody();
    const look = async (name, on = page) => {
      const found = [];
      for (const one of LOOKS) {
        await show(on, one);
        for (const barrier of await barriers(on)) found.push(`${name} ${one.name}: ${barrier}`);
        if (process.env.CODES_PICTURES) {
          await on.screenshot({ path: `${process.env.CODES_PICTURES}/${name}-${one.name}.png`, fullPage: true });
        }
      }
      await on.setViewportSize({ width: 320, height: 640 });
      const wide = await sideways(on);
      assert.deepEqual(wide ? [...found, `${name} 320: ${wide}`] : found, []);
    };
    for (const [name, path] of [["link", "/sign-in/link"], ["code", "/sign-in/code"], ["phone", "/sign-in/phone"], ["username", "/sign-up/username"]]) {
      await page.goto(path);
      await look(name);
    }
    await askForCode(page, email);
    await look("code-sent");
    await giveCode(page, "000000");
    await page.getByText("This code is not right").waitFor();
    await look("code-wrong");
    await askForLink(page, email);
    await look("link-sent");
    const { links } = await message(world.server, email, "magic_link");
    await page.goto(links[0]);
    await look("link-open");
    await other.goto(links[0]);
    await look("link-elsewhere", other);
    await page.goto(links[0]);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await heading(page, `Hello, ${email.split("@")[0]}`);
    other.watch.expect(410);
    await other.goto(links[0]);
    await look("link-used", other);
    await page.goto("/account/email/confirm?token=kv_mail_x");
    await look("email-change");
    await page.getByRole("button", { name: "Use this address" }).click();
    await heading(page, "This link no longer works");
    await page.goto("/dev/outbox");
    await look("outbox");
  });

  world.test("another_address_counts_when_its_mailbox_says_so", async (open) => {
    const page = await open();
    const { email } = somebody();
    const next = `new.${email}`;
    await askForCode(page, email);
    await giveCode(page, (await message(world.server, email, "email_otp")).code);
    await heading(page, `Hello, ${email.split("@")[0]}`);
    const asked = await page.request.post(world.server.at("/api/auth/account/email"), {
      data: { email: next },
      headers: { origin: world.server.url },
    });
    assert.equal(asked.status(), 202);
    await message(world.server, email, "email_change_requested");
    const { links } = await message(world.server, next, "email_change");
    await page.goto(links[0]);
    await page.getByRole("button", { name: "Use this address" }).click();
    await told(page, "Your e-mail address is changed");
    await page.getByText(next).waitFor();
    await message(world.server, email, "email_changed");
  });
});
