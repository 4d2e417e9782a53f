// A certified authorization server of somebody else, with everything an MCP server asks for switched on.

import { createServer } from "node:http";

import { exportJWK, generateKeyPair } from "jose";
import Provider from "oidc-provider";

/** Starts one whose tokens are for `resource()`; it registers whoever asks. */
export async function peer(resource) {
  const listener = createServer();
  await new Promise((ready) => listener.listen(0, "127.0.0.1", ready));
  const issuer = `http://127.0.0.1:${listener.address().port}`;
  const { privateKey } = await generateKeyPair("ES256", { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), alg: "ES256", use: "sig", kid: "peer-1" };
  const provider = new Provider(issuer, {
    jwks: { keys: [jwk] },
    clients: [
      {
        client_id: "machine",
        client_secret: "a-secret-of-some-length",
        grant_types: ["client_credentials"],
        response_types: [],
        redirect_uris: [],
      },
    ],
    // Clients register with the scopes of their first challenge, and later need others.
    extraClientMetadata: { properties: ["scope_"], validator: (_, _key, _value, metadata) => delete metadata.scope },
    clientDefaults: { id_token_signed_response_alg: "ES256" },
    scopes: ["openid", "offline_access", "notes:read", "notes:write", "deploy"],
    features: {
      devInteractions: { enabled: true },
      registration: { enabled: true },
      clientCredentials: { enabled: true },
      dPoP: { enabled: true },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: (_, indicator) => {
          if (indicator !== resource()) throw new Error(`nobody knows ${indicator}`);
          return {
            scope: "notes:read notes:write deploy",
            audience: indicator,
            accessTokenTTL: 600,
            accessTokenFormat: "jwt",
            jwt: { sign: { alg: "ES256" } },
          };
        },
      },
    },
    issueRefreshToken: async (_, client) => client.grantTypeAllowed("refresh_token"),
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  });
  listener.on("request", provider.callback());
  return {
    issuer,
    stop: () => new Promise((done) => (listener.closeAllConnections(), listener.close(done))),
  };
}
