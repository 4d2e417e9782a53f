// Signing in at another provider: a certified OpenID provider on this machine, and a server that speaks OAuth 2.0 the way
// GitHub does.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after } from "node:test";

import Provider from "oidc-provider";
import MemoryAdapter from "../node_modules/oidc-provider/lib/adapters/memory_adapter.js";

import { barriers } from "../support/accessibility.js";
import { heading, path } from "../support/people.js";
import { json, likeGithub, standIn } from "../support/stand_in.js";
import { withAndWithoutScript } from "../support/world.js";

let seen = {};
const github = await standIn((request, body) => {
  const url = new URL(request.url, "http://x");
  if (url.pathname === "/authorize") {
    seen = { query: Object.fromEntries(url.searchParams) };
    const back = new URL(seen.query.redirect_uri);
    back.searchParams.set("code", "code-1");
    back.searchParams.set("state", seen.query.state);
    return { status: 302, headers: { location: back.href } };
  }
  if (url.pathname === "/token") {
    seen.form = Object.fromEntries(new URLSearchParams(body));
    return json({ access_token: "gho_x", token_type: "bearer" });
  }
  if (url.pathname === "/user") return json({ id: 583231, login: "octocat", name: "The Octocat" });
  return json([{ email: "octocat@example.com", primary: true, verified: true }]);
});

const listener = createServer();
await new Promise((ready) => listener.listen(0, "127.0.0.1", ready));
const issuer = `http://127.0.0.1:${listener.address().port}`;
/** Where the server under test wants people back; its port is known only once it runs. */
let callback = "http://localhost/sign-in/callback/campus";
const client = {
  find: async (id) => ({ client_id: id, client_secret: "a-secret-of-some-length", redirect_uris: [callback], token_endpoint_auth_method: "client_secret_post" }),
};
const provider = new Provider(issuer, {
  adapter: (name) => (name === "Client" ? client : new MemoryAdapter(name)),
  features: { devInteractions: { enabled: true } },
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  conformIdTokenClaims: false,
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, email: `${id}@example.com`, email_verified: true, name: `Dr ${id}` }),
  }),
});
listener.on("request", provider.callback());
after(async () => {
  await github.stop();
  listener.closeAllConnections();
  listener.close();
});

const file = `
[[social]]
id = "campus"
name = "Campus"
issuer = "${issuer}"
client_id = "kavach"
client_secret = "a-secret-of-some-length"

${likeGithub(github.url)}`;

withAndWithoutScript(
  (world) => {
    world.test("github_signs_a_person_in_and_they_go_on_where_they_wanted_to", async (open) => {
      const page = await open();
      page.watch.welcome(github.url);
      await page.goto("/sign-in?return_to=%2Faccount");
      assert.deepEqual(await barriers(page), []);
      await page.getByRole("button", { name: "Continue with GitHub" }).click();
      await page.waitForURL("**/account");
      assert.equal(seen.query.code_challenge_method, "S256");
      assert.ok(seen.form.code_verifier.length >= 43);
    });

    world.test("an_openid_provider_signs_a_person_in", async (open) => {
      callback = world.server.at("/sign-in/callback/campus");
      const page = await open();
      page.watch.disregard(page);
      await page.goto("/sign-in?return_to=%2Faccount");
      await page.getByRole("button", { name: "Continue with Campus" }).click();
      await page.locator("input[name=login]").fill("grace");
      await page.locator("input[name=password]").fill("any");
      await page.locator("button[type=submit], input[type=submit]").first().click();
      await page.locator("button[type=submit], input[type=submit]").first().click();
      await page.waitForURL("**/account");
    });

    world.test("an_answer_nobody_asked_for_leads_to_a_sentence", async (open) => {
      const page = await open();
      await page.goto("/sign-in/callback/github?code=x&state=made-up");
      assert.equal(path(page), "/sign-in");
      await page.getByText("That sign-in could not be verified. Please start again.").waitFor();
      await page.goto("/sign-in/with/github");
      await heading(page, "Sign in with GitHub");
      assert.deepEqual(await barriers(page), []);
    });
  },
  { file },
);
