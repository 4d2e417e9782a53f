// Signing in with a wallet: one that announces itself, one of the older kind, one that says no, and none.

import assert from "node:assert/strict";

import { barriers } from "../support/accessibility.js";
import { heading, path } from "../support/people.js";
import { installWallet } from "../support/wallet.js";
import { once, withAndWithoutScript } from "../support/world.js";

once((world) => {
  for (const announced of [true, false]) {
    const kind = announced ? "announces_itself" : "is_only_there";
    world.test(`a_wallet_that_${kind}_signs_in_and_goes_on_where_one_wanted_to`, async (open) => {
      const page = await open();
      await installWallet(page, { announced });
      await page.goto("/sign-in/wallet?return_to=%2Faccount");
      assert.deepEqual(await barriers(page), []);
      await page.getByRole("button", { name: announced ? "Test wallet" : "Browser wallet" }).click();
      await page.waitForURL("**/account");
      const who = (await (await page.request.get("/api/auth/session")).json()).data.user;
      assert.equal(who.name, "0xf39F…2266");
    });
  }

  world.test("a_wallet_that_declines_is_told_so_and_may_be_asked_again", async (open) => {
    const page = await open();
    await installWallet(page, { refuses: true });
    await page.goto("/sign-in/wallet");
    await page.getByRole("button", { name: "Test wallet" }).click();
    await page.getByText("You declined in your wallet. Nothing was done.").waitFor();
    assert.equal(path(page), "/sign-in/wallet");
    assert.ok(await page.getByRole("button", { name: "Test wallet" }).isEnabled());
  });
});

withAndWithoutScript((world) => {
  world.test("a_browser_without_a_wallet_is_told_what_to_do", async (open) => {
    const page = await open();
    await page.goto("/sign-in/wallet");
    await heading(page, "Sign in with a wallet");
    if (world.script) await page.getByText("No wallet was found in this browser.").waitFor();
    // What is for browsers without script is looked for as an element: searches by text pass it over.
    else assert.match(await page.locator("noscript p").innerText(), /this page needs JavaScript/);
    await page.getByRole("link", { name: "Sign in another way" }).click();
    assert.equal(path(page), "/sign-in");
  });
});
