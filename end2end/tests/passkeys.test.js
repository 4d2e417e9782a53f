// Passkeys in a browser that has a device for them: making an account, signing in, adding, naming and removing, approving.

import assert from "node:assert/strict";

import { device } from "../support/authenticator.js";
import { heading, path, signOut, signUp, told } from "../support/people.js";
import { once } from "../support/world.js";

once((world) => {
  world.test("an_account_begins_with_a_passkey_and_signs_in_with_it", async (open) => {
    const page = await open();
    const own = await device(page);
    await page.goto("/sign-up/passkey");
    await page.getByLabel("Name").fill("Ada Byron");
    await page.getByRole("button", { name: "Create account with a passkey" }).click();
    await heading(page, "Hello, Ada Byron");
    assert.equal((await own.passkeys()).length, 1);
    assert.ok((await own.passkeys())[0].isResidentCredential);

    await signOut(page);
    await page.goto("/sign-in?change=1&return_to=%2Faccount%2Fpasskeys");
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await page.waitForURL("**/account/passkeys");
    await heading(page, "Passkeys");
    assert.equal((await own.passkeys())[0].signCount > 0, true);

    // It is the only way in, so it stays.
    await page.getByText("Remove Passkey", { exact: true }).click();
    await page.getByRole("button", { name: "Remove", exact: true }).click();
    await page.getByRole("alert").filter({ hasText: "only way into your account" }).waitFor();
  });

  world.test("a_device_that_does_not_know_its_user_gets_nobody_in", async (open) => {
    const page = await open();
    const own = await device(page);
    await page.goto("/sign-up/passkey");
    await page.getByLabel("Name").fill("Ada Byron");
    await page.getByRole("button", { name: "Create account with a passkey" }).click();
    await heading(page, "Hello, Ada Byron");
    await signOut(page);
    await own.verifies(false);
    await page.goto("/sign-in?change=1");
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await page.getByRole("alert").filter({ hasText: "Nothing was done" }).waitFor();
    assert.equal(path(page), "/sign-in?change=1");
  });

  world.test("passkeys_are_added_named_and_removed", async (open) => {
    const page = await open();
    const own = await device(page);
    await signUp(page);
    await page.goto("/account/passkeys");
    await page.getByLabel("Name", { exact: true }).fill("My laptop");
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await page.getByText("My laptop", { exact: true }).waitFor();
    assert.equal((await own.passkeys()).length, 1);
    await page.getByText("Rename My laptop").click();
    await page.getByLabel("Name", { exact: true }).first().fill("Old laptop");
    await page.getByRole("button", { name: "Rename", exact: true }).click();
    await told(page, "another name now");
    await page.getByText("Remove Old laptop").click();
    await page.getByRole("button", { name: "Remove", exact: true }).click();
    await told(page, "The passkey is removed");
    await page.getByText("You have no passkey yet").waitFor();
  });

  world.test("without_script_nothing_is_offered_that_can_not_work", async (open) => {
    const page = await open({ script: false });
    await page.goto("/sign-in?change=1");
    await heading(page, "Sign in");
    assert.equal(await page.getByRole("button", { name: "Sign in with a passkey" }).count(), 0);
    await page.goto("/sign-up/passkey");
    await page.getByText("Passkeys need JavaScript").waitFor();
    assert.equal(await page.getByLabel("Name").isVisible(), false);
  });
});
