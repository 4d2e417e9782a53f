// People: the first administrator, signing up, in and out, addresses, accounts. On both databases, with script on
// and off.

import assert from "node:assert/strict";

import {
  givePassword,
  heading,
  identify,
  mailedLink,
  path,
  refused,
  setUp,
  signIn,
  signOut,
  signUp,
  somebody,
  told,
} from "../support/people.js";
import { everywhere } from "../support/world.js";

everywhere((world) => {
  world.test("the_printed_link_makes_the_first_administrator_once", async (open) => {
    const page = await open();
    await page.goto("/");
    await heading(page, "Open the set-up link");

    // A form that fails keeps what was typed, and the link.
    const admin = somebody("Grace Hopper");
    await page.goto(world.server.setUpLink);
    await page.getByLabel("Your name").fill(admin.name);
    await page.getByLabel("E-mail address").fill(admin.email);
    await page.getByLabel("Password", { exact: true }).fill("password1234567");
    await page.getByRole("button", { name: "Create administrator" }).click();
    await refused(page, "known from a data breach");
    assert.equal(await page.getByLabel("Your name").inputValue(), admin.name);
    assert.equal(await page.getByLabel("E-mail address").inputValue(), admin.email);
    assert.equal(await page.getByLabel("Password", { exact: true }).inputValue(), "");
    await page.locator("#password:focus").waitFor();

    await setUp(page, world.server, admin);
    await told(page, "You are the first administrator");
    await page.reload();
    assert.equal(await page.getByRole("status").count(), 0, "a note is shown once");

    const other = await open();
    await other.goto(world.server.setUpLink);
    await heading(other, "Set-up is done");
    await other.goto("/");
    await heading(other, "Sign in");
  });

  world.test("signing_up_shows_the_console_and_says_a_mail_is_coming", async (open) => {
    const page = await open();
    const person = await signUp(page);
    await told(page, "Your account is ready");
    assert.equal(path(page), "/console");
    await page.goto("/sign-up");
    await heading(page, `Hello, ${person.name}`);
  });

  world.test("a_refused_sign_up_comes_back_filled_in_without_the_password", async (open) => {
    const page = await open();
    await page.goto("/sign-up");
    await page.getByLabel("Name").fill("Ada <b>Byron</b> & Co");
    await page.getByLabel("E-mail address").fill("ada.refused@example.com");
    // The field asks for a longer one; this is what a program, or an old page, would send.
    await page.getByLabel("Password", { exact: true }).evaluate((field) => field.removeAttribute("minlength"));
    await page.getByLabel("Password", { exact: true }).fill("secret123");
    await page.getByRole("button", { name: "Create account" }).click();
    await refused(page, "known from a data breach");
    assert.equal(await page.getByLabel("Name").inputValue(), "Ada <b>Byron</b> & Co");
    assert.equal(await page.getByLabel("E-mail address").inputValue(), "ada.refused@example.com");
    const password = page.getByLabel("Password", { exact: true });
    assert.equal(await password.inputValue(), "");
    assert.equal(await password.getAttribute("aria-invalid"), "true");
    const described = (await password.getAttribute("aria-describedby")).split(" ");
    assert.match(await page.locator(`#${described[0]}`).innerText(), /data breach/);
    assert.ok(!(await page.content()).includes("secret123"), "the password is nowhere on the page");
    assert.ok(!page.url().includes("ada.refused"), "nor is anything typed in the address");
  });

  world.test("a_new_password_can_be_looked_at_where_script_runs", async (open) => {
    const page = await open();
    await page.goto("/sign-up");
    const field = page.getByLabel("Password", { exact: true });
    const show = page.locator("button[data-shows=password]");
    if (!world.script) return assert.ok(!(await show.isVisible()), "a button that does nothing is not shown");
    await field.fill("seven purple lanterns");
    await page.getByRole("button", { name: "Show password" }).click();
    assert.equal(await field.getAttribute("type"), "text");
    await page.getByRole("button", { name: "Hide password" }).click();
    assert.equal(await field.getAttribute("type"), "password");
  });

  world.test("signing_in_asks_who_first_and_a_wrong_password_keeps_the_address", async (open) => {
    const page = await open();
    const person = await signUp(page);
    await signOut(page);
    await told(page, "You are signed out");

    await identify(page, person.email);
    const address = page.getByLabel("E-mail address");
    assert.equal(await address.inputValue(), person.email);
    assert.notEqual(await address.getAttribute("readonly"), null);
    await givePassword(page, "not the right password");
    await refused(page, "The e-mail address, user name or password is not right.");
    assert.equal(await address.inputValue(), person.email);
    assert.equal(await page.getByLabel("Password", { exact: true }).inputValue(), "");
    assert.ok(!(await page.content()).includes("not the right password"));
    assert.equal(path(page), "/sign-in");

    await givePassword(page, person.password);
    await heading(page, `Hello, ${person.name}`);
  });

  world.test("an_unknown_address_is_answered_like_a_wrong_password", async (open) => {
    const page = await open();
    const person = await signUp(page);
    await signOut(page);
    const said = [];
    for (const email of [person.email, "nobody-at-all@example.com"]) {
      await identify(page, email);
      await givePassword(page, "not the right password");
      await refused(page, "not right");
      said.push((await page.locator("main").innerText()).replaceAll(email, "X"));
    }
    assert.equal(said[0], said[1]);
  });

  world.test("another_address_can_be_chosen_before_the_password", async (open) => {
    const page = await open();
    const person = await signUp(page);
    await signOut(page);
    await identify(page, "mistyped@example.com");
    await page.getByRole("link", { name: "Use another account" }).click();
    await heading(page, "Sign in");
    const field = page.getByLabel("E-mail address");
    assert.equal(await field.inputValue(), "mistyped@example.com");
    await field.fill(person.email);
    await page.getByRole("button", { name: "Continue", exact: true }).click();
    await givePassword(page, person.password);
    await heading(page, `Hello, ${person.name}`);
  });

  world.test("signing_in_works_with_the_keyboard_alone", async (open) => {
    const page = await open();
    const person = await signUp(page);
    await signOut(page);
    await page.goto("/sign-in?change=1");
    await page.locator("#username:focus").waitFor();
    await page.keyboard.type(person.email);
    await page.keyboard.press("Enter");
    await heading(page, "Enter your password");
    await page.locator("#password:focus").waitFor();
    await page.keyboard.type(person.password);
    await page.keyboard.press("Enter");
    await heading(page, `Hello, ${person.name}`);
    await page.keyboard.press("Tab");
    await page.locator(":focus").filter({ hasText: "Skip to content" }).waitFor();
    await page.keyboard.press("Enter");
    await page.locator("#content:focus").waitFor();
  });

  world.test("signing_out_ends_the_session_on_the_server_too", async (open) => {
    const page = await open();
    await signUp(page);
    const cookies = await page.context().cookies();
    await signOut(page);
    await page.goto("/console");
    await heading(page, "Sign in");
    await page.context().addCookies(cookies);
    await page.goto("/console");
    await heading(page, "Sign in");
  });

  world.test("signing_in_leads_back_to_the_page_asked_for", async (open) => {
    const page = await open();
    const person = await signUp(page);
    await signOut(page);
    await page.goto("/console/audit?verdict=deny");
    await heading(page, "Sign in");
    await page.getByLabel("E-mail address").fill(person.email);
    await page.getByRole("button", { name: "Continue", exact: true }).click();
    await givePassword(page, "wrong the first time");
    await refused(page, "not right");
    await givePassword(page, person.password);
    await heading(page, "Audit");
    assert.equal(path(page), "/console/audit?verdict=deny");
  });

  world.test("looking_at_a_verification_link_uses_nothing_up_and_pressing_the_button_does", async (open) => {
    const page = await open();
    const person = await signUp(page);
    await page.goto("/account");
    await page.getByText("Not verified", { exact: true }).waitFor();
    await page.goto("/dev/outbox");
    await heading(page, "Development outbox");
    await page.getByText(`To ${person.email}`).first().waitFor();
    const link = await mailedLink(world.server, person.email, "/verify-email?token=");
    await page.getByRole("link", { name: link }).waitFor();

    for (let scanner = 0; scanner < 3; scanner += 1) {
      assert.equal((await fetch(link)).status, 200);
      assert.equal((await fetch(link, { method: "HEAD" })).status, 200);
    }
    await page.goto(link);
    await page.getByRole("button", { name: "Verify address" }).click();
    await told(page, "Your e-mail address is verified.");
    await page.getByRole("link", { name: "Go to your account" }).click();
    await page.getByText("Verified", { exact: true }).waitFor();

    const again = await open();
    await again.goto(link);
    await again.getByRole("button", { name: "Verify address" }).click();
    await refused(again, "This link was used already or has expired.");
    await heading(again, "This link no longer works");
    assert.equal(await again.getByRole("button", { name: "Verify address" }).count(), 0);
    await again.getByRole("link", { name: "Sign in" }).click();
    await again.getByLabel("E-mail address").fill(person.email);
    await again.getByRole("button", { name: "Continue", exact: true }).click();
    await givePassword(again, person.password);
    await heading(again, "Your account");
    await page.goto(link);
    await page.getByRole("button", { name: "Verify address" }).click();
    await heading(page, "Your address is verified");
    await page.getByText("there is nothing left to do").waitFor();
  });

  world.test("a_new_verification_mail_replaces_the_one_before", async (open) => {
    const page = await open();
    const person = await signUp(page);
    const first = await mailedLink(world.server, person.email, "/verify-email?token=");
    await page.goto("/account");
    await page.getByRole("button", { name: "Send verification mail" }).click();
    await told(page, "We have sent you a mail");
    const second = await mailedLink(world.server, person.email, "/verify-email?token=");
    assert.notEqual(first, second);
    await page.goto(first);
    await page.getByRole("button", { name: "Verify address" }).click();
    await refused(page, "used already or has expired");
    await page.getByRole("button", { name: "Send another mail" }).click();
    await told(page, "We have sent you a mail");
    const third = await mailedLink(world.server, person.email, "/verify-email?token=");
    assert.ok(![first, second].includes(third));
    await page.goto(third);
    await page.getByRole("button", { name: "Verify address" }).click();
    await told(page, "Your e-mail address is verified.");
  });

  world.test("a_name_is_changed_on_the_account_page", async (open) => {
    const page = await open();
    await signUp(page);
    await page.goto("/account");
    await page.getByLabel("Name", { exact: true }).fill("Ada <i>King</i>");
    await page.getByRole("button", { name: "Save" }).click();
    await told(page, "Your profile is saved.");
    assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "Ada <i>King</i>");
    await page.goto("/console");
    await heading(page, "Hello, Ada <i>King</i>");
  });

  world.test("a_changed_password_works_and_the_old_one_and_other_sessions_do_not", async (open) => {
    const page = await open();
    const person = await signUp(page);
    const other = await open();
    await signIn(other, person);
    await heading(other, `Hello, ${person.name}`);

    const changed = "a better phrase for tomorrow";
    await page.goto("/account/security");
    await page.getByLabel("Current password").fill("not the right password");
    await page.getByLabel("New password").fill(changed);
    await page.getByRole("button", { name: "Change password" }).click();
    await page.getByRole("alert").first().waitFor();
    assert.equal(await page.getByLabel("Current password").inputValue(), "");
    assert.equal(await page.getByLabel("New password").inputValue(), "");

    await page.getByLabel("Current password").fill(person.password);
    await page.getByLabel("New password").fill(changed);
    await page.getByRole("button", { name: "Change password" }).click();
    await told(page, "Your password is changed.");

    await other.goto("/account");
    await heading(other, "Sign in");
    await identify(other, person.email);
    await givePassword(other, person.password);
    await refused(other, "not right");
    await givePassword(other, changed);
    await heading(other, `Hello, ${person.name}`);
    await mailedLink(world.server, person.email, "/account");
  });

  world.test("sessions_are_listed_and_ended_one_by_one_or_all_at_once", async (open) => {
    const page = await open();
    const person = await signUp(page);
    const others = [await open(), await open(), await open()];
    for (const other of others) {
      await signIn(other, person);
      await heading(other, `Hello, ${person.name}`);
    }
    await page.goto("/account/sessions");
    const rows = page.getByRole("table", { name: "Sessions" }).getByRole("row");
    assert.equal(await rows.count(), 1 + 4);
    assert.equal(await page.getByText("This session").count(), 1);
    await page.getByRole("button", { name: /^Sign out (Chrome|Unknown)/ }).first().click();
    await told(page, "That session is signed out.");
    assert.equal(await rows.count(), 1 + 3);
    await page.getByRole("button", { name: "Sign out all others" }).click();
    await told(page, "All other sessions are signed out.");
    assert.equal(await rows.count(), 1 + 1);
    for (const other of others) {
      await other.goto("/console");
      await heading(other, "Sign in");
    }
  });
});
