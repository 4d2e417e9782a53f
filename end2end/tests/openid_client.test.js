// openid-client, which is certified as a relying party, against Kavach: web apps, and programs on people's computers.

import assert from "node:assert/strict";
import { after } from "node:test";

import * as openid from "openid-client";

import { postgres } from "../support/database.js";
import { mcpServer, resourceAddress } from "../support/mcp_server.js";
import { callbacks, person, prepare, register } from "../support/oauth.js";
import { path, signIn, signUp } from "../support/people.js";
import { once } from "../support/world.js";

const HELLO = JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "tools/call",
  params: { name: "whoami", arguments: {} },
});
const JSON_HEADERS = { "content-type": "application/json", accept: "application/json, text/event-stream" };

const callback = await callbacks();
const resource = await resourceAddress();
after(() => callback.stop());

/** What tests in one world share: what is set up once, and how a client goes about it. */
function clientsOf(world) {
  let prepared;
  const ready = (open) => (prepared ??= setUpAll(open));
  const setUpAll = async (open) => {
    const admin = await prepare(open, world.server, resource);
    const web = await register(admin, {
      name: "Web app",
      authMethod: "client_secret_basic",
      redirectUris: [callback.redirect],
      postLogoutRedirectUris: [`${callback.origin}/bye`],
    });
    const program = await register(admin, {
      name: "Program",
      redirectUris: [callback.redirect],
      grantTypes: ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
    });
    const notes = await register(admin, {
      name: "Notes",
      authMethod: "client_secret_basic",
      grantTypes: ["client_credentials"],
      introspects: [resource],
    });
    const server = await mcpServer(world.server.url, { resource });
    return { web, program, notes, server };
  };
  after(async () => (await prepared)?.server.stop());

  /** The configuration of a client, as the library finds it out. */
  const configured = (client) =>
    openid.discovery(
      new URL(world.server.url),
      client.id,
      {},
      client.secret ? openid.ClientSecretBasic(client.secret) : openid.None(),
      { execute: [openid.allowInsecureRequests] },
    );

  /** Sends a person off and takes what they come back with. */
  const authorized = async (config, visit, wanted, { pushed = false, DPoP } = {}) => {
    const verifier = openid.randomPKCECodeVerifier();
    const [state, nonce] = [openid.randomState(), openid.randomNonce()];
    const openId = (wanted.scope ?? "").split(" ").includes("openid");
    const parameters = {
      redirect_uri: callback.redirect,
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      state,
      ...(openId && { nonce }),
      ...(DPoP && { dpop_jkt: await DPoP.calculateThumbprint() }),
      ...wanted,
    };
    const address = pushed
      ? await openid.buildAuthorizationUrlWithPAR(config, parameters, { DPoP })
      : openid.buildAuthorizationUrl(config, parameters);
    if (pushed) assert.deepEqual([...address.searchParams.keys()].sort(), ["client_id", "request_uri"]);
    const back = await visit(address);
    const checks = { pkceCodeVerifier: verifier, expectedState: state, idTokenExpected: openId };
    if (openId) checks.expectedNonce = nonce;
    const resource = wanted.resource && { resource: wanted.resource };
    return openid.authorizationCodeGrant(config, back, checks, resource, { DPoP });
  };
  return { ready, configured, authorized };
}

once((world) => {
  const { ready, configured, authorized } = clientsOf(world);

  world.test("a_web_app_signs_a_person_in_renews_looks_into_and_gives_back_its_tokens", async (open) => {
    const { web } = await ready(open);
    const page = await open();
    const ada = await signUp(page);
    const config = await configured(web);
    const scope = "openid profile email offline_access";
    const tokens = await authorized(config, person(page, callback), { scope }, { pushed: true });
    const claims = tokens.claims();
    assert.equal(claims.iss, world.server.url);
    assert.ok(claims.auth_time > 0 && claims.acr && claims.at_hash);
    const user = await openid.fetchUserInfo(config, tokens.access_token, claims.sub);
    assert.deepEqual([user.name, user.email], [ada.name, ada.email]);

    const renewed = await openid.refreshTokenGrant(config, tokens.refresh_token);
    assert.notEqual(renewed.refresh_token, tokens.refresh_token, "rotated");
    const looked = await openid.tokenIntrospection(config, renewed.access_token);
    assert.deepEqual([looked.active, looked.sub, looked.client_id], [true, claims.sub, web.id]);
    await openid.tokenRevocation(config, renewed.refresh_token);
    assert.equal((await openid.tokenIntrospection(config, renewed.access_token)).active, false);
    await assert.rejects(openid.refreshTokenGrant(config, renewed.refresh_token), { error: "invalid_grant" });
  });

  world.test("a_program_proves_that_it_holds_its_key_to_kavach_and_to_the_mcp_server", async (open) => {
    const { program, notes } = await ready(open);
    const page = await open();
    await signUp(page);
    const config = await configured(program);
    const DPoP = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair("ES256"));
    const wanted = { scope: "notes:read offline_access", resource };
    const tokens = await authorized(config, person(page, callback), wanted, { DPoP });
    assert.equal(tokens.token_type, "dpop");
    const call = (token, options) =>
      openid.fetchProtectedResource(config, token, new URL(resource), "POST", HELLO, new Headers(JSON_HEADERS), options);
    const answer = await call(tokens.access_token, { DPoP });
    assert.equal(answer.status, 200);
    assert.equal((await answer.json()).result.structuredContent.bound, true);
    for (const stolen of [{}, { DPoP: openid.getDPoPHandle(config, await openid.randomDPoPKeyPair("ES256")) }]) {
      await assert.rejects(call(tokens.access_token, stolen), (error) => error.status === 401);
    }
    const renewed = await openid.refreshTokenGrant(config, tokens.refresh_token, { resource }, { DPoP });
    assert.equal((await call(renewed.access_token, { DPoP })).status, 200);
    const other = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair("ES256"));
    await assert.rejects(openid.refreshTokenGrant(config, renewed.refresh_token, { resource }, { DPoP: other }));

    // The server the token is for may look into it; the key it is bound to comes with the answer.
    const looked = await openid.tokenIntrospection(await configured(notes), renewed.access_token);
    assert.deepEqual([looked.active, looked.aud, looked.cnf.jkt], [true, resource, await DPoP.calculateThumbprint()]);
  });

  world.test("an_app_signs_a_person_in_silently_or_is_told_that_it_cannot", async (open) => {
    const { web } = await ready(open);
    const page = await open();
    const config = await configured(web);
    const silent = { scope: "openid", prompt: "none" };
    await assert.rejects(authorized(config, unasked(page), silent), { error: "login_required" });
    await signUp(page);
    await assert.rejects(authorized(config, unasked(page), silent), { error: "consent_required" });
    await authorized(config, person(page, callback), { scope: "openid" });
    const tokens = await authorized(config, unasked(page), silent);
    assert.ok(tokens.claims().sub);
  });

  world.test("a_program_without_a_browser_is_let_in_from_another_device", async (open) => {
    const { program } = await ready(open);
    const page = await open();
    await signUp(page);
    const config = await configured(program);
    const begun = await openid.initiateDeviceAuthorization(config, { scope: "notes:read offline_access", resource });
    const polling = openid.pollDeviceAuthorizationGrant(config, begun, { resource });
    await page.goto(begun.verification_uri_complete);
    await page.getByRole("button", { name: "Continue", exact: true }).click();
    await page.getByRole("button", { name: "Let it in" }).click();
    const tokens = await polling;
    assert.ok(tokens.refresh_token);
    const answer = await openid.fetchProtectedResource(
      config, tokens.access_token, new URL(resource), "POST", HELLO, new Headers(JSON_HEADERS),
    );
    assert.equal(answer.status, 200);
  });

  world.test("an_app_signs_a_person_out_and_gets_them_back", async (open) => {
    const { web } = await ready(open);
    const page = await open();
    await signUp(page);
    const config = await configured(web);
    const tokens = await authorized(config, person(page, callback), { scope: "openid" });
    const address = openid.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token,
      post_logout_redirect_uri: `${callback.origin}/bye`,
      state: "left",
    });
    await page.goto(address.href);
    await page.waitForURL(`${callback.origin}/bye?state=left`);
    await page.goto(world.server.at("/account"));
    assert.match(path(page), /^\/sign-in/);
  });

  /** A browser in which nobody is asked anything. */
  const unasked = (page) => {
    page.watch.welcome(callback.origin);
    return async (address) => {
      await page.goto(address.href);
      return new URL(page.url());
    };
  };
});

// A running server has no clock to turn: what it wrote down is made older instead, which takes PostgreSQL.
once(
  (world) => {
    const { ready, configured, authorized } = clientsOf(world);

    world.test("a_tool_that_needs_a_fresh_sign_in_gets_one", async (open) => {
      const { program } = await ready(open);
      const page = await open();
      const ada = await signUp(page);
      const config = await configured(program);
      const wanted = { scope: "notes:write", resource };
      await page.goto("about:blank");
      await world.server.restartLater(600_000);
      const old = await authorized(config, person(page, callback), wanted);
      const body = HELLO.replace("whoami", "delete_notes");
      const call = (tokens) =>
        fetch(resource, { method: "POST", body, headers: { ...JSON_HEADERS, authorization: `Bearer ${tokens.access_token}` } });
      const refused = await call(old);
      const challenge = refused.headers.get("www-authenticate");
      assert.equal(refused.status, 401);
      assert.match(challenge, /error="insufficient_user_authentication"/);
      const max_age = /max_age="(\d+)"/.exec(challenge)[1];

      const visit = person(page, callback);
      const fresh = await authorized(
        config,
        async (address) => {
          await page.goto(address.href);
          assert.match(path(page), /^\/(sign-in|account\/confirm)/, "asked who they are again");
          await again(page, ada);
          return visit(address);
        },
        { ...wanted, max_age },
      );
      assert.equal((await call(fresh)).status, 200);
    });

    /** Says once more who they are, wherever that is asked. */
    const again = async (page, who) => {
      if (path(page).startsWith("/sign-in")) return signIn(page, who, page.url());
      await page.getByLabel("Password", { exact: true }).fill(who.password);
      await page.getByRole("button", { name: "Confirm" }).click();
      await page.waitForURL((url) => !url.pathname.startsWith("/account/confirm"));
    };
  },
  { database: postgres },
);
