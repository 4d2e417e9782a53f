// Sign-ins elsewhere, on the account page: connected, seen, used, taken away; and what asks for proof first.

import assert from "node:assert/strict";
import { after } from "node:test";

import { barriers } from "../support/accessibility.js";
import { postgres } from "../support/database.js";
import { heading, mailedLink, path, refused, signUp, told } from "../support/people.js";
import { json, likeGithub, standIn } from "../support/stand_in.js";
import { installWallet } from "../support/wallet.js";
import { once, withAndWithoutScript } from "../support/world.js";

const PAGE = "/account/identities";
const DAY = 86_400_000;

/** Who is signed in over there at the moment. */
let octocat = { id: 583231, login: "octocat", name: "The Octocat" };
const github = await standIn((request) => {
  const url = new URL(request.url, "http://x");
  if (url.pathname === "/authorize") {
    const back = new URL(url.searchParams.get("redirect_uri"));
    back.searchParams.set("code", "code-1");
    back.searchParams.set("state", url.searchParams.get("state"));
    return { status: 302, headers: { location: back.href } };
  }
  if (url.pathname === "/token") return json({ access_token: "gho_x", token_type: "bearer" });
  if (url.pathname === "/user") return json(octocat);
  return json([{ email: `${octocat.login}@example.com`, primary: true, verified: true }]);
});
after(() => github.stop());

const file = likeGithub(github.url);

let count = 0;
/** Has somebody else be signed in over there. */
function another() {
  count += 1;
  octocat = { id: 1_000 + count, login: `octocat-${count}`, name: "The Octocat" };
}

async function connect(page) {
  await page.goto(PAGE);
  await page.getByRole("button", { name: "Connect GitHub" }).click();
  await page.waitForURL(`**${PAGE}`);
}

async function remove(page) {
  await page.getByText("Remove GitHub").click();
  await page.getByRole("button", { name: "Remove", exact: true }).click();
}

withAndWithoutScript(
  (world) => {
    world.test("an_account_elsewhere_is_connected_opens_the_account_and_is_removed", async (open) => {
      another();
      const page = await open();
      page.watch.welcome(github.url);
      const person = await signUp(page);
      await page.goto("/account");
      await page.getByRole("navigation", { name: "Account" }).getByRole("link", { name: "Sign-ins elsewhere" }).click();
      await heading(page, "Sign-ins elsewhere");
      await page.getByText("Nothing is connected yet").waitFor();
      if (world.script) assert.deepEqual(await barriers(page), []);

      await connect(page);
      await told(page, "It opens this account from now on.");
      await page.getByText("GitHub", { exact: true }).waitFor();
      await page.getByText(`${octocat.login}`).first().waitFor();
      if (world.script) assert.deepEqual(await barriers(page), []);
      await mailedLink(world.server, person.email, "/account");

      // In another browser it is a way in.
      const other = await open();
      other.watch.welcome(github.url);
      await other.goto("/sign-in?return_to=%2Faccount");
      await other.getByRole("button", { name: "Continue with GitHub" }).click();
      await other.waitForURL("**/account");
      await other.getByText(person.email).first().waitFor();

      await remove(page);
      await told(page, "Removed. Your other sessions were signed out.");
      await page.getByText("Nothing is connected yet").waitFor();
      await other.goto("/account");
      assert.match(path(other), /^\/sign-in/);
    });

    world.test("the_last_way_in_stays", async (open) => {
      another();
      const page = await open();
      page.watch.welcome(github.url);
      await page.goto("/sign-in?return_to=%2Faccount");
      // An address that is in use here already, so that the account has none of its own to be reached at.
      await page.getByRole("button", { name: "Continue with GitHub" }).click();
      await page.waitForURL("**/account");
      await page.goto(PAGE);
      await remove(page);
      await refused(page, "only way into");
      await page.getByText("Remove GitHub").waitFor();
    });

    world.test("what_belongs_to_another_account_is_not_connected", async (open) => {
      another();
      const [first, second] = [await open(), await open()];
      for (const page of [first, second]) {
        page.watch.welcome(github.url);
        await signUp(page);
        await connect(page);
      }
      await refused(second, "This belongs to another account here already.");
      await second.getByText("Nothing is connected yet").waitFor();
    });

    world.test("a_provider_that_says_no_leads_back_with_a_sentence", async (open) => {
      const page = await open();
      await signUp(page);
      await page.goto("/sign-in/callback/github?error=access_denied&state=made-up");
      assert.equal(path(page), PAGE);
      await refused(page, "That sign-in could not be verified.");
    });
  },
  // Nothing but GitHub opens an account that came by it.
  { file, settings: { KAVACH_METHODS__MAGIC_LINK: "false", KAVACH_METHODS__EMAIL_OTP: "false", KAVACH_RATE_LIMIT__ENABLED: "false" } },
);

once((world) => {
  world.test("a_wallet_is_connected_and_removed", async (open) => {
    const page = await open();
    const { address } = await installWallet(page);
    await signUp(page);
    await page.goto(PAGE);
    await page.getByRole("link", { name: "Connect an Ethereum wallet" }).click();
    await heading(page, "Connect a wallet");
    assert.deepEqual(await barriers(page), []);
    await page.getByRole("button", { name: "Test wallet" }).click();
    await told(page, "It opens this account from now on.");
    await page.getByText(address).waitFor();
    await page.getByText("Remove Ethereum wallet").click();
    await page.getByRole("button", { name: "Remove", exact: true }).click();
    await page.getByText("Nothing is connected yet").waitFor();
  });
});

once((world) => {
  world.test("connecting_and_removing_ask_for_proof_when_the_sign_in_is_old", async (open) => {
    another();
    const visits = [await open(), await open({ script: false })];
    const people = [];
    for (const page of visits) {
      page.watch.welcome(github.url);
      people.push(await signUp(page));
      await page.goto("about:blank");
    }
    await world.server.restartLater(DAY);
    for (const [index, page] of visits.entries()) {
      another();
      await page.goto("/account/identities/wallet");
      await heading(page, "Confirm that it is you");
      await page.goto(PAGE);
      await page.getByRole("button", { name: "Connect GitHub" }).click();
      await heading(page, "Confirm that it is you");
      await page.getByLabel("Password", { exact: true }).fill(people[index].password);
      await page.getByRole("button", { name: "Confirm" }).click();
      await heading(page, "Sign-ins elsewhere");
      assert.equal(path(page), PAGE);
      await connect(page);
      await told(page, "It opens this account from now on.");
    }
  });
}, { database: postgres, file });
