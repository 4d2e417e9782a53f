// The pages of the ways in, in every state worth looking at, as entries of the catalogue.

import assert from "node:assert/strict";

import { code } from "./authenticator.js";
import { heading, message, signIn, signOut, signUp, somebody } from "./people.js";

const MAILED = "passing.by@demo.example";
/** Whoever sets up two steps while the pictures are taken. */
const careful = { ...somebody("Clara Immerwahr"), secret: "" };

/** Entries for somebody passing by, who has no account, and for `newcomer`, who makes one. */
export const waysIn = (page) => [
  page("sign-up-username", "passer", (page) => page.goto("/sign-up/username")),
  page("sign-up-passkey", "passer", (page) => page.goto("/sign-up/passkey")),
  page("sign-in-link", "passer", (page) => page.goto("/sign-in/link?change=1")),
  page("sign-in-link-sent", "passer", async (page) => {
    await page.goto("/sign-in/link?change=1");
    await page.getByLabel("E-mail address").fill(MAILED);
    await page.getByRole("button", { name: "Send me a link" }).click();
    await heading(page, "Check your mail");
  }),
  page("sign-in-link-open", "passer", async (page, { demo }) => {
    await page.goto((await message(demo, MAILED, "magic_link")).links[0]);
    await heading(page, "Sign in");
  }),
  page("sign-in-link-elsewhere", "newcomer", async (page, { demo }) => {
    await page.goto((await message(demo, MAILED, "magic_link")).links[0]);
    await heading(page, "Is this your account?");
  }),
  page("sign-in-link-unknown", "passer", (page) => page.goto("/sign-in/link/open?token=kv_mail_unknown"), 410),
  page("sign-in-code", "passer", (page) => page.goto("/sign-in/code?change=1")),
  page("sign-in-code-sent", "passer", async (page) => {
    await page.goto("/sign-in/code?change=1");
    await page.getByLabel("E-mail address").fill(MAILED);
    await page.getByRole("button", { name: "Send me a code" }).click();
    await heading(page, "Enter the code");
  }),
  page("sign-in-code-refused", "passer", async (page, { demo }) => {
    const right = (await message(demo, MAILED, "email_otp")).code;
    await page.getByLabel("Code", { exact: true }).fill(right === "000000" ? "111111" : "000000");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.locator("#code-error").waitFor();
  }),
  page("sign-in-phone", "passer", (page) => page.goto("/sign-in/phone?change=1")),
  page("sign-in-wallet", "passer", async (page) => {
    await page.goto("/sign-in/wallet");
    if (page.script) await page.getByText("No wallet was found in this browser.").waitFor();
  }),
  page("account-passkeys", "newcomer", async (page) => {
    await signUp(page, careful);
    await page.goto("/account/passkeys");
  }),
  page("account-two-step", "newcomer", (page) => page.goto("/account/two-step")),
  page("account-two-step-begun", "newcomer", async (page) => {
    await page.getByRole("button", { name: "Set up an authenticator app" }).click();
    await page.getByRole("img", { name: "QR code for the authenticator app" }).waitFor();
    careful.secret = await page.getByLabel("Or type this secret into the app").inputValue();
  }),
  page("account-two-step-refused", "newcomer", async (page) => {
    await page.getByRole("textbox", { name: "Code" }).fill("000000");
    await page.getByRole("button", { name: "Switch on" }).click();
    await page.locator("#code-error").waitFor();
  }),
  page("account-backup-codes", "newcomer", async (page) => {
    await page.getByRole("textbox", { name: "Code" }).fill(code(careful.secret, -1));
    await page.getByRole("button", { name: "Switch on" }).click();
    await heading(page, "Your backup codes");
    assert.equal(await page.locator("ol li").count(), 10);
  }),
  page("account-two-step-on", "newcomer", (page) => page.goto("/account/two-step")),
  page("sign-in-second-factor", "newcomer", async (page) => {
    await page.goto("/account");
    await signOut(page);
    await signIn(page, careful);
    await heading(page, "One more step");
  }),
  page("sign-in-backup-code", "newcomer", async (page) => {
    await page.getByRole("link", { name: "Use a backup code" }).click();
    await page.getByRole("textbox", { name: "Backup code" }).waitFor();
  }),
  page("choose-account", "newcomer", async (page) => {
    await page.context().clearCookies({ name: /sess/ });
    await page.goto("/sign-in?change=1");
    await signUp(page);
    await page.getByRole("button", { name: "Sign out", exact: true }).and(page.locator(":visible")).click();
    await heading(page, "Choose an account");
  }),
];
