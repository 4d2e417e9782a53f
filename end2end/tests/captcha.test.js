// Captchas on the pages: the built-in sum, and a provider's widget with a stand-in for the provider.

import assert from "node:assert/strict";
import { after } from "node:test";

import { barriers } from "../support/accessibility.js";
import { heading, somebody } from "../support/people.js";
import { json, standIn } from "../support/stand_in.js";
import { once, withAndWithoutScript } from "../support/world.js";

async function fillIn(page, person) {
  await page.goto("/sign-up");
  await page.getByLabel("Name").fill(person.name);
  await page.getByLabel("E-mail address").fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
}

const send = (page) => page.getByRole("button", { name: "Create account" }).click();

withAndWithoutScript(
  (world) => {
    world.test("the_built_in_sum_is_done_while_the_form_is_filled_in", async (open) => {
      const page = await open();
      const person = somebody();
      await fillIn(page, person);
      assert.deepEqual(await barriers(page), []);
      await send(page);
      if (world.script) {
        await heading(page, `Hello, ${person.name}`);
      } else {
        await page.getByText("Please show first that you are not a program.").waitFor();
        assert.match(await page.locator("noscript p").innerText(), /This check needs JavaScript/);
        assert.equal(await page.getByLabel("E-mail address").inputValue(), person.email);
      }
    });
  },
  { settings: { KAVACH_CAPTCHA__PROVIDER: "pow", KAVACH_CAPTCHA__MODE: "always", KAVACH_CAPTCHA__DIFFICULTY: "12" } },
);

let number = 0;
/** Turnstile's script and siteverify, with its documented secret that always passes. */
const turnstile = await standIn((request, body) => {
  if (request.url.startsWith("/api.js")) {
    const script = `globalThis.turnstile = { render(element, { sitekey, action, callback }) {
      element.textContent = sitekey + " " + action;
      callback("XXXX.DUMMY.TOKEN.XXXX." + Math.random());
    } };`;
    return { headers: { "content-type": "text/javascript" }, body: script };
  }
  const form = new URLSearchParams(body);
  number += 1;
  assert.equal(form.get("secret"), "1x0000000000000000000000000000000AA");
  assert.match(form.get("response"), /^XXXX\.DUMMY/);
  return json({ success: true, hostname: "localhost", action: "sign_up", "error-codes": [] });
});
after(() => turnstile.stop());

once(
  (world) => {
    world.test("a_providers_widget_fills_in_its_answer_within_a_strict_policy", async (open) => {
      const page = await open();
      page.watch.welcome(turnstile.url);
      const person = somebody();
      await fillIn(page, person);
      await page.getByText("1x00000000000000000000AA sign_up").waitFor();
      await send(page);
      await heading(page, `Hello, ${person.name}`);
      assert.equal(number, 1);
    });
  },
  {
    settings: {
      KAVACH_CAPTCHA__PROVIDER: "turnstile",
      KAVACH_CAPTCHA__MODE: "always",
      KAVACH_CAPTCHA__SITE_KEY: "1x00000000000000000000AA",
      KAVACH_CAPTCHA__SECRET: "1x0000000000000000000000000000000AA",
      KAVACH_CAPTCHA__VERIFY_URL: `${turnstile.url}/siteverify`,
      KAVACH_CAPTCHA__SCRIPT_URL: `${turnstile.url}/api.js`,
    },
  },
);
