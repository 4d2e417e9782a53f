// Agents in the console: made, looked at, changed, given new tokens, stopped. On both databases, with script on and
// off; the tokens are used as an agent would.

import assert from "node:assert/strict";

import { ask, createAgent, fillPermission, islandsReady, openConditions } from "../support/agents.js";
import { heading, path, refused, signUp, told } from "../support/people.js";
import { everywhere } from "../support/world.js";

const GITHUB = { resource: "mcp:github:*", actions: "read, list" };
const DEPLOY = { resource: "mcp:deploy:production", actions: "execute", approval: true };

everywhere((world) => {
  world.test("the_first_steps_lead_to_an_agent_whose_token_works", async (open) => {
    const page = await open();
    await signUp(page);
    await page.getByText("Give your first agent an identity").waitFor();
    await page.getByRole("link", { name: "Create an agent" }).click();
    await heading(page, "New agent");

    const { id, token } = await createAgent(page, "github-reader", [GITHUB, DEPLOY]);
    await page.getByText("This is the only time it is shown").waitFor();
    assert.ok((await page.getByRole("region", { name: "Example" }).innerText()).includes(token));

    const answers = [
      await ask(world.server, token, "read", "mcp:github:repos"),
      await ask(world.server, token, "write", "mcp:github:repos"),
      await ask(world.server, token, "execute", "mcp:deploy:production"),
    ];
    assert.deepEqual(
      answers.map(({ allowed, reasonCode }) => [allowed, reasonCode]),
      [
        [true, "allowed"],
        [false, "no_matching_permission"],
        [false, "approval_required"],
      ],
    );

    await page.goto(`/console/agents/${id}`);
    await heading(page, "github-reader");
    const activity = page.getByRole("table", { name: "Latest records" });
    await activity.getByText("mcp:deploy:production").waitFor();
    assert.equal(await activity.getByText("Denied", { exact: true }).count(), 2);
    const permissions = page.getByRole("table", { name: "Permissions" });
    assert.match(await permissions.innerText(), /mcp:github:\*\s+read, list\s+None/);
    assert.match(await permissions.innerText(), /mcp:deploy:production\s+execute\s+Approval/);

    await page.goto("/console");
    await page.getByRole("img", { name: "3 decisions in 24 hours, 2 of them denied" }).waitFor();
  });

  world.test("a_token_is_shown_once", async (open) => {
    const page = await open();
    await signUp(page);
    const { id, token } = await createAgent(page, "once-only", [GITHUB]);
    await page.reload();
    await heading(page, "The token is not shown again");
    assert.ok(!(await page.content()).includes(token));
    await page.goBack().catch(() => {});
    assert.ok(!(await page.content()).includes(token), "nor by going back");
    await page.goto(`/console/agents/${id}`);
    const tokens = page.getByRole("table", { name: "Live tokens" });
    assert.match(await tokens.innerText(), new RegExp(token.slice(-4)));
    assert.ok(!(await page.content()).includes(token));
  });

  world.test("a_token_is_copied_where_script_runs_and_selected_by_hand_elsewhere", async (open) => {
    const page = await open({ permissions: ["clipboard-read", "clipboard-write"] });
    await signUp(page);
    const { token } = await createAgent(page, "copied", [GITHUB]);
    const copy = page.locator("button[data-copies=token]");
    if (!world.script) return assert.ok(!(await copy.isVisible()));
    // It says so for two seconds only.
    await Promise.all([page.getByRole("button", { name: "Copied" }).waitFor(), copy.click()]);
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), token);
  });

  world.test("a_wrong_permission_comes_back_with_everything_that_was_typed", async (open) => {
    const page = await open();
    await signUp(page);
    await page.goto("/console/agents/new");
    await islandsReady(page);
    await page.getByLabel("Name", { exact: true }).fill("half-right");
    await page.getByLabel("Type").selectOption("service");
    await page.getByLabel("Works until").selectOption("30");
    await fillPermission(page, 1, GITHUB);
    await fillPermission(page, 2, { resource: "mcp::*:x", actions: "read", approval: true });
    await page.getByRole("button", { name: "Create agent" }).click();
    await refused(page, "Permission 2, resource pattern:");
    await islandsReady(page);
    assert.equal(path(page), "/console/agents/new");
    assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "half-right");
    assert.equal(await page.getByLabel("Type").inputValue(), "service");
    assert.equal(await page.getByLabel("Works until").inputValue(), "30");
    const second = page.getByRole("group", { name: "Permission 2" });
    assert.equal(await second.getByLabel("Resource pattern").inputValue(), "mcp::*:x");
    assert.ok(await second.getByLabel("A person must approve each use").isChecked());
    assert.equal(await second.getByText("The pattern").count(), 1);
    await second.getByText("The pattern segment 2 is empty.", { exact: true }).waitFor();
    await second.getByLabel("Resource pattern").fill("mcp:slack:*");
    if (world.script) await second.getByText("The pattern").waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "Create agent" }).click();
    await heading(page, "Token of half-right");
  });

  world.test("an_agent_without_permissions_may_do_nothing", async (open) => {
    const page = await open();
    await signUp(page);
    const { id, token } = await createAgent(page, "newborn", []);
    assert.equal((await ask(world.server, token, "read", "anything")).allowed, false);
    await page.goto(`/console/agents/${id}`);
    await page.getByText("This agent may do nothing.").waitFor();
  });

  world.test("changed_permissions_hold_from_the_next_check_on", async (open) => {
    const page = await open();
    await signUp(page);
    const { id, token } = await createAgent(page, "changing", [GITHUB]);
    assert.equal((await ask(world.server, token, "read", "mcp:slack:general")).allowed, false);
    await page.goto(`/console/agents/${id}`);
    await page.getByRole("link", { name: "Edit" }).click();
    await heading(page, "Edit changing");
    await islandsReady(page);
    const first = page.getByRole("group", { name: "Permission 1" });
    assert.equal(await first.getByLabel("Resource pattern").inputValue(), GITHUB.resource);
    await fillPermission(page, 2, { resource: "mcp:slack:*", actions: "*" });
    await page.getByLabel("Name", { exact: true }).fill("changed");
    await page.getByRole("button", { name: "Save changes" }).click();
    await told(page, "The agent is saved.");
    await heading(page, "changed");
    assert.equal((await ask(world.server, token, "read", "mcp:slack:general")).allowed, true);
    assert.equal((await ask(world.server, token, "read", "mcp:github:repos")).allowed, true);
  });

  world.test("a_rotated_token_works_beside_the_old_one_or_instead_of_it", async (open) => {
    const page = await open();
    await signUp(page);
    const { id, token: first } = await createAgent(page, "turning", [GITHUB]);
    const rotate = async (overlap) => {
      await page.goto(`/console/agents/${id}`);
      await page.getByRole("link", { name: "Rotate token" }).click();
      await page.getByLabel("Tokens it has now").selectOption({ label: overlap });
      await page.getByRole("button", { name: "Rotate token" }).click();
      await heading(page, "Token of turning");
      return page.getByLabel("Token", { exact: true }).inputValue();
    };
    const work = async (...tokens) =>
      Promise.all(tokens.map(async (token) => (await ask(world.server, token, "read", "mcp:github:x")).allowed));

    const second = await rotate("Work for another hour");
    assert.deepEqual(await work(first, second), [true, true]);
    const third = await rotate("Stop at once");
    assert.deepEqual(await work(first, second, third), [false, false, true]);
    await page.goto(`/console/agents/${id}`);
    assert.equal(await page.getByRole("table", { name: "Live tokens" }).getByRole("row").count(), 1 + 1);
  });

  world.test("a_suspended_agent_is_denied_until_it_is_resumed", async (open) => {
    const page = await open();
    await signUp(page);
    const { id, token } = await createAgent(page, "pausing", [GITHUB]);
    const reason = async () => (await ask(world.server, token, "read", "mcp:github:x")).reasonCode;
    assert.equal(await reason(), "allowed");
    await page.goto(`/console/agents/${id}`);
    await page.getByRole("button", { name: "Suspend" }).click();
    await told(page, "The agent is suspended.");
    assert.equal(await reason(), "agent_suspended");
    await page.getByRole("button", { name: "Resume" }).click();
    await told(page, "The agent works again.");
    assert.equal(await reason(), "allowed");
  });

  world.test("revoking_asks_first_and_is_for_good", async (open) => {
    const page = await open();
    await signUp(page);
    const { id, token } = await createAgent(page, "ending", [GITHUB]);
    await page.goto(`/console/agents/${id}`);
    await page.getByRole("link", { name: "Revoke" }).click();
    await heading(page, "Revoke ending");
    await page.getByText("This cannot be undone").waitFor();
    assert.equal((await ask(world.server, token, "read", "mcp:github:x")).allowed, true, "looking stops nothing");
    await page.getByRole("link", { name: "Cancel" }).click();
    await heading(page, "ending");
    await page.getByRole("link", { name: "Revoke" }).click();
    await page.getByRole("button", { name: "Revoke for good" }).click();
    await told(page, "The agent is revoked.");
    assert.equal(path(page), "/console/agents");
    assert.equal((await ask(world.server, token, "read", "mcp:github:x")).allowed, false);
    await page.goto(`/console/agents/${id}`);
    await page.getByText("Revoked", { exact: true }).waitFor();
    assert.equal(await page.getByRole("button", { name: "Suspend" }).count(), 0);
    assert.equal(await page.getByRole("link", { name: "Rotate token" }).count(), 0);
  });

  world.test("agents_are_found_by_name_status_and_type", async (open) => {
    const page = await open();
    await signUp(page);
    await createAgent(page, "finder-one", [GITHUB]);
    const { id } = await createAgent(page, "finder-two", [GITHUB]);
    await page.goto(`/console/agents/${id}`);
    await page.getByRole("button", { name: "Suspend" }).click();
    await told(page, "The agent is suspended.");

    await page.getByRole("navigation", { name: "Console" }).getByRole("link", { name: "Agents" }).click();
    const table = page.getByRole("table", { name: "Agents, newest first" });
    assert.equal(await table.getByRole("row").count(), 1 + 2);
    await page.getByLabel("Status").selectOption("suspended");
    await page.getByRole("button", { name: "Apply" }).click();
    await page.waitForURL(/status=suspended/);
    assert.equal(await table.getByRole("row").count(), 1 + 1);
    await table.getByRole("link", { name: "finder-two" }).waitFor();
    await page.getByLabel("Name contains").fill("one");
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByText("No agent matches").waitFor();
    assert.equal(await page.getByLabel("Status").inputValue(), "suspended", "filters stay");
    await page.getByRole("link", { name: "Clear" }).click();
    await page.getByLabel("Name contains").fill("ONE");
    await page.getByRole("button", { name: "Apply" }).click();
    await table.getByRole("link", { name: "finder-one" }).waitFor();
    assert.equal(await table.getByRole("row").count(), 1 + 1);
  });

  world.test("another_persons_agent_is_not_there", async (open) => {
    const page = await open();
    await signUp(page);
    const { id } = await createAgent(page, "private", [GITHUB]);
    const stranger = await open();
    stranger.watch.expect(404);
    await signUp(stranger);
    for (const below of ["", "/edit", "/rotate", "/revoke", "/token"]) {
      assert.equal((await stranger.goto(`/console/agents/${id}${below}`)).status(), 404, below);
      assert.ok(!(await stranger.content()).includes("private"), below);
    }
    await stranger.goto("/console/agents");
    await stranger.getByText("No agents yet").waitFor();
  });

  world.test("an_api_key_is_made_shown_once_used_and_revoked", async (open) => {
    const page = await open();
    await signUp(page);
    await page.goto("/console/keys/new");
    await page.getByLabel("Name", { exact: true }).fill("nightly-report");
    await page.getByRole("button", { name: "Create API key" }).click();
    await page.getByRole("alert").first().waitFor();
    assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "nightly-report");
    await page.getByLabel("agents:read").check();
    await page.getByLabel("audit:read").check();
    await page.getByRole("button", { name: "Create API key" }).click();
    await heading(page, "Your new API key");
    const key = await page.getByLabel("Token", { exact: true }).inputValue();
    await page.reload();
    await heading(page, "The token is not shown again");

    const list = () =>
      fetch(world.server.at("/api/auth/agents"), { headers: { Authorization: `Bearer ${key}` } });
    assert.equal((await list()).status, 200);
    await page.goto("/console/keys");
    await page.getByRole("button", { name: "Revoke nightly-report" }).click();
    await told(page, "The API key is revoked.");
    assert.equal((await list()).status, 401);
  });

  world.test("after_a_restart_everything_is_still_there", async (open) => {
    const page = await open();
    await signUp(page);
    const { id, token } = await createAgent(page, "survivor", [GITHUB]);
    const { auditId } = await ask(world.server, token, "read", "mcp:github:repos");
    await page.goto("about:blank");
    await world.server.restart();
    await page.goto(`/console/agents/${id}`);
    await heading(page, "survivor");
    await page.goto(`/console/audit/${auditId}`);
    await page.getByText("mcp:github:repos").first().waitFor();
    assert.equal((await ask(world.server, token, "read", "mcp:github:repos")).allowed, true);
  });

  if (!world.script) return;

  world.test("the_editor_previews_what_the_permissions_would_decide", async (open) => {
    const page = await open();
    await signUp(page);
    await page.goto("/console/agents/new");
    await islandsReady(page);
    await fillPermission(page, 1, GITHUB);
    await fillPermission(page, 2, DEPLOY);
    const preview = async (action, resource) => {
      await page.getByLabel("Resource", { exact: true }).fill(resource);
      await page.getByLabel("Action", { exact: true }).fill(action);
      return page.locator("[aria-live=polite]").filter({ hasText: /Allowed|Denied/ }).innerText();
    };
    const before = page.watch.requests.length;
    assert.match(await preview("read", "mcp:github:repos"), /^Allowed\..*row 1, mcp:github:\*/);
    assert.match(await preview("read", "mcp:github"), /^Denied\. No permission/);
    assert.match(await preview("write", "mcp:github:repos"), /^Denied\. No permission/);
    assert.match(await preview("execute", "mcp:deploy:production"), /^Denied until approved\..*row 2/);
    // The answer follows the rows.
    const second = page.getByRole("group", { name: "Permission 2" });
    await openConditions(second);
    await second.getByLabel("A person must approve each use").uncheck();
    await page.getByText("Allowed.", { exact: true }).waitFor();
    await second.getByRole("button", { name: "Remove permission 2" }).click();
    await page.getByText("Denied.", { exact: true }).waitFor();
    assert.equal(page.watch.requests.length, before, "nothing is sent");
  });

  world.test("the_editor_checks_patterns_as_they_are_typed", async (open) => {
    const page = await open();
    await signUp(page);
    await page.goto("/console/agents/new");
    await islandsReady(page);
    const row = page.getByRole("group", { name: "Permission 1" });
    const resource = row.getByLabel("Resource pattern");
    await resource.fill("mcp:**");
    await row.getByText("The pattern").waitFor();
    assert.equal(await resource.getAttribute("aria-invalid"), "true");
    await resource.fill("mcp:*");
    await row.getByText("The pattern").waitFor({ state: "hidden" });
    assert.equal(await resource.getAttribute("aria-invalid"), null);
  });
});
