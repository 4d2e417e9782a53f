// Why does an app not connect? From the number of an error page to the step that failed, clients made in the console, and
// the doctor. With script on and off.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before } from "node:test";

import * as openid from "openid-client";

import { mcpServer, resourceAddress } from "../support/mcp_server.js";
import { callbacks, person, prepare } from "../support/oauth.js";
import { heading, signUp } from "../support/people.js";
import { withAndWithoutScript } from "../support/world.js";

/** As for other pages of the console: `security.test.js`. */
const HTML_BUDGET = 15_000;

const callback = await callbacks();
after(() => callback.stop());

withAndWithoutScript((world) => {
  const setting = {};

  before(async () => {
    setting.resource = await resourceAddress();
    // A resource that takes any token, and says nothing of where to get one.
    const broken = createServer((_, response) => response.end("{}"));
    await new Promise((resolve) => broken.listen(0, "127.0.0.1", resolve));
    setting.broken = broken;
  });

  after(async () => {
    setting.broken?.close();
    await (await setting.admin)?.server.stop();
  });

  /** The first administrator, and the example MCP server, once for all tests. */
  const ready = (open) =>
    (setting.admin ??= (async () => {
      const admin = await prepare(open, world.server, setting.resource);
      admin.server = await mcpServer(world.server.url, { resource: setting.resource });
      return admin;
    })());

  const asAdmin = async (open) => open({ storageState: (await ready(open)).state });

  /** Registers a client by the form; its id. */
  async function newClient(page, { name, secret = false }) {
    await page.goto("/console/clients");
    await page.getByRole("link", { name: "New client" }).click();
    await heading(page, "New client");
    await page.getByLabel("Name", { exact: true }).fill(name);
    await page.getByLabel("Redirect URIs").fill(callback.redirect);
    if (secret) await page.getByLabel("How it proves who it is").selectOption("client_secret_basic");
    await page.getByRole("button", { name: "Register client" }).click();
  }

  world.test("the_number_of_an_error_page_leads_to_the_step_that_failed_in_three_clicks", async (open) => {
    const admin = await asAdmin(open);
    await newClient(admin, { name: "Notebook" });
    await heading(admin, "Notebook");
    const id = new URL(admin.url()).searchParams.get("id");

    const guest = await open();
    guest.watch.expect(400);
    const query = new URLSearchParams({
      client_id: id,
      redirect_uri: `${callback.origin}/elsewhere`,
      response_type: "code",
      code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
      code_challenge_method: "S256",
    });
    await guest.goto(`/oauth/authorize?${query}`);
    await heading(guest, "This app cannot be connected");
    const number = await guest.locator("main code").innerText();

    await admin.goto("/console");
    await admin.getByRole("link", { name: "Apps and MCP", exact: true }).click();
    await admin.getByLabel("Request").fill(number);
    await admin.getByRole("button", { name: "Apply" }).click();
    await admin.locator("tbody tr").getByRole("link").first().click();
    await heading(admin, "Connection of Notebook");
    const failed = admin.locator("ol > li").last();
    assert.match(await failed.innerText(), /redirect URI is missing, or is none of the client's/);
    assert.match(await failed.innerText(), /\/elsewhere/);
    assert.match(await failed.innerText(), /\/callback/);
  });

  world.test("a_client_made_in_the_console_is_used_switched_off_and_deleted", async (open) => {
    const admin = await asAdmin(open);
    await newClient(admin, { name: "Web app", secret: true });
    await heading(admin, "Secret of Web app");
    const id = await admin.getByLabel("client_id").inputValue();
    const secret = await admin.getByLabel("client_secret").inputValue();
    assert.match(secret, /^kv_secret_/);
    await admin.reload();
    await heading(admin, "The token is not shown again");
    await admin.getByRole("link", { name: "Go on" }).click();
    await heading(admin, "Web app");

    const config = await openid.discovery(
      new URL(world.server.url),
      id,
      {},
      openid.ClientSecretBasic(secret),
      { execute: [openid.allowInsecureRequests] },
    );
    const page = await open();
    await signUp(page);
    const verifier = openid.randomPKCECodeVerifier();
    const address = openid.buildAuthorizationUrl(config, {
      redirect_uri: callback.redirect,
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      scope: "openid",
    });
    const back = await person(page, callback)(address);
    const checks = { pkceCodeVerifier: verifier, idTokenExpected: true };
    const tokens = await openid.authorizationCodeGrant(config, back, checks);
    assert.ok(tokens.refresh_token);

    await admin.reload();
    await admin.getByText("Connected", { exact: true }).waitFor();
    await admin.getByRole("button", { name: "Switch off" }).click();
    await admin.getByRole("status").getByText("switched off").waitFor();
    await assert.rejects(openid.refreshTokenGrant(config, tokens.refresh_token));
    await admin.getByRole("button", { name: "Switch on" }).click();
    await admin.getByRole("link", { name: "Delete" }).click();
    await heading(admin, "Delete Web app");
    await admin.getByRole("button", { name: "Delete for good" }).click();
    await admin.getByRole("status").getByText("deleted").waitFor();
    assert.equal(await admin.getByRole("link", { name: "Web app" }).count(), 0);
  });

  world.test("a_server_is_added_and_removed_and_what_is_wrong_is_said_at_its_field", async (open) => {
    const admin = await asAdmin(open);
    await admin.goto("/console/resources/new");
    await admin.getByLabel("Address").fill("mcp.example.com");
    await admin.getByLabel("Name", { exact: true }).fill("Ledger");
    await admin.getByLabel("Scopes").fill("+ledger:read Read entries\nledger:append");
    await admin.getByRole("button", { name: "Add the server" }).click();
    await admin.locator("#address-error").waitFor();
    assert.match(await admin.getByLabel("Scopes").inputValue(), /Read entries/, "what was typed is still there");
    await admin.getByLabel("Address").fill("https://ledger.example.com/mcp");
    await admin.getByRole("button", { name: "Add the server" }).click();
    await admin.getByRole("status").getByText("The server is added").waitFor();
    const row = admin.getByRole("row", { name: /ledger\.example\.com/ });
    await row.getByText("Read entries").waitFor();
    await row.getByText("Remove Ledger").click();
    await row.getByRole("button", { name: "Remove it" }).click();
    await admin.getByRole("status").getByText("taken out").waitFor();
    assert.equal(await admin.getByText("ledger.example.com").count(), 0);
  });

  world.test("the_doctor_passes_the_example_server_and_says_what_to_change_of_a_broken_one", async (open) => {
    const admin = await asAdmin(open);
    await admin.goto("/console/resources");
    await admin.getByRole("link", { name: "Examine" }).first().click();
    await heading(admin, "Doctor");
    assert.equal(await admin.getByLabel("Address of the server").inputValue(), setting.resource);
    await admin.getByRole("button", { name: "Examine" }).click();
    await admin.getByRole("heading", { name: "What was found" }).waitFor();
    assert.equal(await admin.getByText("Problem", { exact: true }).count(), 0, await admin.locator("main").innerText());

    const broken = `http://127.0.0.1:${setting.broken.address().port}/mcp`;
    await admin.getByLabel("Address of the server").fill(broken);
    await admin.getByRole("button", { name: "Examine" }).click();
    await admin.getByText("Clients do not get through").waitFor();
    await admin.getByText("resource.open", { exact: true }).waitFor();
    await admin.getByText("token.unchecked", { exact: true }).waitFor();
    assert.ok((await admin.getByText("To change:").count()) >= 2);
  });

  world.test("the_pages_of_apps_and_mcp_are_light", async (open, t) => {
    const admin = await asAdmin(open);
    for (const path of ["connections", "clients", "clients/new", "resources", "resources/new", "doctor"]) {
      const answer = await admin.goto(`/console/${path}`);
      const size = (await answer.body()).length;
      t.diagnostic(`/console/${path}: ${size} bytes`);
      assert.ok(size < HTML_BUDGET, `${path}: ${size}`);
    }
  });

  world.test("whoever_is_no_administrator_finds_no_way_in", async (open) => {
    await ready(open);
    const page = await open();
    await signUp(page);
    assert.equal(await page.getByRole("link", { name: "Apps and MCP" }).count(), 0);
    page.watch.expect(403);
    const answer = await page.goto("/console/connections");
    assert.equal(answer.status(), 403);
  });
});
