// Kavach as an authorization server: what administrators set up, and what people do when a client sends them.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";

import { callApi } from "./agents.js";
import { setUp, somebody } from "./people.js";

/** The scopes of the example MCP server. */
const SCOPES = [
  { name: "notes:read", description: "Read your notes", default: true },
  { name: "notes:write", description: "Change your notes" },
  { name: "deploy", description: "Deploy versions" },
];

/** Makes the first administrator, in a browser of theirs, and tells the server of a resource. */
export async function prepare(open, server, resource) {
  const admin = { ...somebody("Rosa Administrator"), page: await open() };
  await setUp(admin.page, server, admin);
  await callApi(admin.page, "POST", "/resources", {
    resource,
    name: "Notes",
    scopes: SCOPES,
    permissionRoot: "mcp",
  });
  admin.state = await admin.page.context().storageState();
  return admin;
}

/** Registers a client; returns its id and, where it has one, its secret. */
export const register = (admin, client) => callApi(admin.page, "POST", "/clients", client);

/** A place for answers, as a program on a person's computer listens at. */
export async function callbacks() {
  const server = createServer((_, response) => response.end("You may close this window."));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${server.address().port}`;
  return {
    origin,
    redirect: `${origin}/callback`,
    stop: () => new Promise((done) => (server.closeAllConnections(), server.close(done))),
  };
}

/**
 * What the person whose browser this is does with an address: agrees, if asked to. Returns a function that gives the
 * address the answer went to; `asked` collects what the questions were.
 */
export function person(page, callback, asked = []) {
  page.watch.welcome(callback.origin);
  return async (address) => {
    await page.goto(String(address));
    const allow = page.getByRole("button", { name: "Allow", exact: true });
    const isBack = (url) => url.href.startsWith(callback.redirect);
    const dead = page.getByRole("heading", { name: "This app cannot be connected" });
    if (!isBack(new URL(page.url()))) {
      await Promise.race([allow.or(dead).waitFor(), page.waitForURL(isBack)]);
    }
    if (!isBack(new URL(page.url()))) {
      assert.equal(await dead.count(), 0, await page.locator("main").innerText());
      asked.push(await page.locator("main").innerText());
      await allow.click();
      await page.waitForURL(isBack);
    }
    const back = new URL(page.url());
    assert.equal(back.searchParams.get("error"), null, back.href);
    return back;
  };
}
