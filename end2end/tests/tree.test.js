// The delegation tree: drawn, and in rows that open and close by link and by key; agents made and stopped from it. On
// both databases, with script on and off.

import assert from "node:assert/strict";

import { ask, callApi, createAgent, islandsReady } from "../support/agents.js";
import { heading, signUp } from "../support/people.js";
import { everywhere } from "../support/world.js";

const GITHUB = { resource: "mcp:github:*", actions: "read, list" };
const REPOS = [{ resource: "mcp:github:repos", actions: ["read"] }];

/** Somebody with scout, below it scanner, below that reader; and beside scanner a writer. */
async function family(page) {
  await signUp(page);
  const scout = await createAgent(page, "scout", [GITHUB]);
  const below = (ownerId, name) => callApi(page, "POST", "/agents", { name, ownerId, permissions: REPOS });
  const scanner = await below(scout.id, "scanner");
  const reader = await below(scanner.id, "reader");
  const writer = await below(scout.id, "writer");
  return { scout, scanner, reader, writer };
}

const names = (page) => page.locator("[role=treegrid] tbody tr").evaluateAll((rows) => rows.map((row) => row.querySelector("td").innerText.trim()));

everywhere((world) => {
  world.test("the_tree_is_drawn_and_said_in_rows_that_open_and_close", async (open) => {
    const page = await open();
    const { reader } = await family(page);
    await page.goto("/console/agents");
    await page.getByRole("link", { name: "As a tree" }).click();
    await heading(page, "Delegation tree");
    const person = (await names(page))[0];
    assert.deepEqual(new Set(await names(page)), new Set([person, "scout", "scanner", "reader", "writer"]));
    const row = (name) => page.getByRole("row").filter({ has: page.getByRole("link", { name, exact: true }) });
    assert.equal(await row("scout").getAttribute("aria-level"), "2");
    assert.equal(await row("scout").getAttribute("aria-expanded"), "true");
    assert.equal(await row("reader").getAttribute("aria-level"), "4");
    assert.equal(await row("reader").getAttribute("aria-expanded"), null);
    assert.equal(await page.locator("#drawing svg .node").count(), 5, "a person and four agents");

    await page.getByRole("link", { name: "Close scanner" }).click();
    await page.getByRole("link", { name: "Open scanner" }).waitFor();
    assert.ok(!(await names(page)).includes("reader"));
    assert.match(page.url(), /fold=agt_/);
    await page.getByRole("link", { name: "Open scanner" }).click();
    await row("reader").waitFor();

    await row("reader").getByRole("link", { name: "reader", exact: true }).click();
    await page.getByRole("heading", { name: "reader", level: 2 }).waitFor();
    assert.equal(await row("reader").getAttribute("aria-selected"), "true");
    assert.match(await page.locator("ol.chain").innerText(), /scout\s+scanner\s+reader/);
    assert.equal(await page.locator("#drawing .edge.on-way").count(), 3, "up to the person");
    assert.ok(page.url().includes(reader.id));

    await page.getByLabel("Find by name").fill("write");
    await page.getByRole("button", { name: "Find" }).click();
    await page.getByRole("list", { name: "Found" }).getByRole("link", { name: "writer" }).click();
    await page.getByRole("heading", { name: "writer", level: 2 }).waitFor();
  });

  world.test("the_rows_are_walked_by_arrow_keys", async (open) => {
    const page = await open();
    await family(page);
    await page.goto("/console/agents/tree");
    // Without script the links themselves are the way.
    if (!page.script) return;
    const at = () => page.evaluate(() => document.activeElement.closest("tr")?.querySelector("td").innerText.trim());
    await page.locator('[role=treegrid] tr[tabindex="0"]').focus();
    const person = await at();
    await page.keyboard.press("ArrowDown");
    assert.equal(await at(), "scout");
    await page.keyboard.press("ArrowLeft");
    await page.getByRole("link", { name: "Open scout" }).waitFor();
    assert.equal(await at(), "scout", "the row keeps the focus");
    await page.keyboard.press("ArrowRight");
    await page.getByRole("link", { name: "Close scout" }).waitFor();
    await page.keyboard.press("End");
    assert.notEqual(await at(), "scout");
    await page.keyboard.press("Home");
    assert.equal(await at(), person);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "scout", level: 2 }).waitFor();
    assert.equal(await at(), "scout");
    await page.keyboard.press("ArrowRight");
    assert.equal(await page.evaluate(() => document.activeElement.tagName), "A", "into the row");
    await page.getByRole("button", { name: "Larger" }).click();
  });

  world.test("an_agent_gets_what_the_one_above_can_give_and_the_rest_says_why_not", async (open) => {
    const page = await open();
    const { scanner } = await family(page);
    await page.goto(`/console/agents/${scanner.id}/tree`);
    await heading(page, "scanner");
    await page.getByRole("link", { name: "New below scanner" }).click();
    await heading(page, "New agent under scanner");
    await islandsReady(page);
    const given = page.getByRole("group", { name: "What scanner can give" });
    const refused = given.getByRole("checkbox", { name: /mcp:github:\*/ });
    assert.ok(await refused.isDisabled());
    await given.getByText("scout may, scanner may not: nobody gives what they do not have.").waitFor();
    await given.getByRole("checkbox", { name: "read on mcp:github:repos" }).check();
    await page.getByLabel("Name", { exact: true }).fill("indexer");
    await page.getByRole("button", { name: "Create agent" }).click();
    await heading(page, "Token of indexer");
    const token = await page.getByLabel("Token", { exact: true }).inputValue();
    assert.equal((await ask(world.server, token, "read", "mcp:github:repos")).allowed, true);
    assert.equal((await ask(world.server, token, "list", "mcp:github:repos")).allowed, false);

    await page.goto("/console/agents/tree");
    await page.getByRole("link", { name: "Revoke… scanner" }).click();
    await page.getByText("This agent and the 2 below it stop at once").waitFor();
  });

  world.test("only_a_part_of_a_wide_tree_is_drawn_and_the_rest_is_a_step_away", async (open) => {
    const page = await open();
    const { scout } = await family(page);
    const make = (index) => callApi(page, "POST", "/agents", { name: `bee-${index}`, ownerId: scout.id, permissions: [] });
    for (let index = 0; index < 26; index += 1) await make(index);
    await page.goto("/console/agents/tree");
    await page.getByText(/at most 120 are drawn at once/).waitFor();
    await page.getByRole("link", { name: "More below scout" }).click();
    await page.waitForURL(/after=agt_/);
    await page.getByRole("link", { name: "bee-25", exact: true }).waitFor();
    assert.equal(await page.getByRole("link", { name: "bee-1", exact: true }).count(), 0);
    const stranger = await open();
    await signUp(stranger);
    stranger.watch.expect(404);
    assert.equal((await stranger.goto(`/console/agents/${scout.id}/tree`)).status(), 404);
    assert.equal((await stranger.goto(`/console/agents/tree?root=${scout.id}`)).status(), 404);
    await stranger.goto("/console/agents/tree");
    await stranger.getByText("No agents yet").waitFor();
  });
});
