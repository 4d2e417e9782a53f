// What people do on the pages, by the words they read there.

import assert from "node:assert/strict";

let count = 0;

/** Somebody who was never here. */
export function somebody(name = "Ada Byron") {
  count += 1;
  return { name, email: `person-${count}@example.com`, password: `violet kettle orbits ${count} times` };
}

/** Makes the first administrator with the link the server printed. */
export async function setUp(page, server, person) {
  await page.goto(server.setUpLink);
  await page.getByLabel("Your name").fill(person.name);
  await page.getByLabel("E-mail address").fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Create administrator" }).click();
  await heading(page, `Hello, ${person.name}`);
}

/** Makes an account. */
export async function signUp(page, person = somebody()) {
  await page.goto("/sign-up");
  await page.getByLabel("Name").fill(person.name);
  await page.getByLabel("E-mail address").fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Create account" }).click();
  await heading(page, `Hello, ${person.name}`);
  return person;
}

/** The first step of signing in, also for a browser that remembers somebody else. */
export async function identify(page, email, address = "/sign-in?change=1") {
  await page.goto(address);
  await page.getByLabel("E-mail address").fill(email);
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await heading(page, "Enter your password");
}

/** Both steps. */
export async function signIn(page, person, address = "/sign-in?change=1") {
  await identify(page, person.email, address);
  await givePassword(page, person.password);
}

/** The second step of signing in. */
export async function givePassword(page, password) {
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** Leaves. */
export async function signOut(page) {
  await page.getByRole("button", { name: "Sign out", exact: true }).and(page.locator(":visible")).click();
  await heading(page, "Sign in");
}

/** Waits for the page with this heading. */
export async function heading(page, name) {
  await shown(page, page.getByRole("heading", { level: 1, name, exact: true }));
}

/** Waits for what a page says went well. */
export async function told(page, text) {
  await shown(page, page.getByRole("status").filter({ hasText: text }));
}

/** Waits for what a page says went wrong. */
export async function refused(page, text) {
  await shown(page, page.getByRole("alert").filter({ hasText: text }));
}

/** The top of a page can be there before its end is. */
async function shown(page, locator) {
  await locator.waitFor();
  await page.waitForLoadState("domcontentloaded");
}

/** The path the browser is at. */
export function path(page) {
  const { pathname, search } = new URL(page.url());
  return pathname + search;
}

/** The newest link in a mail to somebody, from the development outbox. */
export async function mailedLink(server, email, containing) {
  const answer = await fetch(server.at("/dev/outbox.json"));
  assert.equal(answer.status, 200);
  const messages = (await answer.json()).data;
  const mine = messages.filter((message) => message.to === email);
  const links = mine.flatMap((message) => message.links).filter((link) => link.includes(containing));
  assert.ok(links.length > 0, `no mail to ${email} with ${containing}`);
  return links[0];
}

/** The newest message of a kind to somebody, from the development outbox. */
export async function message(server, to, kind) {
  const answer = await fetch(server.at("/dev/outbox.json"));
  const mine = (await answer.json()).data.filter((one) => one.to === to && one.kind === kind);
  assert.ok(mine.length > 0, `no ${kind} to ${to}`);
  return mine.sort((one, other) => (one.at < other.at ? 1 : -1))[0];
}
