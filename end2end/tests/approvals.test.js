// Approvals on the pages: what a mail leads to, the inbox, and every answer. On both databases, with script on and off;
// the agents ask as their programs do.

import assert from "node:assert/strict";

import { ask, callApi, createAgent } from "../support/agents.js";
import { heading, mailedLink, path, refused, signIn, signOut, signUp, somebody, told } from "../support/people.js";
import { postgres } from "../support/database.js";
import { everywhere, once } from "../support/world.js";

const DEPLOY = { resource: "mcp:deploy:production", actions: "execute", approval: true };
const QUESTION = ["execute", "mcp:deploy:production"];
const MARKUP = '<img src=x onerror="alert(1)">';
const TITLE = "release-pilot asks for your approval";

/** Somebody whose agent asked for approval. */
async function asked(world, page, args = { version: "4.12.0", note: MARKUP }) {
  const person = await signUp(page);
  const agent = await createAgent(page, "release-pilot", [DEPLOY]);
  const decision = await ask(world.server, agent.token, ...QUESTION, args);
  assert.equal(decision.reasonCode, "approval_required");
  const again = () => ask(world.server, agent.token, ...QUESTION, args);
  return { person, ...agent, approval: decision.approval, again };
}

everywhere((world) => {
  world.test("the_mail_leads_to_the_question_through_signing_in_and_approves_exactly_once", async (open) => {
    const page = await open();
    const { person, approval, again } = await asked(world, page);
    await signOut(page);
    const link = await mailedLink(world.server, person.email, "/approve/");
    assert.equal(link, world.server.at(`/approve/${approval.id}`));
    await page.goto(link);
    await page.getByRole("link", { name: "Use another account" }).or(page.getByLabel("E-mail address")).first().waitFor();
    await signIn(page, person, `/sign-in?change=1&return_to=/approve/${approval.id}`);
    await heading(page, TITLE);
    const text = await page.locator("main").innerText();
    for (const known of ["Ada Byron", "release-pilot", "mcp:deploy:production", '"version": "4.12.0"', "approval", "minutes"]) {
      assert.ok(text.includes(known), known);
    }
    assert.ok(text.includes(JSON.stringify(MARKUP)), "arguments are text, whatever they hold");
    // Looking decided nothing.
    assert.equal((await again()).reasonCode, "approval_required");
    await page.getByRole("button", { name: "Approve once" }).click();
    await told(page, "Approved. The agent may do exactly this once");
    assert.equal(await page.getByRole("button", { name: /Approve|Deny/ }).count(), 0);
    assert.equal(path(page), `/approve/${approval.id}`);

    assert.equal((await again()).allowed, true);
    assert.equal((await again()).reasonCode, "approval_required");
    await page.reload();
    await page.getByText("Approved and used.").waitFor();
    assert.equal(await page.getByRole("status").count(), 0, "told once");
  });

  world.test("the_inbox_counts_what_waits_and_takes_a_no_with_its_reason", async (open) => {
    const page = await open();
    const { approval, again } = await asked(world, page);
    await page.goto("/console");
    await page.getByRole("link", { name: "Approvals 1 waiting" }).click();
    await heading(page, "Approvals");
    const row = page.getByRole("table", { name: "Approvals" }).locator("tbody tr");
    const card = page.getByRole("article", { name: "release-pilot wants to execute on mcp:deploy:production" });
    await card.getByRole("link", { name: "release-pilot wants to execute on mcp:deploy:production" }).click();
    await heading(page, TITLE);
    assert.equal(path(page), `/console/approvals/${approval.id}`);
    await page.getByLabel("Reason").fill("not on a Friday");
    await page.getByRole("button", { name: "Deny" }).click();
    await told(page, "Denied.");
    assert.equal(path(page), `/console/approvals/${approval.id}`);
    await page.getByText("not on a Friday").waitFor();
    assert.equal((await again()).reasonCode, "approval_denied");
    await page.goto("/console/approvals?status=pending");
    await page.getByText("No approval matches").waitFor();
    assert.equal(await page.getByRole("link", { name: /waiting/ }).count(), 0);
    await page.goto("/console/approvals");
    assert.match(await row.innerText(), /Denied/);
  });

  world.test("a_card_says_everything_in_our_words_and_quotes_the_agent", async (open) => {
    const page = await open();
    const { person, again } = await asked(world, page);
    await page.goto("/console/approvals");
    const card = page.getByRole("article", { name: /release-pilot wants to/ });
    const text = await card.innerText();
    for (const known of [person.name, "release-pilot", "execute on mcp:deploy:production with approval", "to be answered"]) {
      assert.ok(text.includes(known), known);
    }
    const quoted = await card.locator("blockquote").innerText();
    assert.deepEqual(JSON.parse(quoted), { version: "4.12.0", note: MARKUP });
    assert.ok(text.replace(quoted, "").includes("In the agent's words") && !text.replace(quoted, "").includes(MARKUP));
    // Looking decided nothing.
    assert.equal((await again()).reasonCode, "approval_required");
    await card.getByRole("button", { name: "Approve once" }).click();
    await told(page, "Approved. The agent may do exactly this once");
    assert.equal(path(page), "/console/approvals");
    assert.equal(await page.getByRole("article").count(), 0);
    await page.getByText("Nothing waits for you").waitFor();
    assert.equal((await again()).allowed, true);
    assert.equal((await again()).reasonCode, "approval_required");

    await page.reload();
    await card.getByText("For a while instead").click();
    await card.getByText("5 times within an hour").waitFor();
    await card.getByRole("button", { name: "Approve 5 uses within an hour" }).click();
    await told(page, "Approved as a standing grant.");
    for (let count = 0; count < 5; count += 1) assert.equal((await again()).allowed, true);
    assert.equal((await again()).reasonCode, "approval_required");
    await page.reload();
    await card.getByLabel("Reason for a no").fill("not on a Friday");
    await card.getByLabel("Reason for a no").press("Enter");
    await told(page, "Denied.");
    assert.equal((await again()).reasonCode, "approval_denied", "Enter in the reason is a no");
  });

  world.test("what_one_agent_asks_in_a_row_is_reviewed_as_one", async (open) => {
    const page = await open();
    const { token } = await asked(world, page, { version: "1" });
    const drip = async (version) => ask(world.server, token, ...QUESTION, { version });
    await Promise.all(["2", "3"].map(drip));
    await page.goto("/console/approvals");
    const batch = page.getByRole("article", { name: "release-pilot asks for 3 calls within 10 minutes" });
    assert.equal(await batch.getByRole("listitem").filter({ has: page.getByRole("heading") }).count(), 3);
    for (const version of ["1", "2", "3"]) assert.ok((await batch.innerText()).includes(`"version": "${version}"`));
    await batch.getByRole("button", { name: "Approve all 3, once each" }).click();
    await told(page, "Approved. The agent may do each of them exactly once");
    for (const version of ["1", "2", "3"]) assert.equal((await drip(version)).allowed, true);
    assert.equal((await drip("1")).reasonCode, "approval_required");

    // Somebody else answers one of two in between.
    const other = (await drip("2")).approval;
    await page.reload();
    await callApi(page, "POST", `/approvals/${other.id}/deny`, {});
    await page.getByLabel("Reason for a no").fill("enough for today");
    await page.getByRole("button", { name: "Deny all 2" }).click();
    await told(page, "Answered as far as it could be");
    assert.equal((await drip("1")).reasonCode, "approval_denied");
    await page.getByText("Nothing waits for you").waitFor();
  });

  world.test("a_standing_grant_says_what_it_allows_and_comes_back_when_it_is_wrong", async (open) => {
    const page = await open();
    const { token, approval } = await asked(world, page);
    await page.goto(`/approve/${approval.id}`);
    await page.getByText("Approve for a while instead").click();
    await page.getByText("with any arguments, at most 1 unit a call").waitFor();
    await page.getByLabel("Uses").fill("2");
    await page.getByLabel("Minutes").fill("5000");
    await page.getByRole("button", { name: "Approve for a while" }).click();
    await refused(page, "Please check the field that is marked.");
    assert.equal(await page.getByLabel("Uses").inputValue(), "2");
    await page.getByText("Enter a number of minutes from 1 to 1440").waitFor();
    await page.getByLabel("Minutes").fill("30");
    await page.getByRole("button", { name: "Approve for a while" }).click();
    await told(page, "Approved as a standing grant.");
    await page.getByText("2 of 2 uses left").waitFor();
    for (const version of ["a", "b"]) {
      assert.equal((await ask(world.server, token, ...QUESTION, { version })).allowed, true);
    }
    assert.equal((await ask(world.server, token, ...QUESTION, { version: "c" })).reasonCode, "approval_required");
  });

  world.test("somebody_elses_question_is_not_found_and_a_second_answer_changes_nothing", async (open) => {
    const page = await open();
    const { approval, again } = await asked(world, page);
    const other = await open();
    await signUp(other, somebody("Mallory"));
    for (const place of [`/approve/${approval.id}`, `/console/approvals/${approval.id}`]) {
      other.watch.expect(404);
      await other.goto(place);
      await other.getByText("There is nothing here, or nothing you may see.").waitFor();
      assert.ok(!(await other.content()).includes("release-pilot"));
    }
    await page.goto(`/approve/${approval.id}`);
    const second = await page.context().newPage();
    await second.goto(`/approve/${approval.id}`);
    await page.getByRole("button", { name: "Approve once" }).click();
    await told(page, "Approved.");
    await second.getByRole("button", { name: "Deny" }).click();
    await second.getByText("Nothing was changed: somebody had answered already").waitFor();
    assert.equal((await again()).allowed, true);
  });

  world.test("a_decision_and_its_approval_lead_to_each_other", async (open) => {
    const page = await open();
    const { approval } = await asked(world, page);
    await page.goto("/console/audit?reason=approval_required");
    await page.locator(".records tbody a").first().click();
    await page.getByRole("link", { name: approval.id }).click();
    await heading(page, TITLE);
    const [record] = await callApi(page, "GET", `/approvals?status=pending`);
    assert.equal(record.id, approval.id);
  });
});

once((world) => {
  world.test("what_is_asked_while_the_inbox_is_open_appears_in_it", async (open) => {
    const page = await open();
    const { token } = await asked(world, page, { version: "1" });
    await page.goto("/console/approvals");
    await page.getByRole("article", { name: /wants to execute/ }).waitFor();
    await ask(world.server, token, ...QUESTION, { version: "2" });
    await page.getByRole("article", { name: "release-pilot asks for 2 calls within 10 minutes" }).waitFor();
    await page.getByRole("link", { name: "Approvals 2 waiting" }).waitFor();
    await page.locator("[aria-live]").getByText("1 new question").waitFor();
    // Whoever types is not disturbed.
    await page.getByLabel("Reason for a no").fill("let me think");
    await ask(world.server, token, ...QUESTION, { version: "3" });
    await page.getByRole("button", { name: "Show 1 new question" }).click();
    await page.getByRole("article", { name: "release-pilot asks for 3 calls within 10 minutes" }).waitFor();
    await page.getByText(/within 1[0-5]:\d\d min/).first().waitFor();
  });

  world.test("keys_move_through_the_inbox_and_can_be_turned_off", async (open) => {
    const page = await open();
    const { again } = await asked(world, page, { version: "1" });
    const other = await createAgent(page, "night-watch", [DEPLOY]);
    await ask(world.server, other.token, ...QUESTION);
    await page.goto("/console/approvals");
    const [newest, oldest] = [/^night-watch wants/, /^release-pilot wants/].map((name) => page.getByRole("article", { name }));
    const isHere = (locator) => locator.evaluate((element) => element === document.activeElement);
    await newest.waitFor();
    await page.keyboard.press("j");
    assert.ok(await isHere(newest));
    await page.keyboard.press("j");
    assert.ok(await isHere(oldest));
    await page.keyboard.press("k");
    assert.ok(await isHere(newest));
    await page.keyboard.press("d");
    await page.keyboard.type("jk");
    assert.equal(await newest.getByLabel("Reason for a no").inputValue(), "jk", "typing is typing");
    await oldest.focus();
    await page.keyboard.press("a");
    assert.ok(await isHere(oldest.getByRole("button", { name: "Approve once" })));
    assert.equal((await again()).reasonCode, "approval_required", "a key alone approves nothing");
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).getByLabel("Single keys work on this page").uncheck();
    await page.keyboard.press("Escape");
    await page.reload();
    await newest.waitFor();
    await page.keyboard.press("j");
    assert.ok(!(await isHere(newest)));
    await page.getByRole("button", { name: "Keys" }).click();
    await page.getByLabel("Single keys work on this page").check();
    await page.getByRole("button", { name: "Close" }).click();
    await newest.focus();
    await page.keyboard.press("o");
    await heading(page, "night-watch asks for your approval");
  });

  world.test("an_answer_takes_a_detour_by_the_password_when_it_was_given_long_ago", async (open) => {
    const page = await open();
    const { person, token } = await asked(world, page);
    await page.goto("about:blank");
    await world.server.restartLater(86_400_000);
    // The first question was asked before; another one is asked now.
    const { approval } = await ask(world.server, token, ...QUESTION, { version: "later" });
    await page.goto(`/approve/${approval.id}`);
    await page.getByLabel("Reason").fill("kept on the way");
    await page.getByRole("button", { name: "Deny" }).click();
    await heading(page, "Confirm that it is you");
    await page.getByLabel("Password", { exact: true }).fill(person.password);
    await page.getByRole("button", { name: "Confirm" }).click();
    await heading(page, TITLE);
    assert.equal(await page.getByLabel("Reason").inputValue(), "kept on the way");
    await page.getByRole("button", { name: "Deny" }).click();
    await told(page, "Denied.");
  });
}, { database: postgres });
