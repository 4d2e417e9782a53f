// Getting in when one cannot: a forgotten password, an administrator's link, no account yet, a device without a
// keyboard. On both databases, with script on and off.

import assert from "node:assert/strict";

import { callApi } from "../support/agents.js";
import { givePassword, heading, mailedLink, path, refused, setUp, signIn, signOut, signUp, somebody, told } from "../support/people.js";
import { everywhere } from "../support/world.js";

const NEW = "nineteen slow otters paddle";
const CLIENTS = [{ id: "tv", name: "Living room television", scopes: ["agents:read"] }];

everywhere(
  (world) => {
    const opened = {};

    /** An administrator, made by whichever test needs one first. */
    async function administrator(open) {
      const page = await open();
      if (opened.admin) await signIn(page, opened.admin);
      else await setUp(page, world.server, (opened.admin = somebody("Grace Hopper")));
      return page;
    }

    world.test("a_forgotten_password_is_replaced_through_the_mailbox", async (open) => {
      const page = await open();
      const person = await signUp(page);
      await signOut(page);
      await page.goto("/recover");
      await page.getByLabel("E-mail address").fill(person.email);
      await page.getByRole("button", { name: "Send the link" }).click();
      await heading(page, "Look into your mailbox");
      const link = await mailedLink(world.server, person.email, "/recover/reset");

      // A scanner opens links, as often as it likes.
      for (let times = 0; times < 3; times += 1) {
        assert.equal((await fetch(link)).status, 200);
        assert.equal((await fetch(link, { method: "HEAD" })).status, 200);
      }
      await page.goto(link);
      await heading(page, "Set your new password");
      await page.getByLabel("New password", { exact: true }).evaluate((field) => field.removeAttribute("minlength"));
      await page.getByLabel("New password", { exact: true }).fill("secret123");
      await page.getByRole("button", { name: "Set the password" }).click();
      await refused(page, "known from a data breach");
      await page.getByLabel("New password", { exact: true }).fill(NEW);
      await page.getByRole("button", { name: "Set the password" }).click();
      await heading(page, "Your password is set");

      await page.goto(link);
      await heading(page, "This link no longer works");
      await signIn(page, { ...person, password: NEW });
      await heading(page, `Hello, ${person.name}`);
    });

    world.test("asking_looks_the_same_for_an_address_nobody_has", async (open) => {
      const page = await open();
      const text = async (email) => {
        await page.goto("/recover");
        await page.getByLabel("E-mail address").fill(email);
        await page.getByRole("button", { name: "Send the link" }).click();
        await heading(page, "Look into your mailbox");
        return page.locator("body").innerText();
      };
      const person = await signUp(await open());
      assert.equal(await text(person.email), await text("nobody.at.all@example.com"));
      await page.reload();
      await heading(page, "Choose a new password");
    });

    world.test("an_administrators_link_sets_a_password_once", async (open) => {
      const person = somebody("Lost Person");
      await signUp(await open(), person);
      const admin = await administrator(open);
      const people = await callApi(admin, "GET", "/users?limit=200");
      const { id } = people.find(({ email }) => email === person.email);
      const { url } = await callApi(admin, "POST", `/users/${id}/enrolment-link`, {});
      const page = await open();
      await page.goto(url);
      await heading(page, "Set a password for your account");
      await page.getByText(person.email).first().waitFor();
      await page.getByLabel("New password", { exact: true }).fill(NEW);
      await page.getByRole("button", { name: "Set the password" }).click();
      await heading(page, "Your password is set");
      await page.goto(url);
      await heading(page, "This link no longer works");
      await signIn(page, { ...person, password: NEW });
      await heading(page, `Hello, ${person.name}`);
    });

    world.test("a_guest_looks_around_and_stays_with_what_they_made", async (open) => {
      const page = await open();
      await page.goto("/sign-in/guest");
      await page.getByRole("button", { name: "Continue as a guest" }).click();
      await heading(page, "Hello, Guest");
      const agent = await callApi(page, "POST", "/agents", { name: "kept" });
      const person = somebody("Ada Stays");
      await page.goto("/account/upgrade");
      await page.getByLabel("Name").fill(person.name);
      await page.getByLabel("E-mail address").fill(person.email);
      await page.getByLabel("Password", { exact: true }).fill(person.password);
      await page.getByRole("button", { name: "Create the account" }).click();
      await heading(page, `Hello, ${person.name}`);
      await told(page, "Your account is ready");
      assert.equal((await callApi(page, "GET", `/agents/${agent.id}`)).name, "kept");
      await signOut(page);
      await signIn(page, person);
      await heading(page, `Hello, ${person.name}`);
      await page.goto("/account/upgrade");
      await heading(page, "Your account");
    });

    world.test("a_guest_stays_under_a_user_name", async (open) => {
      const page = await open();
      await page.goto("/sign-in/guest");
      await page.getByRole("button", { name: "Continue as a guest" }).click();
      await heading(page, "Hello, Guest");
      const username = somebody().email.replace("@example.com", "").replace("person", "stays");
      await page.goto("/account/upgrade");
      await page.getByRole("link", { name: "Use a user name instead" }).click();
      await page.getByLabel("User name").fill("admin");
      await page.getByLabel("Password", { exact: true }).fill(NEW);
      await page.getByRole("button", { name: "Create the account" }).click();
      await page.getByText("Choose another name").waitFor();
      assert.equal(path(page), "/account/upgrade?by=username");
      assert.equal(await page.getByLabel("User name").inputValue(), "admin");
      await page.getByLabel("User name").fill(username);
      await page.getByLabel("Password", { exact: true }).fill(NEW);
      await page.getByRole("button", { name: "Create the account" }).click();
      await page.waitForURL("**/console");
      await page.goto("/account");
      await page.getByText(username, { exact: true }).first().waitFor();
      await signOut(page);
      await page.goto("/sign-in?change=1");
      await page.getByLabel("E-mail address or user name").fill(username);
      await page.getByRole("button", { name: "Continue" }).click();
      await givePassword(page, NEW);
      await page.waitForURL("**/console");
    });

    /** A device asks. */
    async function device() {
      const answer = await fetch(world.server.at("/oauth/device_authorization"), {
        method: "POST",
        body: new URLSearchParams({ client_id: "tv", scope: "agents:read" }),
      });
      assert.equal(answer.status, 200);
      return answer.json();
    }

    async function type(page, code) {
      await page.getByLabel("Code").fill(code);
      await page.getByRole("button", { name: "Continue", exact: true }).click();
    }

    world.test("a_device_is_let_in_by_whoever_started_it", async (open) => {
      const page = await open();
      await signUp(page);
      const { user_code: code, verification_uri: place } = await device();
      await page.goto(place);
      await heading(page, "Let a device in");
      await type(page, "BCDF-GHJK");
      await page.getByText("This code is not right").waitFor();
      await type(page, ` ${code.toLowerCase().replace("-", " ")} `);
      await heading(page, "Did you start this?");
      for (const text of ["Living room television", "agents:read", "127.0.0.1", code]) {
        await page.getByText(text).first().waitFor();
      }
      const deny = page.getByRole("button", { name: "Deny" });
      const allow = page.getByRole("button", { name: "Let it in" });
      const [left, right] = [await deny.boundingBox(), await allow.boundingBox()];
      assert.equal(Math.round(left.width), Math.round(right.width), "both answers weigh the same");
      assert.equal(await deny.getAttribute("class"), await allow.getAttribute("class"));
      await allow.click();
      await heading(page, "The device is let in");
    });

    world.test("a_link_with_the_code_approves_nothing_and_the_code_is_the_first_viewers", async (open) => {
      const page = await open();
      const { verification_uri_complete: link, user_code: code } = await device();
      await page.goto(link);
      await heading(page, "Sign in");
      const person = await signUp(await open());
      await page.getByLabel("E-mail address").fill(person.email);
      await page.getByRole("button", { name: "Continue", exact: true }).click();
      await page.getByLabel("Password", { exact: true }).fill(person.password);
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
      await heading(page, "Let a device in");
      assert.equal(path(page), `/device?user_code=${code}`);
      assert.equal(await page.getByLabel("Code").inputValue(), code);
      await page.reload();
      await heading(page, "Let a device in");
      await page.getByRole("button", { name: "Continue", exact: true }).click();
      await heading(page, "Did you start this?");

      const other = await open();
      await signUp(other);
      await other.goto(link);
      await other.getByRole("button", { name: "Continue", exact: true }).click();
      await other.getByText("This code is not right").waitFor();

      await page.getByRole("button", { name: "Deny" }).click();
      await heading(page, "The device was turned away");
    });
  },
  { settings: { KAVACH_DEVICE__CLIENTS: JSON.stringify(CLIENTS), KAVACH_RATE_LIMIT__ENABLED: "false" } },
);
