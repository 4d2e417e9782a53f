// Watches everything a browser says and loads, so that no page misbehaves unnoticed: errors in the console, broken
// content security policies, server faults, requests to other places, headers that are missing.

/**
 * What went on in a browser context since it was opened.
 *
 * Events come when they like, also between two tests. Nothing here may throw from one: whatever cannot be understood
 * is a complaint, which fails the test that it belongs to and no other.
 */
export class Watch {
  /** Every request, as `{ url, path, kind, request }`. */
  requests = [];
  /** What no page should do. */
  complaints = [];
  /** Statuses of documents that are expected and that the console may mention. */
  #expected = new Set();
  /** Pages that are not ours, and may do as they please. */
  #strangers = new Set();
  /** Origins beyond ours that a test plays itself. */
  #welcome = new Set();
  #origin;
  #checks = [];
  #over = false;

  constructor(context, origin) {
    this.#origin = origin;
    this.#listen(context, "request", (request) => this.#requested(request));
    this.#listen(context, "response", (response) => this.#checks.push(this.#answered(response)));
    this.#listen(context, "console", (message) => this.#said(message));
    this.#listen(context, "weberror", (error) => this.#failed(error));
    context.once("close", () => this.#end());
  }

  /** Lets a page answer with this status, which is an error anywhere else. */
  expect(status) {
    this.#expected.add(status);
  }

  /** Lets pages load from, and go to, this origin, which a test plays itself. */
  welcome(url) {
    this.#welcome.add(new URL(url).origin);
  }

  /** Looks away from what this page does: it shows other people's documents. */
  disregard(page) {
    this.#strangers.add(page);
  }

  /** Fails with everything that was noticed. */
  async settle() {
    await Promise.all(this.#checks);
    if (this.complaints.length > 0) throw new Error(this.complaints.join("\n"));
  }

  #listen(context, event, notice) {
    context.on(event, (subject) => {
      if (this.#over) return;
      try {
        notice(subject);
      } catch (error) {
        this.#puzzled(event, error);
      }
    });
  }

  #end() {
    this.#over = true;
  }

  #puzzled(event, error) {
    if (!this.#over) this.complaints.push(`a ${event} could not be checked: ${error.message}`);
  }

  #requested(request) {
    if (this.#isStranger(() => request.frame().page())) return;
    const url = address(request.url());
    this.requests.push({ url: request.url(), path: url?.pathname ?? "", kind: request.resourceType(), request });
    const inside = url?.origin === this.#origin || this.#welcome.has(url?.origin) || ["data:", "about:"].includes(url?.protocol);
    if (!inside) this.complaints.push(`went elsewhere: ${request.url()}`);
  }

  #said(message) {
    if (!["error", "warning"].includes(message.type())) return;
    if (this.#isStranger(() => message.page())) return;
    const status = /status of (\d{3})/.exec(message.text());
    if (status && this.#expected.has(Number(status[1]))) return;
    this.complaints.push(`console ${message.type()}: ${message.text()} (${message.location().url})`);
  }

  #failed(error) {
    if (this.#isStranger(() => error.page())) return;
    this.complaints.push(`script failed: ${error.error()}`);
  }

  /** Never rejects: nobody may be waiting for it. */
  async #answered(response) {
    try {
      await this.#check(response);
    } catch (error) {
      this.#puzzled("response", error);
    }
  }

  async #check(response) {
    if (this.#isStranger(() => response.frame().page())) return;
    const status = response.status();
    const url = address(response.url());
    const path = url?.pathname ?? response.url();
    if (status >= 400 && !this.#expected.has(status)) this.complaints.push(`${status} for ${path}`);
    if (response.request().resourceType() !== "document" || url?.origin !== this.#origin) return;
    const headers = response.headers();
    // A file that is saved and never shown.
    if (headers["content-disposition"]?.startsWith("attachment")) return;
    for (const lack of lacks(path, headers)) this.complaints.push(`${path}: ${lack}`);
    const html = status === 200 ? await body(response) : "";
    for (const flaw of flaws(html, headers["content-security-policy"] ?? "")) {
      this.complaints.push(`${path}: ${flaw}`);
    }
  }

  #isStranger(page) {
    if (this.#strangers.size === 0) return false;
    try {
      return this.#strangers.has(page());
    } catch {
      // A request that belongs to no page.
      return false;
    }
  }
}

/** An address in its parts; null for what is none, as of a page that the browser refused to open. */
function address(text) {
  return URL.canParse(text) ? new URL(text) : null;
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
    "may be framed by older browsers": headers["x-frame-options"] === "DENY",
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
