// The hosted pages, for tests that look at each of them in some language. `open` shows one in the language of a tag.

const at = (path) => (page, language) =>
  page.goto(`${path}${path.includes("?") ? "&" : "?"}ui_locales=${language}`);

export const hosted = [
  { name: "sign_in", who: "guest", open: at("/sign-in?change=1") },
  {
    name: "sign_in_password",
    who: "guest",
    open: async (page, language) => {
      await page.goto("/sign-in?change=1");
      await page.locator("#username").fill("rosa@demo.example");
      await page.locator("form[action='/_fn/sign-in/identify'] button").click();
      await page.locator("#password").waitFor();
      await at("/sign-in")(page, language);
    },
  },
  { name: "sign_up", who: "guest", open: at("/sign-up") },
  { name: "sign_up_username", who: "guest", open: at("/sign-up/username") },
  { name: "sign_up_passkey", who: "guest", open: at("/sign-up/passkey") },
  { name: "sign_in_link", who: "guest", open: at("/sign-in/link") },
  { name: "sign_in_code", who: "guest", open: at("/sign-in/code") },
  { name: "sign_in_phone", who: "guest", open: at("/sign-in/phone") },
  {
    name: "sign_in_code_sent",
    who: "guest",
    open: async (page, language) => {
      await page.goto("/sign-in/code?change=1");
      await page.locator("#username").fill("rosa@demo.example");
      await page.locator("form[action='/_fn/code/send'] button").click();
      await page.locator("#code").waitFor();
      await at("/sign-in/code")(page, language);
    },
  },
  { name: "recover", who: "guest", open: at("/recover") },
  { name: "recover_reset", who: "guest", open: at("/recover/reset") },
  { name: "guest", who: "guest", open: at("/sign-in/guest") },
  { name: "verify_email", who: "guest", open: at("/verify-email") },
  { name: "set_up_done", who: "guest", open: at("/setup") },
  { name: "not_found", who: "guest", open: at("/no/such/page"), status: 404 },
  { name: "account", who: "member", open: at("/account") },
  { name: "account_security", who: "member", open: at("/account/security") },
  { name: "account_passkeys", who: "member", open: at("/account/passkeys") },
  { name: "account_identities", who: "member", open: at("/account/identities") },
  { name: "account_identities_wallet", who: "member", open: at("/account/identities/wallet") },
  { name: "account_two_step", who: "member", open: at("/account/two-step") },
  { name: "account_sessions", who: "member", open: at("/account/sessions") },
  { name: "account_agents", who: "member", open: at("/account/agents") },
  { name: "account_activity", who: "member", open: at("/account/activity") },
  { name: "account_data", who: "member", open: at("/account/data") },
  { name: "account_delete", who: "member", open: at("/account/delete") },
  { name: "account_confirm", who: "member", open: at("/account/confirm?return_to=/account") },
  { name: "device", who: "member", open: at("/device") },
];
