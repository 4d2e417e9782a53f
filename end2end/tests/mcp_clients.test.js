// Both official MCP clients against Kavach and the example MCP server: they register or bring their document, their person
// agrees, and they call tools. Programs and agents sign in as themselves.

import assert from "node:assert/strict";
import { after } from "node:test";

import { ClientCredentialsProvider, PrivateKeyJwtProvider } from "@modelcontextprotocol/client";
import { exportJWK, exportPKCS8, generateKeyPair } from "jose";

import { callApi } from "../support/agents.js";
import { documentHost } from "../support/document_host.js";
import { asItself, call, client, runThrough, sdk, throughDocument } from "../support/mcp_clients.js";
import { mcpServer, resourceAddress } from "../support/mcp_server.js";
import { callbacks, person, prepare, register } from "../support/oauth.js";
import { signUp } from "../support/people.js";
import { once } from "../support/world.js";

const host = await documentHost();
const callback = await callbacks();
const resource = await resourceAddress();
after(() => Promise.all([host.stop(), callback.stop()]));

const settings = {
  KAVACH_OUTBOUND__EXTRA_CA: host.certificate,
  KAVACH_OUTBOUND__ALLOW_PRIVATE_HOSTS: host.name,
};

once(
  (world) => {
    let prepared;
    /** Everything an administrator sets up, once for all tests. */
    const ready = (open) => (prepared ??= setUpAll(open));
    const setUpAll = async (open) => {
      const admin = await prepare(open, world.server, resource);
      const grants = { grantTypes: ["client_credentials"] };
      const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
      const jwk = { ...(await exportJWK(publicKey)), kid: "one", alg: "ES256", use: "sig" };
      const known = await register(admin, { name: "Known client", redirectUris: [callback.redirect] });
      const program = await register(admin, { name: "Program", authMethod: "client_secret_basic", ...grants });
      const signing = await register(admin, {
        name: "Signing program",
        authMethod: "private_key_jwt",
        jwks: { keys: [jwk] },
        ...grants,
      });
      const agent = await callApi(admin.page, "POST", "/agents", {
        name: "deployer",
        type: "autonomous",
        permissions: [
          { resource: "mcp:notes", actions: ["read"] },
          { resource: "mcp:deploy:staging", actions: ["execute"] },
          { resource: "mcp:deploy:production", actions: ["execute"], constraints: { requireApproval: true } },
          { resource: "mcp:any", actions: ["deploy"] },
        ],
      });
      const key = await callApi(admin.page, "POST", "/api-keys", { name: "notes", scopes: ["authorize"] });
      const server = await mcpServer(world.server.url, { resource, key: key.token });
      return { admin, known, program, signing, privateKey, agent, server };
    };
    after(async () => (await prepared)?.server.stop());

    for (const kind of [sdk, client]) {
      world.test(`the_${kind.name}_is_known_signs_in_calls_steps_up_and_refreshes`, async (open) => {
        const { known } = await ready(open);
        const page = await open();
        await signUp(page);
        const asked = [];
        const client = { client_id: known.id, issuer: world.server.url };
        const visit = person(page, callback, asked);
        const { subject } = await runThrough(kind, resource, callback.redirect, visit, client);
        assert.equal(subject, (await callApi(page, "GET", "/session")).user.id);
        assert.match(asked[0], /this computer/i, "where the answer goes");
        assert.match(asked[0], /Read your notes/);
        assert.match(asked[1], /Change your notes\s+new/i, "what is new is marked");
      });

      world.test(`the_${kind.name}_registers_signs_in_calls_steps_up_and_refreshes`, async (open) => {
        await ready(open);
        const page = await open();
        await signUp(page);
        const asked = [];
        await runThrough(kind, resource, callback.redirect, person(page, callback, asked));
        assert.match(asked[0], /Nobody has checked what it calls itself/);
      });

      world.test(`the_${kind.name}_brings_a_document_instead_of_registering`, async (open) => {
        await ready(open);
        const page = await open();
        await signUp(page);
        const asked = [];
        const document = host.publish(callback.redirect);
        await throughDocument(kind, resource, callback.redirect, document, person(page, callback, asked));
        assert.match(asked[0], /localhost/, "the host that vouches for it");
      });
    }

    world.test("a_program_signs_in_with_a_secret_or_with_a_key", async (open) => {
      const { program, signing, privateKey } = await ready(open);
      const scope = "notes:read";
      const expectedIssuer = world.server.url;
      const providers = [
        new ClientCredentialsProvider({ clientId: program.id, clientSecret: program.secret, scope, expectedIssuer }),
        new PrivateKeyJwtProvider({
          clientId: signing.id,
          privateKey: await exportPKCS8(privateKey),
          algorithm: "ES256",
          scope,
          expectedIssuer,
        }),
      ];
      for (const [index, provider] of providers.entries()) {
        const connected = await asItself(resource, provider);
        const { client } = (await call(connected, "whoami")).data;
        assert.equal(client, [program, signing][index].id);
        await connected.close();
      }
    });

    world.test("an_agent_deploys_what_it_may_and_waits_for_a_person_where_it_must", async (open) => {
      const { agent, admin } = await ready(open);
      const provider = new ClientCredentialsProvider({
        clientId: agent.id,
        clientSecret: agent.token,
        scope: "notes:read deploy",
        expectedIssuer: world.server.url,
      });
      const connected = await asItself(resource, provider);
      assert.equal((await call(connected, "whoami")).data.subject, agent.id);
      const version = "1.2.3";
      assert.equal((await call(connected, "deploy", { target: "staging", version })).failed, false);
      const waiting = await call(connected, "deploy", { target: "production", version });
      assert.equal(waiting.data.error, "approval_required");
      assert.match(waiting.text, /A person has to approve this at http/);

      const page = await open({ storageState: admin.state });
      await page.goto(waiting.data.url);
      await page.getByRole("button", { name: "Approve once" }).click();
      await page.getByText("approved", { exact: false }).first().waitFor();
      const done = await call(connected, "deploy", { target: "production", version });
      assert.deepEqual([done.failed, done.text], [false, "Version 1.2.3 is on production."]);
      const other = await call(connected, "deploy", { target: "moon", version });
      assert.match(other.text, /^Not allowed/);
      await connected.close();
    });
  },
  { settings },
);
