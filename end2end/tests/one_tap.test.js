// Google One Tap with a stand-in for Google: its script, and its keys.

import assert from "node:assert/strict";
import { after } from "node:test";

import { exportJWK, generateKeyPair, SignJWT } from "jose";

import { barriers } from "../support/accessibility.js";
import { heading, path, signUp, told } from "../support/people.js";
import { json, standIn } from "../support/stand_in.js";
import { once } from "../support/world.js";

const CLIENT = "1234-kavach.apps.googleusercontent.com";
const { publicKey, privateKey } = await generateKeyPair("RS256");
const key = { ...(await exportJWK(publicKey)), kid: "one", alg: "RS256", use: "sig" };

/** Who is signed in at Google. */
let subject = "109876543210";
/** An ID token as Google writes them. */
const idToken = (nonce, claims = {}) =>
  new SignJWT({ nonce, email: "ada@example.com", email_verified: true, name: "Ada Byron", azp: CLIENT, ...claims })
    .setProtectedHeader({ alg: "RS256", kid: "one", typ: "JWT" })
    .setIssuer("https://accounts.google.com")
    .setAudience(CLIENT)
    .setSubject(subject)
    .setIssuedAt()
    .setExpirationTime("1h")
    .sign(privateKey);

const google = await standIn(async (request) => {
  if (request.url === "/certs") return json({ keys: [key] });
  if (request.url.startsWith("/token")) {
    const body = await idToken(new URL(request.url, "http://x").searchParams.get("nonce"));
    return { headers: { "content-type": "text/plain", "access-control-allow-origin": "*" }, body };
  }
  const script = `{
    let options;
    globalThis.google = { accounts: { id: {
      initialize(given) { options = given; },
      renderButton(element) {
        const button = document.createElement("button");
        button.textContent = "Continue with Google";
        button.addEventListener("click", async () => {
          const answer = await fetch(new URL("/token?nonce=" + encodeURIComponent(options.nonce), "GOOGLE"));
          options.callback({ credential: await answer.text() });
        });
        element.append(button);
      },
      prompt() {},
    } } };
    globalThis.onGoogleLibraryLoad?.();
  }`;
  return { headers: { "content-type": "text/javascript" }, body: script.replace("GOOGLE", google.url) };
});
after(() => google.stop());

once(
  (world) => {
    world.test("one_tap_signs_in_and_goes_on_where_one_wanted_to", async (open) => {
      const page = await open();
      page.watch.welcome(google.url);
      const answer = await page.goto("/sign-in?return_to=%2Faccount");
      assert.equal(answer.headers()["cross-origin-opener-policy"], "same-origin-allow-popups");
      await page.getByRole("button", { name: "Continue with Google" }).waitFor();
      assert.deepEqual(await barriers(page), []);
      await page.getByRole("button", { name: "Continue with Google" }).click();
      await page.waitForURL("**/account");
      const who = (await (await page.request.get("/api/auth/session")).json()).data.user;
      assert.deepEqual([who.name, who.email, who.emailVerified], ["Ada Byron", "ada@example.com", true]);
    });

    world.test("a_google_account_is_connected_on_the_account_page", async (open) => {
      const page = await open();
      page.watch.welcome(google.url);
      await signUp(page);
      await page.goto("/account/identities");
      await page.getByRole("link", { name: "Connect Google" }).click();
      await heading(page, "Connect a Google account");
      // Nobody has this one: the test before signed in with another.
      subject = "209876543210";
      await page.getByRole("button", { name: "Continue with Google" }).click();
      await told(page, "It opens this account from now on.");
      await page.getByText("Remove Google").waitFor();
      assert.deepEqual(await barriers(page), []);
    });

    world.test("a_token_that_was_not_made_for_this_page_is_refused_with_a_sentence", async (open) => {
      const page = await open();
      page.watch.welcome(google.url);
      await page.goto("/sign-in");
      await page.getByRole("button", { name: "Continue with Google" }).waitFor();
      const credential = await idToken("made-up");
      await page.evaluate((credential) => {
        document.cookie = "g_csrf_token=x; path=/";
        const form = document.querySelector("[data-one-tap] form");
        form.elements.credential.value = credential;
        form.elements.g_csrf_token.value = "x";
        form.submit();
      }, credential);
      await page.getByText("That sign-in could not be verified. Please start again.").waitFor();
      assert.equal(path(page), "/sign-in");
    });
  },
  {
    settings: {
      KAVACH_GOOGLE__CLIENT_ID: CLIENT,
      KAVACH_GOOGLE__JWKS_URL: `${google.url}/certs`,
      KAVACH_GOOGLE__SCRIPT_URL: `${google.url}/gsi/client`,
    },
  },
);
