// Making agents on the pages, and being one.

import assert from "node:assert/strict";

import { heading } from "./people.js";

/** Every condition a permission can have. */
export const everyConstraint = {
  requireApproval: true,
  maxCallsPerHour: 10,
  allowedArgPatterns: { account: "[0-9]{4}", path: "/srv/ledger/.*" },
  timeWindow: { start: "09:00", end: "17:00", timeZone: "Europe/Berlin", days: ["mon", "tue", "wed", "thu", "fri"] },
  ipAllowlist: ["10.0.0.0/8", "2001:db8::/32"],
  expiresAt: "2030-01-31T09:30:00.000Z",
  maxUses: 500,
  budget: { units: 100, per: "week" },
};

/** Fills in a permission. With script a row appears on demand; without it some wait already. */
export async function fillPermission(page, place, { resource, actions, approval = false }) {
  const row = page.getByRole("group", { name: `Permission ${place}` });
  if (!(await row.isVisible())) await page.getByRole("button", { name: "Add a permission" }).click();
  await row.getByLabel("Resource pattern").fill(resource);
  await row.getByLabel("Actions").fill(actions);
  if (!approval) return;
  await openConditions(row);
  await row.getByLabel("A person must approve each use").check();
}

/** Opens the conditions of a row, where they are not open. */
export async function openConditions(row) {
  const approval = row.getByLabel("A person must approve each use");
  if (!(await approval.isVisible())) await row.getByText("Conditions", { exact: true }).click();
  await approval.waitFor();
}

/** Calls the API in the name of whoever is signed in. */
export async function callApi(page, method, path, data) {
  const answer = await page.request.fetch(`/api/auth${path}`, {
    method,
    data,
    headers: { Origin: new URL(page.url()).origin },
  });
  assert.ok(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`);
  return (await answer.json()).data;
}

/** Makes an agent; returns its id and its token, and stays on the page that shows the token. */
export async function createAgent(page, name, permissions) {
  await page.goto("/console/agents/new");
  await islandsReady(page);
  await page.getByLabel("Name", { exact: true }).fill(name);
  for (const [index, permission] of permissions.entries()) await fillPermission(page, index + 1, permission);
  await page.getByRole("button", { name: "Create agent" }).click();
  await heading(page, `Token of ${name}`);
  const token = await page.getByLabel("Token", { exact: true }).inputValue();
  assert.match(token, /^kv_agent_\w+$/);
  const id = /\/console\/agents\/(agt_\w+)\/token$/.exec(page.url())?.[1];
  assert.ok(id, page.url());
  return { id, token };
}

/** Waits until the islands of a page run and have settled; at once where script does not. */
export async function islandsReady(page) {
  if (!page.script) return;
  await page.getByRole("button", { name: "Add a permission" }).waitFor();
  // Spare rows go with the first frame.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/** Asks for a decision with an agent's own token, as its program does. */
export async function ask(server, token, action, resource, args) {
  const answer = await fetch(server.at("/api/auth/authorize/token"), {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify({ action, resource, arguments: args }),
  });
  assert.equal(answer.status, 200, `${action} ${resource}: ${answer.status}`);
  return (await answer.json()).data;
}
