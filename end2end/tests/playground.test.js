// The playground: a question in the address, and why it gets its answer. With script on and off.

import assert from "node:assert/strict";

import { callApi, createAgent } from "../support/agents.js";
import { heading, signUp } from "../support/people.js";
import { withAndWithoutScript } from "../support/world.js";

const ENDS = { resource: "mcp:github:*", actions: ["read"], constraints: { expiresAt: "2100-01-01T00:00:00.000Z" } };

withAndWithoutScript((world) => {
  world.test("a_question_is_explained_and_the_nearest_change_is_named", async (open) => {
    const page = await open();
    await signUp(page);
    const scout = await createAgent(page, "scout", [{ resource: "mcp:github:*", actions: "read" }]);
    const below = { name: "scanner", ownerId: scout.id, permissions: [{ resource: "mcp:github:repos", actions: ["read"] }] };
    const scanner = await callApi(page, "POST", "/agents", below);
    const before = (await callApi(page, "GET", "/audit?limit=200")).length;
    await page.goto("/console");
    await page.getByRole("link", { name: "Playground" }).click();
    await heading(page, "Playground");
    await page.getByLabel("Agent", { exact: true }).fill("scanner");
    await page.getByLabel("Action").fill("write");
    await page.getByLabel("Resource").fill("mcp:github:repos");
    await page.getByRole("button", { name: "Explain" }).click();
    const answer = page.getByRole("region", { name: "Answer" });
    await answer.getByText("Denied", { exact: true }).waitFor();
    const links = page.getByRole("list", { name: "Links, the agent first" }).locator("> li");
    assert.match(await links.first().innerText(), /scanner[\s\S]*First check that fails/);
    assert.match(await links.nth(1).innerText(), /scout/);
    await page.getByText("Give “scanner” the permission write on mcp:github:repos.").waitFor();
    const curl = await page.getByRole("region", { name: "The call as curl" }).innerText();
    assert.ok(curl.includes("/api/auth/authorize") && curl.includes(scanner.id));
    assert.equal((await callApi(page, "GET", "/audit?limit=200")).length, before, "nothing is recorded");

    await page.getByLabel("Action").fill("read");
    await page.getByLabel("Agent", { exact: true }).fill(scanner.id);
    await page.getByRole("button", { name: "Explain" }).click();
    await answer.getByText("Allowed", { exact: true }).waitFor();

    await page.getByLabel("Context").fill("[1");
    await page.getByRole("button", { name: "Explain" }).click();
    assert.equal(await page.getByLabel("Context").getAttribute("aria-invalid"), "true");
    assert.equal(await page.getByLabel("Context").inputValue(), "[1");
    const stranger = await open();
    await signUp(stranger);
    await stranger.goto(`/console/playground?agent=${scanner.id}&action=read&resource=mcp:github:repos`);
    await stranger.getByRole("alert").getByText("There is no agent of that identifier.").waitFor();
  });

  world.test("another_time_is_judged_by_the_permissions_of_now", async (open) => {
    const page = await open();
    await signUp(page);
    await page.goto("/console");
    await callApi(page, "POST", "/agents", { name: "brief", permissions: [ENDS] });
    await page.goto("/console/playground?agent=brief&action=read&resource=mcp:github:repos&at=2099-12-31");
    const answer = page.getByRole("region", { name: "Answer" });
    await answer.getByText("Allowed", { exact: true }).waitFor();
    await page.getByLabel("At the time (UTC)").fill("2100-01-02");
    await page.getByRole("button", { name: "Explain" }).click();
    await answer.getByText("permission_expired").waitFor();
  });
});
