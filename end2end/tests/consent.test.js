// Letting an app in: from its request by way of signing in to the question, and on to the app, which sends the browser
// further. With script on and off.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { after, before } from "node:test";

import { givePassword, heading, setUp, signUp, somebody } from "../support/people.js";
import { withAndWithoutScript } from "../support/world.js";

const VERIFIER = "a-verifier-that-is-long-enough-to-be-one-0123456789";
const CHALLENGE = createHash("sha256").update(VERIFIER).digest("base64url");

withAndWithoutScript((world) => {
  const app = {};

  before(async () => {
    const listen = async (answer) => {
      const server = createServer(answer);
      await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
      return server;
    };
    app.landing = await listen((_, response) => response.setHeader("content-type", "text/html").end("<h1>Connected</h1>"));
    const landing = `http://127.0.0.1:${app.landing.address().port}/landed`;
    // Like an app's own site that opens the app: the chain of redirects goes on to another origin.
    app.server = await listen((request, response) => {
      app.answer = new URL(request.url, "http://127.0.0.1");
      response.writeHead(302, { location: landing }).end();
    });
    app.redirect = `http://127.0.0.1:${app.server.address().port}/cb`;
  });

  after(() => {
    for (const server of [app.server, app.landing]) {
      server?.closeAllConnections();
      server?.close();
    }
  });

  /** A browser of somebody new, which may follow the app. */
  async function browser(open) {
    const page = await open();
    for (const server of [app.server, app.landing]) page.watch.welcome(`http://127.0.0.1:${server.address().port}`);
    return page;
  }

  async function request(extra = {}) {
    const registered = await fetch(`${world.server.url}/oauth/register`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ client_name: "Notebook", redirect_uris: [app.redirect], grant_types: ["authorization_code", "refresh_token"] }),
    });
    app.client = (await registered.json()).client_id;
    const query = new URLSearchParams({
      client_id: app.client,
      redirect_uri: app.redirect,
      response_type: "code",
      code_challenge: CHALLENGE,
      code_challenge_method: "S256",
      scope: "openid email",
      state: "st",
      ...extra,
    });
    return `${world.server.url}/oauth/authorize?${query}`;
  }

  world.test("an_app_is_let_in_after_signing_in_and_the_browser_follows_it_to_another_site", async (open) => {
    const page = await open();
    await setUp(page, world.server, somebody("Grace Hopper"));
    const ada = await signUp(await open());
    const fresh = await browser(open);
    await fresh.goto(await request({ login_hint: ada.email }));
    await fresh.getByRole("button", { name: "Continue", exact: true }).click();
    await givePassword(fresh, ada.password);
    await heading(fresh, "Notebook wants to connect to your account");
    assert.equal(await fresh.locator("#redirect-host").innerText(), "this computer");
    await fresh.getByText("Nobody has checked what it calls itself").waitFor();
    await fresh.getByText("See your e-mail address").waitFor();
    assert.equal(await fresh.evaluate(() => document.activeElement === document.body), true, "neither answer has the focus");
    await fresh.getByRole("button", { name: "Allow", exact: true }).click();
    await heading(fresh, "Connected");
    assert.equal(app.answer.searchParams.get("state"), "st");
    assert.equal(app.answer.searchParams.get("iss"), world.server.url);

    const tokens = await fetch(`${world.server.url}/oauth/token`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "authorization_code",
        code: app.answer.searchParams.get("code"),
        redirect_uri: app.redirect,
        client_id: app.client,
        code_verifier: VERIFIER,
      }),
    });
    assert.equal(tokens.status, 200);
    const { access_token: token } = await tokens.json();
    const told = await fetch(`${world.server.url}/oauth/userinfo`, { headers: { authorization: `Bearer ${token}` } });
    assert.equal((await told.json()).email, ada.email);

    await fresh.goto(`${world.server.url}/account/apps`);
    await fresh.getByRole("button", { name: "Disconnect Notebook" }).click();
    await fresh.getByText("No app is connected").waitFor();
    const over = await fetch(`${world.server.url}/oauth/userinfo`, { headers: { authorization: `Bearer ${token}` } });
    assert.equal(over.status, 401);
  });

  world.test("an_app_that_is_denied_is_told_and_gets_nothing", async (open) => {
    const page = await browser(open);
    await signUp(page);
    await page.goto(await request());
    await page.getByRole("button", { name: "Deny", exact: true }).click();
    await heading(page, "Connected");
    assert.equal(app.answer.searchParams.get("error"), "access_denied");
    assert.equal(app.answer.searchParams.get("code"), null);
  });
});
