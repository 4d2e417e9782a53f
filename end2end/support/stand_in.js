// Services of others, played on a free loopback port.

import { createServer } from "node:http";

/** A server that answers with what `answer(request, body)` gives: `{status, headers, body}`. */
export async function standIn(answer) {
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { status = 200, headers = {}, body = "" } = await answer(request, Buffer.concat(chunks).toString());
    response.writeHead(status, headers);
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    stop: () => new Promise((done) => (server.closeAllConnections(), server.close(done))),
  };
}

/** An answer in JSON. */
export const json = (body, status = 200) => ({ status, headers: { "content-type": "application/json" }, body });

/** `[[social]]` of a server at `url` that speaks OAuth 2.0 the way GitHub does. */
export const likeGithub = (url) => `
[[social]]
preset = "github"
issuer = "https://github.com"
client_id = "gh"
client_secret = "s"
authorize_url = "${url}/authorize"
token_url = "${url}/token"
userinfo_url = "${url}/user"
emails_url = "${url}/user/emails"
`;
