// What protects MCP servers works with an authorization server that is not Kavach, and with both official clients.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { ClientCredentialsProvider } from "@modelcontextprotocol/client";
import { browser, closeBrowser } from "../support/browser.js";
import { asItself, call, client, runThrough, sdk } from "../support/mcp_clients.js";
import { mcpServer } from "../support/mcp_server.js";
import { peer } from "../support/peer.js";
import { standIn } from "../support/stand_in.js";

describe("behind a peer", () => {
  let issuer, server, callback, context;

  before(async () => {
    let resource;
    issuer = await peer(() => resource);
    server = await mcpServer(issuer.issuer);
    resource = server.resource;
    callback = await standIn(() => ({ body: "signed in" }));
    context = await (await browser()).newContext();
  });

  after(async () => {
    await closeBrowser();
    await callback?.stop();
    await server?.stop();
    await issuer?.stop();
  });

  /** Signs in and agrees, as often as the peer asks for. */
  const visit = async (address) => {
    const page = await context.newPage();
    await page.goto(address.href);
    while (!page.url().startsWith(callback.url)) {
      if (await page.locator("input[name=login]").count()) {
        await page.locator("input[name=login]").fill("ada");
        await page.locator("input[name=password]").fill("any");
      }
      const before = page.url();
      await page.locator("button[type=submit], input[type=submit]").first().click();
      await page.waitForURL((url) => url.href !== before);
    }
    const back = new URL(page.url());
    await page.close();
    return back;
  };

  for (const kind of [sdk, client]) {
    it(`the_${kind.name}_registers_signs_in_calls_steps_up_and_refreshes_behind_a_peer`, async () => {
      await runThrough(kind, server.resource, `${callback.url}/back`, visit);
    });
  }

  it("a_program_signs_in_as_itself_behind_a_peer", async () => {
    const authProvider = new ClientCredentialsProvider({
      clientId: "machine",
      clientSecret: "a-secret-of-some-length",
      scope: "notes:read",
      expectedIssuer: issuer.issuer,
    });
    const program = await asItself(server.resource, authProvider);
    assert.equal((await call(program, "whoami")).data.client, "machine");
    // It gets the scope the challenge names, and is told that no agent stands behind it.
    const refused = await call(program, "deploy", { target: "staging", version: "1" });
    assert.deepEqual([refused.failed, refused.text], [true, "Only agents deploy here."]);
    await program.close();
  });
});
