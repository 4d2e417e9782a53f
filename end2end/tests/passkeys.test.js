// Passkeys in a browser that has a device for them: making an account, signing in, adding, naming and removing, approving.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { device } from "../support/authenticator.js";
import { heading, path, signOut, signUp, told } from "../support/people.js";
import { once } from "../support/world.js";

/** Makes an account with a passkey. */
async function begin(page) {
  await page.goto("/sign-up/passkey");
  await page.getByLabel("Name").fill("Ada Byron");
  await page.getByRole("button", { name: "Create account with a passkey" }).click();
  await heading(page, "Hello, Ada Byron");
}

/** A browser that offers no passkeys where people type. */
async function withoutAutofill(page) {
  await page.addInitScript(() => {
    PublicKeyCredential.isConditionalMediationAvailable = async () => false;
  });
}

once((world) => {
  world.test("a_passkey_that_the_browser_fills_in_signs_in", async (open) => {
    const page = await open();
    await device(page);
    await begin(page);
    await page.getByRole("button", { name: "Sign out", exact: true }).and(page.locator(":visible")).click();
    // The device answers at once where a person would choose from what the field offers.
    await page.waitForURL((url) => url.pathname === "/sign-in");
    await heading(page, "Hello, Ada Byron");
  });

  world.test("an_account_begins_with_a_passkey_and_signs_in_with_it", async (open) => {
    const page = await open();
    await withoutAutofill(page);
    const own = await device(page);
    await begin(page);
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
    await withoutAutofill(page);
    const own = await device(page);
    await begin(page);
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
    await page.locator("#name").fill("My laptop");
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

  world.test("an_approval_is_signed_by_a_passkey_and_its_receipt_is_proven_offline", async (open) => {
    const page = await open();
    await withoutAutofill(page);
    await device(page);
    await signUp(page);
    await page.goto("/account/passkeys");
    await page.locator("#name").fill("My laptop");
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await page.getByText("My laptop", { exact: true }).waitFor();
    const ask = (method, address, body) =>
      page.evaluate(
        async ([method, address, body]) => {
          const options = { method, headers: { "Content-Type": "application/json" }, body: body && JSON.stringify(body) };
          return (await (await fetch(address, options)).json()).data;
        },
        [method, address, body],
      );
    const permissions = [
      { resource: "mcp:deploy:*", actions: ["execute"], constraints: { requireApproval: true } },
    ];
    const agent = await ask("POST", "/api/auth/agents", { name: "deployer", permissions });
    const question = { agentId: agent.id, action: "execute", resource: "mcp:deploy:production" };
    const { approval } = await ask("POST", "/api/auth/authorize", { ...question, arguments: { version: "1.2.3" } });
    await page.goto(`/approve/${approval.id}`);
    await page.getByRole("button", { name: "Approve once with a passkey" }).click();
    await page.getByRole("button", { name: "Approve once with a passkey" }).waitFor({ state: "detached" });
    const approved = await ask("GET", `/api/auth/approvals/${approval.id}`);
    assert.equal(approved.status, "approved");

    const folder = await mkdtemp(join(tmpdir(), "receipt-"));
    const verify = async (approval) => {
      const file = join(folder, "approval.json");
      await writeFile(file, JSON.stringify(approval));
      // Nothing of the server's settings: the file is all it takes.
      const bare = { cwd: folder, encoding: "utf8", env: { PATH: process.env.PATH } };
      return spawnSync(process.env.KAVACH_BIN, ["approval", "verify", file], bare);
    };
    const good = await verify(approved);
    assert.equal(good.status, 0, good.stderr);
    assert.match(good.stdout, /signed by the passkey/);
    const bad = await verify({ ...approved, grant: { uses: 100, minutes: 60 } });
    assert.equal(bad.status, 1);
    assert.match(bad.stderr, /something else that was signed/);
    await rm(folder, { recursive: true });

    // In the inbox by a key and the passkey; and as a grant, which the passkey signs as such.
    const next = async (version) => (await ask("POST", "/api/auth/authorize", { ...question, arguments: { version } })).approval;
    const second = await next("1.2.4");
    await page.goto("/console/approvals");
    await page.getByRole("button", { name: "Approve once with a passkey" }).waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("a");
    await page.getByText("Nothing waits for you").waitFor();
    const signed = await ask("GET", `/api/auth/approvals/${second.id}`);
    assert.deepEqual([signed.status, signed.grant, typeof signed.receipt.signature], ["approved", null, "string"]);
    const third = await next("1.2.5");
    await page.getByRole("article").getByText("For a while instead").click();
    await page.getByRole("button", { name: "Approve 5 uses within an hour with a passkey" }).click();
    await page.getByText("Nothing waits for you").waitFor();
    const granted = await ask("GET", `/api/auth/approvals/${third.id}`);
    assert.deepEqual(granted.grant, { uses: 5, minutes: 60 });
    assert.ok(granted.receipt);
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
