// The pages in the languages people read: nothing left in English, nothing too long for its place, right to left where
// that is how it is written.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { barriers, sideways } from "../support/accessibility.js";
import { LOOKS, closeBrowser, newPage, show } from "../support/browser.js";
import { hosted } from "../support/hosted.js";
import { Server } from "../support/server.js";
import { somebody, signUp } from "../support/people.js";

const LONGEST = 180_000;
/** The narrowest screens: WCAG 2.2, 1.4.10, and a common telephone. */
const NARROW = [320, 375];

describe("languages", () => {
  let server;
  const people = {};

  before(async () => {
    server = await Server.start({ demo: true });
    people.guest = await newPage(server);
    people.member = await newPage(server);
    await signUp(people.member);
  });

  after(async () => {
    await closeBrowser();
    await server?.stop();
  });

  for (const { name, who, open, status = 200 } of hosted) {
    it(`${name}_says_nothing_in_english_only_and_fits`, { timeout: LONGEST }, async () => {
      const page = people[who];
      if (status !== 200) page.watch.expect(status);
      await open(page, "en-XA");
      assert.equal(await page.locator("html").getAttribute("lang"), "en-XA");
      assert.deepEqual(await page.evaluate(plainSentences), []);
      for (const width of NARROW) {
        await page.setViewportSize({ width, height: 700 });
        assert.equal(await sideways(page), null, `${width} px`);
      }
      await page.watch.settle();
    });

    it(`${name}_is_open_to_everybody_from_right_to_left`, { timeout: LONGEST }, async () => {
      const page = people[who];
      if (status !== 200) page.watch.expect(status);
      await open(page, "ar");
      assert.equal(await page.locator("html").getAttribute("dir"), "rtl");
      const found = [];
      for (const look of LOOKS) {
        await show(page, look);
        for (const barrier of await barriers(page)) found.push(`${look.name}: ${barrier}`);
      }
      assert.deepEqual(found, []);
      await page.watch.settle();
    });
  }

  it("a_language_is_chosen_at_the_foot_of_a_page_and_stays", { timeout: LONGEST }, async () => {
    for (const script of [true, false]) {
      const page = await newPage(server, { script });
      await page.goto("/sign-in?return_to=%2Faccount");
      await page.locator("summary").filter({ hasText: "English" }).click();
      await page.getByRole("button", { name: "Deutsch" }).click();
      await page.getByRole("heading", { level: 1, name: "Anmelden" }).waitFor();
      assert.ok(page.url().endsWith("/sign-in?return_to=%2Faccount"));
      assert.equal(await page.locator("html").getAttribute("lang"), "de");
      await page.goto("/sign-up");
      await page.getByRole("heading", { level: 1, name: "Legen Sie Ihr Konto an" }).waitFor();
      await page.context().close();
    }
  });

  it("the_language_of_an_account_comes_along_to_another_browser", { timeout: LONGEST }, async () => {
    const page = await newPage(server);
    const person = await signUp(page, somebody("Lena"));
    await page.goto("/account");
    await page.getByLabel("Language").selectOption("fr");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("heading", { level: 1, name: "Votre compte" }).waitFor();
    const other = await newPage(server);
    await other.goto("/sign-in");
    await other.locator("#username").fill(person.email);
    await other.getByRole("button", { name: "Continue", exact: true }).click();
    await other.locator("#password").fill(person.password);
    await other.getByRole("button", { name: "Sign in", exact: true }).click();
    await other.waitForURL(/console/);
    await other.goto("/account");
    await other.getByRole("heading", { level: 1, name: "Votre compte" }).waitFor();
    await page.context().close();
    await other.context().close();
  });
});

/** Texts on the page with two plain English words in a row, but for names, addresses and what is typed. Runs there. */
function plainSentences() {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    if (walker.currentNode.parentElement.closest("code, bdi, script, [data-verbatim]")) continue;
    if (/[A-Za-z]{2,}[ ,]+[a-z]{2,}/.test(text)) found.push(text);
  }
  for (const element of document.querySelectorAll("[aria-label], [title]")) {
    const text = element.getAttribute("aria-label") ?? element.getAttribute("title");
    if (/[A-Za-z]{2,} [a-z]{2,}/.test(text)) found.push(text);
  }
  return found;
}
