// Apps that ask to be let in, for pages to look at.

import { callApi } from "./agents.js";

const CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw_cM";
const FILES = "https://files.example/mcp";
const SCOPES = [
  { name: "files:read", description: "Read your files", default: true },
  { name: "files:write", description: "Change and delete your files", default: false },
];
const SITE = "https://planner.example/callback";

/** An app that registered itself, whose answers go to a program on this computer. */
export async function stranger(server) {
  const redirect_uris = ["http://127.0.0.1:8123/callback"];
  const body = JSON.stringify({ client_name: "Desk Assistant", redirect_uris });
  const headers = { "content-type": "application/json" };
  const answer = await (await fetch(server.at("/oauth/register"), { method: "POST", headers, body })).json();
  return asking(answer.client_id, redirect_uris[0], { scope: "openid profile email offline_access" });
}

/** What an app that an administrator registered asks for with these scopes of the file server. */
export async function planner(admin, scope) {
  const clients = await callApi(admin, "GET", "/clients");
  let id = clients.find(({ name }) => name === "Travel Planner")?.id;
  if (!id) {
    await callApi(admin, "POST", "/resources", { resource: FILES, name: "File server", scopes: SCOPES });
    id = (await callApi(admin, "POST", "/clients", { name: "Travel Planner", redirectUris: [SITE] })).id;
  }
  return asking(id, SITE, { scope, resource: FILES });
}

function asking(client_id, redirect_uri, extra) {
  const usual = { client_id, redirect_uri, response_type: "code", code_challenge: CHALLENGE, code_challenge_method: "S256" };
  return `/oauth/authorize?${new URLSearchParams({ ...usual, state: "st", ...extra })}`;
}

/** Says yes to the open question, without going where the answer goes. */
export async function agree(page) {
  const request = new URL(page.url()).searchParams.get("request");
  const options = { form: { request }, headers: { Origin: new URL(page.url()).origin }, maxRedirects: 0 };
  await page.request.post("/_fn/consent/allow", options);
}
