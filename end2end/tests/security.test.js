// What nobody can make these pages do: show a stranger's words, lead to a stranger's site, act for a stranger, run a
// stranger's code. And how little they load.

import assert from "node:assert/strict";
import { createServer } from "node:http";

import { createAgent, islandsReady } from "../support/agents.js";
import {
  givePassword,
  heading,
  identify,
  path,
  refused,
  signIn,
  signOut,
  signUp,
  somebody,
} from "../support/people.js";
import { once, withAndWithoutScript } from "../support/world.js";

const LURE = "Your account is locked. Call 555-0100 to unlock it.";
const GITHUB = { resource: "mcp:github:*", actions: "read" };
/** Bytes a page of the console may transfer, compressed as they come; its HTML comes as it is. */
const CONSOLE_BUDGET = 150_000;
const HTML_BUDGET = 15_000;
/** The permission editor: rows to fill in without script, each with every condition there is. */
const EDITOR_BUDGET = 36_000;

/** Ways to spell another site where a path is expected: any of these beginnings with any of these hosts. */
const SLASHES = [
  ...["//", "///", "/\\", "\\\\", "\\/", "/%2f", "/%5c", "/\t/", "/%09/", "/\n/", "/ /", "/./", "/..//", "//%00"],
  ...["https:", "https:/", "https://", "http://", "HtTpS://", "ftp://"],
];
const HOSTS = [
  ...["evil.example", "evil.example:80", "localhost.evil.example", "user@evil.example"],
  ...["[::1]", "2130706433"],
];

withAndWithoutScript((world) => {
  world.test("text_in_an_address_is_never_shown", async (open) => {
    const page = await open();
    const text = () => page.locator("body").innerText();
    for (const place of ["/sign-in", "/sign-up", "/setup", "/verify-email"]) {
      await page.goto(place);
      const plain = await text();
      for (const error of [LURE, `ServerError|${LURE}`, "rate_limited"]) {
        const encoded = Buffer.from(error).toString("base64");
        for (const query of [
          { __path: "/", __err: encoded },
          { __path: "/_fn/sign-in/password", __err: encoded },
          { error, code: error, message: error, notice: error },
        ]) {
          await page.goto(`${place}?${new URLSearchParams(query)}`);
          assert.equal(await text(), plain, `${place} with ${JSON.stringify(query)}`);
        }
      }
    }
  });

  world.test("signing_in_never_leads_to_another_site", async (open) => {
    const page = await open();
    const person = await signUp(page);
    for (const away of [
      "//evil.example",
      "https://evil.example/console",
      "/\\evil.example",
      "javascript:alert(1)",
    ]) {
      await signOut(page);
      await signIn(page, person, `/sign-in?change=1&return_to=${encodeURIComponent(away)}`);
      await heading(page, `Hello, ${person.name}`);
      assert.equal(new URL(page.url()).origin, world.server.url, away);
    }
  });

  world.test("names_are_shown_as_they_were_typed_and_never_run", async (open) => {
    const name = '"><img src=x onerror=alert(1)><script>alert(2)</script>';
    const page = await open();
    page.on("dialog", (dialog) => {
      page.watch.complaints.push(`a stranger's code ran: ${dialog.message()}`);
      dialog.dismiss().catch(() => {});
    });
    await signUp(page, { ...somebody(), name });
    const { id } = await createAgent(page, name, [GITHUB]);
    const search = `/agents?q=${encodeURIComponent(name)}`;
    for (const place of ["", "/agents", search, `/agents/${id}`, `/agents/${id}/edit`]) {
      await page.goto(`/console${place}`);
      assert.equal(await page.locator("main img, main script").count(), 0, place);
    }
    await page.goto(`/console/agents/${id}`);
    await heading(page, name);
    await page.goto(`/console/audit?action=${encodeURIComponent(name)}`);
    assert.equal(await page.getByLabel("Action").inputValue(), name);
    await page.goto("/account");
    assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), name);
  });

  world.test("forms_on_other_sites_change_nothing_here", async (open) => {
    const page = await open();
    await signUp(page);
    const { id } = await createAgent(page, "coveted", [GITHUB]);
    const forms = [
      { action: "/_fn/agents/revoke", fields: { agent: id } },
      { action: "/_fn/agents/suspend", fields: { agent: id } },
      { action: "/_fn/account/profile", fields: { name: "Mallory" } },
      { action: "/_fn/sign-in/password", fields: { username: "mallory@example.com", password: "mallory's own" } },
      { action: "/_fn/sign-out", fields: {} },
      { action: "/api/auth/sign-out", fields: {}, type: "text/plain" },
      { action: "/api/auth/agents", fields: { '{"name":"planted","x":"': '"}' }, type: "text/plain" },
    ];
    // 127.0.0.1 is another site; another port of localhost is another origin that is sent the cookie even so.
    for (const host of ["127.0.0.1", "localhost"]) {
      const evil = await site(host, forms.map((form) => formHtml(world.server, form)).join("\n"));
      const tab = await page.context().newPage();
      // Other people's pages, and refusals that have to be.
      page.watch.disregard(tab);
      for (const index of forms.keys()) {
        await tab.goto(evil.url);
        const [answer] = await Promise.all([
          tab.waitForResponse((response) => response.request().method() === "POST"),
          tab.locator("form").nth(index).getByRole("button").click(),
        ]);
        assert.equal(answer.status(), 403, `${host} ${forms[index].action}`);
      }
      // Closing a page that is still arriving can wait for ever; it is closed with its browser.
      await tab.goto("about:blank");
      await evil.close();
    }
    await page.goto(`/console/agents/${id}`);
    await page.getByText("Active", { exact: true }).waitFor();
    await page.goto("/account");
    assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "Ada Byron");
    await page.goto("/console/agents");
    assert.equal(await page.getByRole("table").getByRole("row").count(), 1 + 1);
  });

  world.test("opening_the_address_of_a_form_changes_nothing", async (open) => {
    const page = await open();
    const person = await signUp(page);
    const forms = ["sign-out", "account/profile?name=Mallory", "account/sessions/revoke-others", "agents/create"];
    for (const form of forms) {
      const answer = await page.request.get(`/_fn/${form}`);
      assert.ok([404, 405].includes(answer.status()), `${form}: ${answer.status()}`);
    }
    await page.goto("/console");
    await heading(page, `Hello, ${person.name}`);
  });

  world.test("too_many_wrong_passwords_are_answered_in_words_even_when_one_is_right", async (open) => {
    const page = await open();
    const person = await signUp(page);
    await signOut(page);
    await identify(page, person.email);
    for (let tries = 0; tries < 3; tries += 1) {
      await givePassword(page, `wrong password number ${tries}`);
      await refused(page, "not right");
    }
    await givePassword(page, person.password);
    await refused(page, /Too many tries\. Try again in \d+ (seconds|minutes)\./);
    assert.equal(await page.getByLabel("E-mail address").inputValue(), person.email);
    await page.goto("/console");
    await heading(page, "Enter your password");
  });
}, { settings: { KAVACH_RATE_LIMIT__FAILURES_PER_ACCOUNT: "3" } });

once((world) => {
  world.test("a_page_asked_for_is_only_ever_one_of_ours", async (open) => {
    const page = await open();
    await signUp(page);
    const payloads = SLASHES.flatMap((slash) => HOSTS.map((host) => slash + host));
    for (const lead of ["/console", "/account", "console", "", " ", "\u0000"]) {
      payloads.push(`${lead}@evil.example`, `${lead}.evil.example`, `${lead}//evil.example`);
      payloads.push(`${lead}/..//evil.example`, `${lead}\\evil.example`, `${lead}?next=//evil.example#`);
      payloads.push(`${lead}\r\nLocation: https://evil.example`);
    }
    payloads.push("javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x");
    payloads.push("/sign-out", "/_fn/sign-out", "/api/auth/session");
    assert.ok(payloads.length > 160, `${payloads.length}`);
    for (const payload of payloads) {
      const address = `/sign-in?return_to=${encodeURIComponent(payload)}`;
      const answer = await page.request.get(address, { maxRedirects: 0 });
      assert.equal(answer.status(), 303, payload);
      const location = answer.headers().location;
      assert.match(location, /^\/(console|account)([/?]|$)/, payload);
      assert.equal(new URL(location, world.server.url).origin, world.server.url, payload);
    }
  });

  world.test("no_page_can_be_put_into_a_frame", async (open) => {
    const page = await open();
    await signUp(page);
    const frames = ["/sign-in", "/console", "/account", "/setup", "/api/auth/docs"];
    const html = frames.map((frame) => `<iframe src="${world.server.at(frame)}"></iframe>`).join("");
    const evil = await site("localhost", html);
    const tab = await page.context().newPage();
    // The browser says there what it refused.
    page.watch.disregard(tab);
    await tab.goto(evil.url, { waitUntil: "load" });
    const [, ...inside] = tab.frames();
    assert.equal(inside.length, frames.length);
    for (const frame of inside) await frame.waitForURL(/^chrome-error:/, { waitUntil: "commit" });
    await tab.goto("about:blank");
    await evil.close();
  });

  world.test("a_broken_policy_would_be_noticed", async (open) => {
    const page = await open();
    await page.goto("/sign-in");
    await page.watch.settle();
    await Promise.all([
      page.context().waitForEvent("console"),
      page.evaluate(() => {
        const script = document.createElement("script");
        script.textContent = "globalThis.planted = true";
        document.body.append(script);
      }),
    ]);
    await assert.rejects(page.watch.settle(), /Content Security Policy/i);
    assert.equal(await page.evaluate(() => globalThis.planted), undefined);
    page.watch.complaints.length = 0;
  });

  world.test("every_document_has_a_nonce_of_its_own", async (open) => {
    const page = await open();
    const seen = new Set();
    for (let load = 0; load < 3; load += 1) {
      const policy = (await page.goto("/sign-up")).headers()["content-security-policy"];
      seen.add(/script-src 'nonce-([\w+/=-]{16,})'/.exec(policy)[1]);
    }
    assert.equal(seen.size, 3);
    const policy = (await page.goto("/recover")).headers()["content-security-policy"];
    assert.match(policy, /script-src 'none'/);
  });

  world.test("the_session_cookie_is_out_of_reach_of_script_and_other_sites", async (open) => {
    const page = await open();
    await signUp(page);
    const cookies = await page.context().cookies();
    assert.ok(cookies.some(({ name }) => name === "kavach_session"));
    for (const { name, httpOnly, sameSite, path } of cookies) {
      assert.deepEqual({ httpOnly, sameSite, path }, { httpOnly: true, sameSite: "Lax", path: "/" }, name);
    }
    assert.equal(await page.evaluate(() => document.cookie), "");
    assert.equal(await page.evaluate(() => localStorage.length + sessionStorage.length), 0);
  });

  world.test("signing_in_loads_one_small_script_and_no_wasm", async (open, t) => {
    const page = await open();
    const person = await signUp(page);
    await signOut(page);
    for (const address of ["/sign-in", "/sign-in?return_to=/console/agents"]) {
      const { files, total } = await weigh(open, page, address);
      // Browsers fill in passkeys by script only.
      const programs = files.filter(({ file }) => /\.(m?js|wasm)$/.test(file));
      assert.deepEqual(programs.map(({ file }) => file.split("/").pop()), ["passkey.js"]);
      assert.ok(programs[0].size < 4_000, `${programs[0].size} bytes`);
      assert.ok(files.length <= 5, JSON.stringify(files));
      t.diagnostic(`${address}: ${total} bytes, no WASM`);
    }
    for (const address of ["/sign-up", "/setup", "/verify-email"]) {
      const { files } = await weigh(open, page, address);
      assert.deepEqual(files.filter(({ file }) => file.endsWith(".wasm")), [], address);
    }
    await identify(page, person.email);
    assert.deepEqual(page.watch.requests.filter(({ path }) => path.endsWith(".wasm")), []);
    await givePassword(page, person.password);
    await heading(page, `Hello, ${person.name}`);
    assert.equal(path(page), "/console");
  });

  world.test("a_page_of_the_console_is_light", async (open, t) => {
    const page = await open();
    await signUp(page);
    const { id } = await createAgent(page, "weighed", [GITHUB]);
    const others = ["/console/approvals", "/console/audit", "/console/kill-switch", "/account"];
    for (const address of ["/console", "/console/agents", `/console/agents/${id}`, ...others]) {
      const { files, total } = await weigh(open, page, address);
      t.diagnostic(`${address.replace(id, ":id")}: ${total} bytes`);
      assert.ok(!files.some(({ file }) => file.endsWith(".wasm")), address);
      assert.ok(total < CONSOLE_BUDGET / 3, `${address}: ${total}`);
      assert.ok(files[0].size < HTML_BUDGET, `${address}: ${files[0].size}`);
    }
    const { files } = await weigh(open, page, "/console/agents/new", islandsReady);
    for (const { file, size } of files) t.diagnostic(`/console/agents/new: ${file} ${size} bytes`);
    assert.ok(files.some(({ file }) => file.endsWith(".wasm")), "the editor is an island");
    const programs = files.filter(({ file }) => /\.(m?js|wasm)$/.test(file));
    const total = programs.reduce((sum, { size }) => sum + size, 0);
    assert.ok(total < CONSOLE_BUDGET, `${total} bytes of WASM and script`);
    assert.ok(files[0].size < EDITOR_BUDGET, `${files[0].size} bytes of HTML`);
  });
});

/** A page of a stranger. */
async function site(host, body) {
  const server = createServer((_, answer) => {
    answer.setHeader("Content-Type", "text/html");
    answer.end(`<!doctype html><title>A stranger's page</title>${body}`);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  return { url: `http://${host}:${server.address().port}/`, close };
}

function formHtml(server, { action, fields, type = "application/x-www-form-urlencoded" }) {
  const escape = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  const inputs = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${escape(name)}" value="${escape(value)}">`,
  );
  const form = `<form method="post" action="${server.at(action)}" enctype="${type}">`;
  return `${form}${inputs.join("")}<button>Go</button></form>`;
}

/**
 * Loads a page as the person of `page`, in a browser that keeps nothing from before, until it is `ready`; what came
 * over the wire, compressed as it came.
 */
async function weigh(open, page, address, ready = () => {}) {
  const visitor = await open({ storageState: await page.context().storageState() });
  await visitor.goto(address, { waitUntil: "networkidle" });
  await ready(visitor);
  const files = [];
  for (const { path, kind, request } of visitor.watch.requests) {
    // What is followed has no end.
    if (kind === "eventsource") continue;
    // Waits until the last byte is there.
    const { responseHeadersSize, responseBodySize } = await request.sizes();
    files.push({ file: path.split("/").at(-1) || "/", size: responseHeadersSize + responseBodySize });
  }
  return { files, total: files.reduce((sum, { size }) => sum + size, 0) };
}
