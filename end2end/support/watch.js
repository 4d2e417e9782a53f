// Watches everything a browser says and loads, so that no page misbehaves unnoticed: errors in the console, broken
// content security policies, server faults, requests to other places, headers that are missing.

/** What went on in a browser context since it was opened. */
export class Watch {
  /** Every request, as `{ url, path, kind }`. */
  requests = [];
  /** What no page should do. */
  complaints = [];
  /** Statuses of documents that are expected and that the console may mention. */
  #expected = new Set();
  #origin;
  #checks = [];

  constructor(context, origin) {
    this.#origin = origin;
    context.on("request", (request) => this.#requested(request));
    context.on("response", (response) => this.#checks.push(this.#answered(response)));
    context.on("console", (message) => this.#said(message));
    context.on("weberror", (error) => this.complaints.push(`script failed: ${error.error()}`));
  }

  /** Lets a page answer with this status, which is an error anywhere else. */
  expect(status) {
    this.#expected.add(status);
  }

  /** Fails with everything that was noticed. */
  async settle() {
    await Promise.all(this.#checks);
    if (this.complaints.length > 0) throw new Error(this.complaints.join("\n"));
  }

  #requested(request) {
    const url = new URL(request.url());
    this.requests.push({ url: url.href, path: url.pathname, kind: request.resourceType() });
    const inside = url.origin === this.#origin || url.protocol === "data:" || url.protocol === "about:";
    if (!inside) this.complaints.push(`went elsewhere: ${url.href}`);
  }

  #said(message) {
    if (!["error", "warning"].includes(message.type())) return;
    const status = /status of (\d{3})/.exec(message.text());
    if (status && this.#expected.has(Number(status[1]))) return;
    this.complaints.push(`console ${message.type()}: ${message.text()} (${message.location().url})`);
  }

  async #answered(response) {
    const status = response.status();
    const path = new URL(response.url()).pathname;
    if (status >= 400 && !this.#expected.has(status)) this.complaints.push(`${status} for ${path}`);
    if (response.request().resourceType() !== "document") return;
    if (new URL(response.url()).origin !== this.#origin) return;
    const headers = response.headers();
    for (const lack of lacks(path, headers)) this.complaints.push(`${path}: ${lack}`);
    const html = status === 200 ? await body(response) : "";
    for (const flaw of flaws(html, headers["content-security-policy"] ?? "")) {
      this.complaints.push(`${path}: ${flaw}`);
    }
  }
}

/** The text of a document; nothing where the browser moved on and has dropped it. */
function body(response) {
  const never = new Promise((resolve) => setTimeout(resolve, 5_000, "").unref());
  return Promise.race([response.text().catch(() => ""), never]);
}

/** What is missing from the headers of a document. */
function lacks(path, headers) {
  const policy = headers["content-security-policy"] ?? "";
  const wanted = {
    "no default-src 'none'": policy.includes("default-src 'none'"),
    "may be framed": policy.includes("frame-ancestors 'none'"),
    "no base-uri 'none'": policy.includes("base-uri 'none'"),
    "unsafe-inline in the policy": !policy.includes("unsafe-inline"),
    "unsafe-eval in the policy": !policy.includes("'unsafe-eval'"),
    "may be sniffed": headers["x-content-type-options"] === "nosniff",
    // The description of the API is the same for everybody.
    "may be stored": path === "/api/auth/docs" || headers["cache-control"] === "no-store",
    "tells other sites where people were": ["same-origin", "no-referrer"].includes(headers["referrer-policy"]),
  };
  return Object.keys(wanted).filter((lack) => !wanted[lack]);
}

/** What contradicts the policy in the document itself: every script needs the nonce of the header. */
function flaws(html, policy) {
  const allowed = /script-src [^;]*'nonce-([^']+)'/.exec(policy)?.[1];
  const scripts = html.match(/<script\b[^>]*>/g) ?? [];
  const nonce = (tag) => /\bnonce="([^"]+)"/.exec(tag)?.[1];
  const found = scripts.filter((tag) => !allowed || nonce(tag) !== allowed).map((tag) => `without nonce: ${tag}`);
  const inline = html.match(/<[a-z][^>]*\s(on[a-z]+|style)="[^>]*>/g) ?? [];
  return found.concat(inline.map((tag) => `inline code or style: ${tag}`));
}
