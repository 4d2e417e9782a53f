// Agents below agents, lent permissions and the kill switch, on the pages. On both databases, with script on and off.

import assert from "node:assert/strict";

import { ask, callApi, createAgent, fillPermission, islandsReady } from "../support/agents.js";
import { heading, refused, setUp, signUp, somebody, told } from "../support/people.js";
import { everywhere } from "../support/world.js";

const GITHUB = { resource: "mcp:github:*", actions: "read, list" };
const REPOS = { resource: "mcp:github:repos", actions: "read" };

/** Makes an agent below another on the pages. */
async function createBelow(page, parent, name, permissions) {
  await page.goto(`/console/agents/${parent.id}`);
  await page.getByRole("link", { name: "New sub-agent" }).click();
  await page.getByText("whose own conditions hold as well").waitFor();
  await islandsReady(page);
  await page.getByLabel("Name", { exact: true }).fill(name);
  for (const [index, permission] of permissions.entries()) await fillPermission(page, index + 1, permission);
  await page.getByRole("button", { name: "Create agent" }).click();
  await heading(page, `Token of ${name}`);
  const token = await page.getByLabel("Token", { exact: true }).inputValue();
  return { id: /agt_\w+/.exec(page.url())[0], token };
}

everywhere((world) => {
  world.test("a_sub_agent_is_made_within_its_parents_rights_and_shown_in_its_chain", async (open) => {
    const page = await open();
    await signUp(page);
    const parent = await createAgent(page, "scout", [GITHUB]);
    await page.goto(`/console/agents/new?owner=${parent.id}`);
    await heading(page, "New agent under scout");
    await islandsReady(page);
    await page.getByLabel("Name", { exact: true }).fill("repo-scanner");
    await fillPermission(page, 1, REPOS);
    await fillPermission(page, 2, { resource: "mcp:**".replace("**", "*"), actions: "read" });
    await page.getByRole("button", { name: "Create agent" }).click();
    await refused(page, "Permission 2, resource pattern: scout may not do all of this");
    await heading(page, "New agent under scout");
    await islandsReady(page);
    await page.getByRole("group", { name: "Permission 2" }).getByLabel("Resource pattern").fill("mcp:github:issues");
    await page.getByRole("button", { name: "Create agent" }).click();
    await heading(page, "Token of repo-scanner");
    const child = { id: /agt_\w+/.exec(page.url())[0] };

    await page.goto(`/console/agents/${child.id}`);
    assert.match(await page.locator("ol.chain").innerText(), /Ada Byron\s+scout\s+repo-scanner/);
    await page.locator("ol.chain").getByRole("link", { name: "scout" }).click();
    await heading(page, "scout");
    const below = page.getByRole("table", { name: "Sub-agents" });
    assert.match(await below.innerText(), /repo-scanner\s+Active\s+0/);
    await page.goto("/console/agents");
    const row = page.getByRole("row").filter({ hasText: "repo-scanner" });
    await row.getByRole("link", { name: "scout" }).waitFor();
  });

  world.test("what_is_stopped_or_narrowed_above_shows_below_and_in_the_log", async (open) => {
    const page = await open();
    await signUp(page);
    const parent = await createAgent(page, "scout", [GITHUB]);
    const child = await createBelow(page, parent, "repo-scanner", [{ resource: "mcp:github:*", actions: "read" }]);
    assert.equal((await ask(world.server, child.token, "read", "mcp:github:repos")).allowed, true);
    await callApi(page, "PATCH", `/agents/${parent.id}`, { permissions: [{ resource: "mcp:github:repos", actions: ["read"] }] });
    const denied = await ask(world.server, child.token, "read", "mcp:github:issues");
    assert.equal(denied.allowed, false);
    await page.goto(`/console/agents/${child.id}`);
    const permissions = page.getByRole("table", { name: "Permissions" });
    assert.match(await permissions.innerText(), /Limited by scout\s+read on mcp:github:repos/);
    await page.goto("/console/audit?verdict=deny");
    const row = page.getByRole("table", { name: "Audit records, newest first" }).locator("tbody tr").first();
    assert.match(await row.innerText(), /scout ▸ repo-scanner[\s\S]*at scout/);
    await row.getByRole("link").click();
    assert.match(await page.locator("ol.chain").innerText(), /Ada Byron\s+scout\s+repo-scanner/);
    await page.getByText("Denied at").waitFor();

    await callApi(page, "POST", `/agents/${parent.id}/suspend`);
    await page.goto(`/console/agents/${child.id}`);
    await page.getByText("Every check is denied, because scout above it is suspended.").waitFor();
  });

  world.test("permissions_are_lent_within_what_there_is_and_taken_back", async (open) => {
    const page = await open();
    await signUp(page);
    const lender = await createAgent(page, "scout", [GITHUB]);
    const borrower = await createAgent(page, "writer", []);
    await page.goto(`/console/agents/${lender.id}`);
    await page.getByRole("link", { name: "Lend permissions" }).click();
    await heading(page, "Lend permissions of scout");
    await islandsReady(page);
    await page.getByLabel("To", { exact: true }).selectOption({ label: "writer" });
    await fillPermission(page, 1, { resource: "mcp:slack:*", actions: "send" });
    await page.getByRole("button", { name: "Lend" }).click();
    await refused(page, "Permission 1, resource pattern: scout may not do all of this");
    await islandsReady(page);
    await page.getByRole("group", { name: "Permission 1" }).getByLabel("Resource pattern").fill("mcp:github:repos");
    await page.getByRole("group", { name: "Permission 1" }).getByLabel("Actions").fill("read");
    await page.getByRole("button", { name: "Lend" }).click();
    await told(page, "The permissions are lent from now on.");
    assert.equal((await ask(world.server, borrower.token, "read", "mcp:github:repos")).allowed, true);

    await page.goto(`/console/agents/${borrower.id}`);
    const permissions = page.getByRole("table", { name: "Permissions", exact: true });
    assert.match(await permissions.innerText(), /mcp:github:repos\s+read\s+None\s+Lent by scout/);
    await page.getByRole("button", { name: "Take back" }).click();
    await told(page, "The permissions are taken back.");
    assert.equal((await ask(world.server, borrower.token, "read", "mcp:github:repos")).allowed, false);
  });

  world.test("revoking_says_first_how_much_stops", async (open) => {
    const page = await open();
    await signUp(page);
    const top = await createAgent(page, "scout", [GITHUB]);
    const middle = await createBelow(page, top, "repo-scanner", [REPOS]);
    await createBelow(page, middle, "file-reader", [REPOS]);
    await page.goto(`/console/agents/${top.id}/revoke`);
    await page.getByText("This agent and the 2 below it stop at once").waitFor();
    assert.match(await page.locator("main").innerText(), /Agents that stop\s+3\s+Live tokens\s+3\s+Delegations that end\s+0/);
    await page.getByRole("button", { name: "Revoke for good" }).click();
    await told(page, "The agent is revoked.");
    assert.equal((await ask(world.server, middle.token, "read", "mcp:github:repos")).reasonCode, "agent_revoked");
  });

  world.test("the_kill_switch_stops_what_it_names_and_everything_only_when_one_is_sure", async (open) => {
    const page = await open();
    if (world.server.setUpLink && !world.admin) {
      world.admin = somebody("Grace Murray");
      await setUp(page, world.server, world.admin);
    }
    const agent = await createAgent(page, "scout", [GITHUB]);
    const reads = async () => (await ask(world.server, agent.token, "read", "mcp:github:repos")).allowed;
    await page.goto("/console");
    await page.getByRole("link", { name: "Kill switch" }).click();
    await heading(page, "Kill switch");
    await page.getByLabel("Resource pattern").fill("mcp::x");
    await page.getByRole("button", { name: "Stop this resource" }).click();
    await refused(page, "Please check the field that is marked.");
    assert.equal(await page.getByLabel("Resource pattern").inputValue(), "mcp::x");
    await page.getByLabel("Resource pattern").fill("mcp:github:*");
    await page.getByRole("button", { name: "Stop this resource" }).click();
    await told(page, "Stopped.");
    assert.equal(await reads(), false);
    await page.getByRole("button", { name: "Lift the stop of mcp:github:*" }).click();
    await told(page, "Lifted.");
    assert.equal(await reads(), true);

    await page.getByLabel("Resource pattern").fill("*");
    await page.getByRole("button", { name: "Stop this resource" }).click();
    await refused(page, "Please check the field that is marked.");
    await page.getByLabel("Type EVERYTHING to confirm").fill("everything");
    await page.getByRole("button", { name: "Stop everything" }).click();
    await page.getByText("Type the word EVERYTHING in capitals.").waitFor();
    assert.equal(await reads(), true);
    await page.getByLabel("Type EVERYTHING to confirm").fill("EVERYTHING");
    await page.getByRole("button", { name: "Stop everything" }).click();
    await told(page, "Stopped.");
    assert.equal(await reads(), false);
    await page.getByRole("button", { name: "Lift" }).click();
    await told(page, "Lifted.");

    await page.getByRole("button", { name: "Stop all my agents" }).click();
    await told(page, "All your agents are stopped.");
    assert.equal(await reads(), false);
    await page.goto(`/console/agents/${agent.id}`);
    await page.getByRole("button", { name: "Resume" }).click();
    await told(page, "The agent works again.");
    assert.equal(await reads(), true);

    const member = await open();
    await signUp(member);
    await member.goto("/console/kill-switch");
    await member.getByRole("button", { name: "Stop all my agents" }).waitFor();
    assert.equal(await member.getByLabel("Resource pattern").count(), 0);
  });
});
