// The audit log in the console: what an agent asked is there, found by filters, each record on a page of its own. On
// both databases, with script on and off.

import assert from "node:assert/strict";

import { ask, callApi, createAgent } from "../support/agents.js";
import { heading, path, setUp, signUp, somebody } from "../support/people.js";
import { everywhere, once } from "../support/world.js";

/** Bytes of HTML that a full page of the log may have, with all that its rows open to. */
const HEAVIEST = 20_000;
const GITHUB = { resource: "mcp:github:*", actions: "read" };

/** Somebody with an agent that asked three times. */
async function busyAgent(world, page) {
  await signUp(page);
  const agent = await createAgent(page, "asking", [GITHUB]);
  const decisions = [];
  for (const [action, resource] of [
    ["read", "mcp:github:repos"],
    ["write", "mcp:github:repos"],
    ["read", "mcp:slack:general"],
  ]) {
    decisions.push(await ask(world.server, agent.token, action, resource));
  }
  await page.goto("/console/audit");
  await heading(page, "Audit");
  const records = page.getByRole("table", { name: "Audit records, newest first" }).locator("tbody > tr:not(.opened)");
  return { ...agent, decisions, records };
}

/** Waits for the page of a record. */
async function record(page) {
  await page.getByRole("heading", { level: 1, name: /^Record \d+$/ }).waitFor();
}

/** Applies the filters that are set. */
async function apply(page) {
  await Promise.all([page.waitForEvent("load"), page.getByRole("button", { name: "Apply" }).click()]);
}

everywhere((world) => {
  world.test("every_answer_is_on_the_audit_page", async (open) => {
    const page = await open();
    const { id, decisions, records } = await busyAgent(world, page);
    const first = await records.first().innerText();
    assert.match(first, /read mcp:slack:general/);
    assert.match(first, /Denied/);
    assert.ok(first.includes("no_matching_permission"));
    for (const { auditId } of decisions) {
      await page.goto(`/console/audit/${auditId}`);
      await page.getByText(auditId).first().waitFor();
      await page.getByText(id).first().waitFor();
    }
    await page.goto("/console/audit");
    const text = await page.locator("main").innerText();
    for (const kind of ["agent.created", "user.sign_up"]) assert.ok(text.includes(kind), kind);
  });

  world.test("a_row_leads_to_everything_that_is_known_and_back_to_the_list_as_it_was", async (open) => {
    const page = await open();
    const { id, decisions, records } = await busyAgent(world, page);
    await page.getByLabel("Result").selectOption("deny");
    await page.getByLabel("Resource").fill("mcp:slack:*");
    await apply(page);
    const filtered = path(page);
    assert.equal(await records.count(), 1);
    await records.first().getByRole("link").focus();
    await page.keyboard.press("Enter");
    await record(page);
    const text = await page.locator("main").innerText();
    for (const known of [id, decisions[2].auditId, "mcp:slack:general", "Leaf hash", "Request"]) {
      assert.ok(text.includes(known), known);
    }
    await page.locator("main").getByRole("link", { name: "Audit" }).click();
    await heading(page, "Audit");
    assert.equal(path(page), filtered);
    // Whoever comes from elsewhere finds the whole list.
    await page.goto(`/console/audit/${decisions[2].auditId}`);
    await page.locator("main").getByRole("link", { name: "Audit" }).click();
    await heading(page, "Audit");
    assert.equal(path(page), "/console/audit");
  });

  world.test("filters_are_in_the_address_and_narrow_the_list", async (open) => {
    const page = await open();
    const { id, records } = await busyAgent(world, page);
    await page.getByLabel("Event").selectOption("decision");
    await apply(page);
    assert.equal(await records.count(), 3);
    await page.getByLabel("Result").selectOption("deny");
    await apply(page);
    assert.equal(await records.count(), 2);
    await page.getByLabel("Resource").fill("mcp:slack:*");
    await apply(page);
    assert.equal(await records.count(), 1);
    const address = new URL(page.url()).searchParams;
    assert.equal(address.get("kind"), "decision");
    assert.equal(address.get("resource"), "mcp:slack:*");
    await page.getByRole("link", { name: "Clear" }).click();
    await page.waitForURL(/\/console\/audit$/);
    await page.getByLabel("Person or agent").fill(id);
    await apply(page);
    assert.equal(await records.count(), 4, "what it asked, and what was done to it");
    await page.getByLabel("Action").fill("write");
    await apply(page);
    assert.equal(await records.count(), 1);
    await page.getByLabel("Reason").selectOption("allowed");
    await apply(page);
    await page.getByText("No record matches").waitFor();
  });

  world.test("a_filter_that_cannot_be_read_says_so_at_its_field", async (open) => {
    const page = await open();
    await busyAgent(world, page);
    await page.getByLabel("Person or agent").fill("somebody");
    await page.getByLabel("From").fill("yesterday");
    await apply(page);
    for (const label of ["Person or agent", "From"]) {
      const field = page.getByLabel(label);
      assert.equal(await field.getAttribute("aria-invalid"), "true", label);
      await page.locator(`#${await field.getAttribute("aria-describedby")}`).waitFor();
    }
    await page.getByLabel("Person or agent").fill("");
    await page.getByLabel("From").fill("2020-01-01");
    await page.getByLabel("Before").fill("2020-01-02");
    await apply(page);
    await page.getByText("No record matches").waitFor();
  });

  world.test("a_record_leads_to_others_like_it", async (open) => {
    const page = await open();
    const { id, records } = await busyAgent(world, page);
    await records.first().getByRole("link").click();
    await record(page);
    await page.getByText("As JSON").click();
    const json = JSON.parse(await page.getByRole("region", { name: "The record as JSON" }).innerText());
    assert.equal(json.agentId, id);
    await page.getByRole("link", { name: "Only this resource" }).click();
    await page.waitForURL(/resource=/);
    assert.equal(await records.count(), 1);
    await records.first().getByRole("link").click();
    await page.getByRole("link", { name: "The agent" }).click();
    await heading(page, "asking");
    await page.getByRole("link", { name: "All activity" }).click();
    await page.waitForURL(/actor=/);
    assert.equal(await records.count(), 4);
  });

  world.test("people_see_their_own_records_and_administrators_see_all", async (open) => {
    const page = await open();
    const { decisions } = await busyAgent(world, page);
    const stranger = await open();
    stranger.watch.expect(404);
    await signUp(stranger);
    assert.equal((await stranger.goto(`/console/audit/${decisions[0].auditId}`)).status(), 404);
    await stranger.goto("/console/audit?kind=decision");
    await stranger.getByText("No record matches").waitFor();
    const admin = await open();
    await setUp(admin, world.server, somebody("Grace Hopper"));
    await admin.goto(`/console/audit/${decisions[0].auditId}`);
    await admin.getByText(decisions[0].auditId).first().waitFor();
  });

  world.test("a_long_log_is_read_page_by_page", async (open) => {
    const page = await open();
    const { token, records } = await busyAgent(world, page);
    const resources = Array.from({ length: 60 }, (_, index) => `mcp:github:r${index}`);
    const answers = await Promise.all(resources.map((resource) => ask(world.server, token, "read", resource)));
    const ids = answers.map(({ auditId }) => auditId);
    assert.equal(new Set(ids).size, 60);
    const answer = await page.goto("/console/audit?kind=decision&verdict=allow");
    const { length } = await answer.body();
    assert.ok(length < HEAVIEST, `${length} bytes`);
    const resourcesOf = async () => (await records.allInnerTexts()).map((row) => /read (\S+)/.exec(row)[1]);
    const seen = await resourcesOf();
    assert.equal(seen.length, 25);
    for (const rows of [25, 11]) {
      const before = page.url();
      await page.getByRole("link", { name: "Next page" }).click();
      await page.waitForURL((url) => url.href !== before && url.searchParams.has("cursor"));
      assert.equal(await records.count(), rows);
      seen.push(...(await resourcesOf()));
    }
    assert.deepEqual(new Set(seen), new Set([...resources, "mcp:github:repos"]), "each of them once");
    assert.equal(await page.getByRole("link", { name: "Next page" }).count(), 0);
    await page.getByRole("link", { name: "First page" }).click();
    await page.waitForURL((url) => !url.search.includes("cursor"));
    assert.equal(path(page), "/console/audit?kind=decision&verdict=allow");
    assert.equal(await records.count(), 25);
  });

  world.test("a_query_in_words_and_its_chips_are_two_views_of_one_thing", async (open) => {
    const page = await open();
    const { id, records } = await busyAgent(world, page);
    await page.getByLabel("Query", { exact: true }).fill(`agent:${id} result:denied since:24h resource:mcp:slack:*`);
    await page.getByRole("button", { name: "Search" }).click();
    await page.waitForURL(/q=/);
    assert.equal(await records.count(), 1);
    assert.equal(await page.getByLabel("Result").inputValue(), "deny");
    const chips = page.getByRole("list", { name: "Looked for" });
    assert.equal(await chips.getByRole("link").count(), 4);
    await chips.getByRole("link", { name: /Take away resource/ }).click();
    await page.waitForURL((url) => !url.searchParams.has("q"));
    assert.equal(await records.count(), 2);
    assert.equal(await page.getByLabel("Query", { exact: true }).inputValue(), `actor:${id} result:deny since:24h`);

    await page.getByLabel("Query", { exact: true }).fill("<img src=x> result:deny");
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByText("has no key that is known").waitFor();
    assert.equal(await page.getByLabel("Query", { exact: true }).inputValue(), "<img src=x> result:deny");
  });

  world.test("a_row_opens_to_everything_and_leads_to_the_playground", async (open) => {
    const page = await open();
    const { id, decisions, records } = await busyAgent(world, page);
    await records.first().getByRole("button", { name: /^Open #\d+$/ }).click();
    const opened = page.locator("tr.opened");
    const text = await opened.innerText();
    for (const known of [id, decisions[2].auditId, "Leaf hash", "Only this reason"]) assert.ok(text.includes(known), known);
    assert.equal(new URL(page.url()).hash, "#open");
    await opened.getByRole("link", { name: "Close" }).click();
    await opened.waitFor({ state: "detached" });
    assert.equal(path(page), "/console/audit");
    await records.first().getByRole("button", { name: /^Open #\d+$/ }).click();
    await opened.getByRole("link", { name: "Only this reason" }).click();
    await page.waitForURL(/reason=no_matching_permission/);
    assert.equal(await records.count(), 2);
    await records.first().getByRole("button", { name: /^Open #\d+$/ }).click();
    assert.equal(new URL(page.url()).searchParams.get("reason"), "no_matching_permission", "what is looked for stays");
    await page.getByRole("link", { name: "Try this" }).click();
    await heading(page, "Playground");
    await page.getByRole("region", { name: "Answer" }).getByText("Denied", { exact: true }).waitFor();
    assert.equal(await page.getByLabel("Resource").inputValue(), "mcp:slack:general");
  });

  world.test("hours_are_drawn_and_said_in_numbers_that_lead_to_their_records", async (open) => {
    const page = await open();
    const { records } = await busyAgent(world, page);
    await page.goto("/console/audit?verdict=deny");
    await page.getByText(/3 decisions in 24 hours, 2 of them denied/).waitFor();
    await page.getByRole("link", { name: "In numbers" }).click();
    await page.getByRole("table", { name: "Decisions over time" }).getByRole("link").first().click();
    await page.waitForURL(/since=/);
    assert.equal(await records.count(), 2);
    assert.equal(new URL(page.url()).searchParams.get("verdict"), "deny");
    if (!page.script) return;
    // The last bar of a day is this hour; marking all of them is the whole day.
    await page.goto("/console/audit?kind=decision&show=numbers");
    const box = await page.locator("#hours").boundingBox();
    await page.mouse.move(box.x + 2, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width - 2, box.y + 20);
    await page.mouse.up();
    await page.waitForURL(/until=/);
    const marked = new URL(page.url()).searchParams;
    assert.equal(Date.parse(marked.get("until")) - Date.parse(marked.get("since")), 86_400_000);
    assert.equal(marked.get("kind"), "decision");
    assert.equal(await records.count(), 3);
  });

  world.test("what_is_looked_for_is_said_as_commands", async (open) => {
    const page = await open();
    const { id, records } = await busyAgent(world, page);
    await page.goto(`/console/audit?actor=${id}&verdict=deny&reason=no_matching_permission`);
    assert.equal(await records.count(), 2);
    await page.getByRole("link", { name: "As a command" }).click();
    const curl = await page.getByRole("region", { name: "As JSON, by curl" }).innerText();
    const [, address] = /'([^']+)'/.exec(curl);
    const { pathname, search } = new URL(address);
    const found = await callApi(page, "GET", `${pathname.replace("/api/auth", "")}${search}`);
    assert.equal(found.length, 2);
    const command = await page.getByRole("region", { name: "In a file, by the command line" }).innerText();
    assert.equal(command.trim(), `kavach audit export --format jsonl --actor '${id}' --verdict 'deny' --reason-code 'no_matching_permission'`);
  });
});

once((world) => {
  world.test("the_list_follows_the_log_and_waits_for_whoever_reads", async (open) => {
    const page = await open();
    const { token, records } = await busyAgent(world, page);
    await page.goto("/console/audit?kind=decision");
    assert.equal(await records.count(), 3);
    await page.getByRole("button", { name: "Follow" }).click();
    // The stream has begun when the first record comes; until then ask again.
    await expectSoon(async () => {
      await ask(world.server, token, "read", "mcp:github:live");
      return (await records.count()) > 3;
    });
    assert.match(await records.first().innerText(), /mcp:github:live/);
    const shown = await records.count();
    await records.first().getByRole("button", { name: /^Open #/ }).focus();
    await ask(world.server, token, "read", "mcp:github:later");
    const bar = page.getByRole("button", { name: /new$/ });
    await bar.waitFor();
    assert.equal(await records.count(), shown, "nothing moves under a reader");
    await bar.click();
    await expectSoon(async () => /mcp:github:later/.test(await records.first().innerText()));
    await bar.waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "Follow", pressed: true }).click();
    await page.getByRole("button", { name: "Follow", pressed: false }).waitFor();
    // A page of the past does not follow.
    await page.goto("/console/audit?until=2020-01-01");
    await page.getByText("No record matches").waitFor();
    assert.equal(await page.getByRole("button", { name: "Follow" }).count(), 0);
  });

  world.test("a_record_is_checked_in_the_browser_and_a_changed_one_is_found", async (open) => {
    const page = await open();
    const { decisions, records } = await busyAgent(world, page);
    await records.first().getByRole("button", { name: /^Open #/ }).click();
    await page.getByRole("button", { name: "Verify in this browser" }).click();
    await page.getByText("This record is in the log, unchanged.").waitFor();
    const steps = await page.getByRole("status").innerText();
    for (const step of ["as shown", "hashes lead from it to the root", "localhost+"]) assert.ok(steps.includes(step), step);

    await page.goto(`/console/audit/${decisions[0].auditId}`);
    const verify = page.getByRole("button", { name: "Verify in this browser" });
    // What a server that lies would send: another text, another proof, another signature.
    const lies = {
      "**/audit/stream?**": (body) => body.replace("mcp:github:repos", "mcp:github:other"),
      "**/audit/proof/inclusion?**": (body) => body.replace(/"proof":\["./, (start) => start.slice(0, -1) + (start.endsWith("A") ? "B" : "A")),
      "**/audit/checkpoint": (body) => body.replace(/"key":"localhost\+./, (start) => start.slice(0, -1) + (start.endsWith("0") ? "1" : "0")),
    };
    for (const [address, change] of Object.entries(lies)) {
      await page.route(address, async (route) => {
        // The stream does not end by itself while it is followed; this one does.
        const answer = await route.fetch();
        await route.fulfill({ response: answer, body: change(await answer.text()) });
      });
      await verify.click();
      await page.getByText("This does not hold.").waitFor();
      assert.equal(await page.getByText("This record is in the log").count(), 0);
      await page.unroute(address);
    }
    await verify.click();
    await page.getByText("This record is in the log, unchanged.").waitFor();
  });
});

/** Waits until something is so. */
async function expectSoon(holds) {
  const end = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error("it was not so in time");
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
