// Two-step verification on its pages, script on and off: set up, asked for, got around by nothing but a backup code.

import assert from "node:assert/strict";

import { code } from "../support/authenticator.js";
import { heading, path, signIn, signOut, signUp, told } from "../support/people.js";
import { once } from "../support/world.js";

once((world) => {
  for (const script of [true, false]) {
    world.test(`two_steps_are_set_up_and_asked_for_with_script_${script ? "on" : "off"}`, async (open) => {
      const page = await open({ script });
      const person = await signUp(page);
      await page.goto("/account/two-step");
      await page.getByRole("button", { name: "Set up an authenticator app" }).click();
      await page.getByRole("img", { name: "QR code for the authenticator app" }).waitFor();
      const secret = await page.getByLabel("Or type this secret into the app").inputValue();
      await page.getByRole("textbox", { name: "Code" }).fill("000000");
      await page.getByRole("button", { name: "Switch on" }).click();
      await page.locator("#code-error").filter({ hasText: "not right" }).waitFor();
      const used = code(secret, -1);
      await page.getByRole("textbox", { name: "Code" }).fill(used);
      await page.getByRole("button", { name: "Switch on" }).click();
      await heading(page, "Your backup codes");
      const codes = await page.locator("ol li").allTextContents();
      assert.equal(codes.length, 10);
      await page.reload();
      await page.getByText("Backup codes are shown once").waitFor();

      await page.goto("/account");
      await signOut(page);
      await signIn(page, person, "/sign-in?change=1&return_to=%2Faccount");
      await heading(page, "One more step");
      // Everywhere else leads back here.
      for (const elsewhere of ["/console", "/account", "/sign-in", "/sign-up", "/account/two-step"]) {
        await page.goto(elsewhere);
        assert.equal(path(page).split("?")[0], "/sign-in/second-factor", elsewhere);
      }
      await page.goto("/sign-in/second-factor?return_to=%2Faccount");
      await page.getByRole("textbox", { name: "Code" }).fill(used);
      await page.getByRole("button", { name: "Continue", exact: true }).click();
      await page.locator("#code-error").filter({ hasText: "not right" }).waitFor();
      await page.getByRole("textbox", { name: "Code" }).fill(code(secret, 0));
      await page.getByRole("button", { name: "Continue", exact: true }).click();
      await heading(page, "Your account");

      await signOut(page);
      await signIn(page, person);
      await page.getByRole("link", { name: "Use a backup code" }).click();
      await page.getByRole("textbox", { name: "Backup code" }).fill(codes[0].toUpperCase());
      await page.getByRole("button", { name: "Continue", exact: true }).click();
      await heading(page, `Hello, ${person.name}`);
      await page.goto("/account/two-step");
      await page.getByText("9 backup codes left").waitFor();
      await page.locator("summary", { hasText: "Switch off two-step verification" }).click();
      await page.getByRole("button", { name: "Switch off two-step verification" }).click();
      await told(page, "Two-step verification is off");
    });
  }
});
