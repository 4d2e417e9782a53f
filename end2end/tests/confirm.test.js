// Changes that matter ask for the password again when it was given some time ago, and lose nothing on the way.

import assert from "node:assert/strict";

import { postgres } from "../support/database.js";
import { heading, path, refused, signUp } from "../support/people.js";
import { once } from "../support/world.js";

const DAY = 86_400_000;

once((world) => {
  world.test("a_form_that_matters_takes_a_detour_by_the_password_and_keeps_what_was_typed", async (open) => {
    const visits = [await open(), await open({ script: false })];
    const people = [];
    for (const page of visits) people.push(await signUp(page));
    // A running server has no clock to turn: what it wrote down is made older instead.
    for (const page of visits) await page.goto("about:blank");
    await world.server.restartLater(DAY);

    for (const [index, page] of visits.entries()) {
      await page.goto("/console/keys/new");
      await page.getByLabel("Name", { exact: true }).fill("nightly-report");
      await page.getByLabel("Works until").selectOption("30");
      await page.getByLabel("audit:read").check();
      await page.getByRole("button", { name: "Create API key" }).click();
      await heading(page, "Confirm that it is you");

      await page.getByLabel("Password", { exact: true }).fill("not the right password");
      await page.getByRole("button", { name: "Confirm" }).click();
      await refused(page, "That is not your password.");
      await page.getByLabel("Password", { exact: true }).fill(people[index].password);
      await page.getByRole("button", { name: "Confirm" }).click();

      await heading(page, "New API key");
      assert.equal(path(page), "/console/keys/new");
      assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "nightly-report");
      assert.equal(await page.getByLabel("Works until").inputValue(), "30");
      assert.ok(await page.getByLabel("audit:read").isChecked());
      await page.getByRole("button", { name: "Create API key" }).click();
      await heading(page, "Your new API key");
    }
  });
}, { database: postgres });
