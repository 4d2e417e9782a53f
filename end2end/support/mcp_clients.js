// The two official MCP clients, as a program on somebody's computer uses them. `visit` opens an address as its person
// would, and comes back with the address the browser was sent to in the end.

import assert from "node:assert/strict";

import * as current from "@modelcontextprotocol/client";
import { Client as LegacyClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as LegacyTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { UnauthorizedError as LegacyUnauthorized } from "@modelcontextprotocol/sdk/client/auth.js";

const WHO = { name: "kavach-tests", version: "1.0.0" };

/** What a client keeps between two connections. */
class Memory {
  client;
  issued;
  verifier;
  discovery;
  /** Where the person was sent last. */
  sent;
  #state = 0;

  constructor(redirect, more = {}) {
    this.redirectUrl = redirect;
    this.clientMetadata = {
      client_name: "Test client",
      redirect_uris: [redirect],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
      ...more,
    };
  }

  state = () => `state-${(this.#state += 1)}`;
  clientInformation = () => this.client;
  saveClientInformation = (client) => void (this.client = client);
  tokens = () => this.issued;
  saveTokens = (tokens) => void (this.issued = tokens);
  redirectToAuthorization = (address) => void (this.sent = address);
  saveCodeVerifier = (verifier) => void (this.verifier = verifier);
  codeVerifier = () => this.verifier;
  discoveryState = () => this.discovery;
  saveDiscoveryState = (state) => void (this.discovery = state);
}

/** `@modelcontextprotocol/sdk`, which speaks the revisions until 2025-11-25. */
export const sdk = {
  name: "sdk",
  isUnauthorized: (error) => error instanceof LegacyUnauthorized,
  open: (address, authProvider) => {
    const transport = new LegacyTransport(new URL(address), { authProvider });
    return { client: new LegacyClient(WHO), transport, finish: (back) => transport.finishAuth(back.get("code")) };
  },
};

/** `@modelcontextprotocol/client`, which speaks 2026-07-28 and checks `iss`. */
export const client = {
  name: "client",
  isUnauthorized: (error) => error instanceof current.UnauthorizedError,
  open: (address, authProvider) => {
    const transport = new current.StreamableHTTPClientTransport(new URL(address), { authProvider });
    const client = new current.Client(WHO, { versionNegotiation: { mode: "auto" } });
    return { client, transport, finish: (back) => transport.finishAuth(back) };
  },
};

/** Connects, sending the person where the server asks for. Returns the client. */
async function connect(kind, address, memory, visit) {
  const first = kind.open(address, memory);
  try {
    await first.client.connect(first.transport);
    return first.client;
  } catch (error) {
    if (!kind.isUnauthorized(error)) throw error;
  }
  await first.finish(await signedIn(memory, visit));
  const second = kind.open(address, memory);
  await second.client.connect(second.transport);
  return second.client;
}

/** Does something that may send the person away once more. */
async function withConsent(kind, address, memory, visit, act) {
  const { client, transport, finish } = kind.open(address, memory);
  await client.connect(transport);
  try {
    return await act(client);
  } catch (error) {
    if (!kind.isUnauthorized(error)) throw error;
  }
  await finish(await signedIn(memory, visit));
  return act(client);
}

/**
 * Everything a client does with the example MCP server: signs in, calls, renews, and asks for more. It registers, unless
 * `known` is what it is known by.
 */
export async function runThrough(kind, address, redirect, visit, known) {
  const memory = new Memory(redirect);
  memory.client = known;
  const first = await connect(kind, address, memory, visit);
  assert.deepEqual(asked(memory), ["notes:read"], "what the challenge named, and no more");
  assert.equal(memory.sent.searchParams.get("resource"), address);
  const { tools } = await first.listTools();
  assert.deepEqual(tools.map((tool) => tool.name).sort(), ["add_note", "delete_notes", "deploy", "whoami"]);
  const { subject, scopes } = (await call(first, "whoami")).data;
  assert.deepEqual(scopes.filter((scope) => scope !== "offline_access"), ["notes:read"]);
  await first.close();

  // A token that is no good any more is renewed without asking the person.
  memory.sent = undefined;
  memory.issued = { ...memory.issued, access_token: "no-good-any-more" };
  const renewed = await connect(kind, address, memory, visit);
  assert.equal((await call(renewed, "whoami")).data.subject, subject);
  assert.equal(memory.sent, undefined);
  await renewed.close();

  // The challenge of a tool names all it needs. With a refresh token the older client would renew what it has.
  if (kind === sdk) memory.issued = { ...memory.issued, refresh_token: undefined };
  const added = await withConsent(kind, address, memory, visit, (client) => call(client, "add_note", { text: "milk" }));
  assert.match(added.text, /^\d+ notes$/);
  assert.deepEqual(asked(memory), ["notes:read", "notes:write"]);
  return { memory, subject };
}

/** The same beginning for a client that brings its document, at this address. */
export async function throughDocument(kind, address, redirect, document, visit) {
  const memory = new Memory(redirect);
  memory.clientMetadataUrl = document;
  const first = await connect(kind, address, memory, visit);
  assert.equal(memory.client.client_id, document);
  assert.equal((await call(first, "whoami")).data.client, document);
  await first.close();
}

/** A program that signs in as itself, by `provider` of the current client. */
export async function asItself(address, authProvider) {
  const transport = new current.StreamableHTTPClientTransport(new URL(address), { authProvider });
  const program = new current.Client(WHO, { versionNegotiation: { mode: "auto" } });
  await program.connect(transport);
  return program;
}

/** The scopes of the example that the person was asked for last. */
const asked = (memory) =>
  memory.sent.searchParams.get("scope").split(" ").filter((scope) => scope.startsWith("notes:")).sort();

async function signedIn(memory, visit) {
  const back = await visit(memory.sent);
  assert.equal(`${back.origin}${back.pathname}`, memory.redirectUrl);
  assert.equal(back.searchParams.get("error"), null, back.href);
  assert.equal(back.searchParams.get("state"), memory.sent.searchParams.get("state"));
  return back.searchParams;
}

/** What a tool said, or its structured answer. */
export async function call(client, name, args = {}) {
  const result = await client.callTool({ name, arguments: args });
  return { failed: result.isError === true, text: result.content[0]?.text, data: result.structuredContent };
}
