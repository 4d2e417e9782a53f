// A host on this machine that vouches for clients: it serves their metadata documents over https, with a certificate of
// an authority made for it.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";

const KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

/** Starts one. `certificate` is the file of its authority, `name` its host and port. */
export async function documentHost() {
  const folder = mkdtempSync(join(tmpdir(), "kavach-documents-"));
  const file = (name) => join(folder, name);
  const openssl = (...args) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  openssl("req", "-x509", ...KEY, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=Tests");
  openssl("req", ...KEY, "-keyout", "host.key", "-out", "host.csr", "-subj", "/CN=localhost");
  writeFileSync(file("names"), "subjectAltName=DNS:localhost\n");
  const by = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"];
  openssl("x509", "-req", "-in", "host.csr", ...by, "-days", "2", "-out", "host.pem", "-extfile", "names");

  const asked = [];
  const documents = new Map();
  const server = createServer(
    { key: readFileSync(file("host.key")), cert: readFileSync(file("host.pem")) },
    (request, response) => {
      asked.push(request.url);
      const document = documents.get(request.url);
      response.writeHead(document ? 200 : 404, { "content-type": "application/json" });
      response.end(JSON.stringify(document ?? {}));
    },
  );
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const name = `localhost:${server.address().port}`;
  return {
    name,
    certificate: file("ca.pem"),
    /** The paths that were asked for. */
    asked,
    /** The address of a document for a client with this redirect URI. */
    publish: (redirect, more = {}) => {
      const path = `/clients/${documents.size + 1}.json`;
      const address = `https://${name}${path}`;
      documents.set(path, {
        client_id: address,
        client_name: "Documented client",
        redirect_uris: [redirect],
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        token_endpoint_auth_method: "none",
        ...more,
      });
      return address;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
