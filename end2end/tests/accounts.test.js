// Accounts as a whole: which one signs in, what is taken along, and leaving for good.

import assert from "node:assert/strict";

import { createAgent } from "../support/agents.js";
import { givePassword, heading, identify, refused, signIn, signOut, signUp, told } from "../support/people.js";
import { everywhere } from "../support/world.js";

everywhere((world) => {
  world.test("several_accounts_of_a_browser_can_be_chosen_and_forgotten", async (open) => {
    const page = await open();
    const first = await signUp(page);
    await signOut(page);
    await page.goto("/sign-in?change=1");
    const second = await signUp(page);
    await page.getByRole("button", { name: "Sign out", exact: true }).and(page.locator(":visible")).click();
    await heading(page, "Choose an account");
    assert.deepEqual(
      await page.locator("main li form:first-child button span:last-child").allInnerTexts(),
      [second.email, first.email],
    );
    await page.getByRole("button", { name: first.email, exact: true }).click();
    await heading(page, "Enter your password");
    assert.equal(await page.locator("#username").inputValue(), first.email);
    await givePassword(page, first.password);
    await heading(page, `Hello, ${first.name}`);
    await page.getByRole("button", { name: "Sign out", exact: true }).and(page.locator(":visible")).click();
    await heading(page, "Choose an account");
    await page.getByRole("button", { name: `Forget ${second.email}` }).click();
    await heading(page, "Sign in");
    assert.equal(await page.locator("#username").inputValue(), first.email);
  });

  world.test("a_link_may_name_the_account_to_sign_in_with", async (open) => {
    const page = await open();
    await page.goto("/sign-in?login_hint=grace%40example.com");
    assert.equal(await page.locator("#username").inputValue(), "grace@example.com");
  });

  world.test("everything_kept_of_a_person_is_one_download", async (open) => {
    const page = await open();
    const person = await signUp(page);
    await page.goto("/account/data");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Download" }).click(),
    ]);
    assert.equal(download.suggestedFilename(), "kavach-account.json");
    const chunks = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk);
    const { data } = JSON.parse(Buffer.concat(chunks).toString());
    assert.equal(data.user.email, person.email);
    assert.equal(data.sessions.length, 1);
    assert.deepEqual([data.passkeys, data.identities, data.twoStep.backupCodesLeft], [[], [], 0]);
    assert.ok(data.activity.some(({ kind }) => kind === "user.sign_up"));
    assert.ok(!JSON.stringify(data).includes("kv_sess_"));
  });

  world.test("an_account_ends_when_its_name_is_typed_and_nothing_of_the_person_is_left", async (open) => {
    const page = await open();
    const person = await signUp(page);
    await createAgent(page, "left-behind", [{ resource: "mcp:github:*", actions: "read" }]);
    await page.goto("/account/delete");
    await page.getByText("Your agents are revoked").waitFor();
    await page.getByLabel("Type the name of your account").fill("somebody@else.example");
    await page.getByRole("button", { name: "Delete account for good" }).click();
    await refused(page, "check the field");
    await page.getByLabel("Type the name of your account").fill(person.email);
    await page.getByRole("button", { name: "Delete account for good" }).click();
    await told(page, "Your account is deleted.");
    await identify(page, person.email);
    await givePassword(page, person.password);
    await refused(page, "not right");
    const mails = (await (await fetch(world.server.at("/dev/outbox.json"))).json()).data;
    const hers = mails.filter(({ to }) => to === person.email);
    assert.deepEqual(hers.map(({ kind }) => kind), ["account_deleted"], "the last mail, and nothing from before");
    // The address is free again.
    const again = await open();
    await signUp(again, person);
    await signIn(await open(), person);
  });
});
