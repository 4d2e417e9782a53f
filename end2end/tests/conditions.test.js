// The conditions of permissions in the console: shown, edited, and never lost. On both databases, with script on and off.

import assert from "node:assert/strict";

import { callApi, createAgent, everyConstraint, fillPermission, islandsReady, openConditions } from "../support/agents.js";
import { heading, refused, signUp, told } from "../support/people.js";
import { everywhere } from "../support/world.js";

/** What no form should stumble over. */
const PERMISSIONS = [
  { resource: "mcp:ledger:*", actions: ["read", "append"], constraints: everyConstraint },
  {
    resource: "mcp:odd:*",
    actions: ["*"],
    constraints: {
      allowedArgPatterns: { "a=b": " x=y ", "two\nlines": "\"\\d+\"\r\n", "<b>&amp;": "</textarea><h1>\\s+", "é\u00a0": "\u0000?|\t" },
      timeWindow: { start: "22:30", end: "06:00", timeZone: "UTC" },
      ipAllowlist: ["192.0.2.1", "192.0.2.1", "::1"],
      expiresAt: "2031-02-03T04:05:06.789Z",
      budget: { units: 1_000_000_000, per: "month" },
    },
  },
  { resource: "mcp:old:*", actions: ["read"], constraints: { expiresAt: "0000-01-01T00:00:00.000Z", maxUses: 1 } },
  { resource: "mcp:plain:*", actions: ["read"] },
];

everywhere((world) => {
  const stored = async (page, id) => (await callApi(page, "GET", `/agents/${id}`)).permissions;
  const make = async (page, permissions = PERMISSIONS) => {
    const agent = await callApi(page, "POST", "/agents", { name: "ledger", type: "service", permissions });
    assert.deepEqual(agent.permissions, permissions);
    return agent.id;
  };
  const edit = async (page, id) => {
    await page.goto(`/console/agents/${id}/edit`);
    await islandsReady(page);
    return (place) => page.getByRole("group", { name: `Permission ${place}` });
  };
  const save = async (page) => {
    await page.getByRole("button", { name: "Save changes" }).click();
    await told(page, "The agent is saved.");
  };

  world.test("a_new_name_changes_no_permission", async (open) => {
    const page = await open();
    await signUp(page);
    const id = await make(page);
    await edit(page, id);
    await page.getByLabel("Name", { exact: true }).fill("renamed");
    await save(page);
    await heading(page, "renamed");
    assert.deepEqual(await stored(page, id), PERMISSIONS);
  });

  world.test("a_change_of_one_condition_leaves_all_others", async (open) => {
    const page = await open();
    await signUp(page);
    const id = await make(page);
    const row = await edit(page, id);
    assert.equal(await row(1).getByLabel("Calls per hour").inputValue(), "10");
    await row(1).getByLabel("Calls per hour").fill("20");
    await row(4).getByLabel("Actions").fill("read, write");
    await save(page);
    const [ledger, odd, old] = PERMISSIONS;
    const changed = { ...ledger, constraints: { ...ledger.constraints, maxCallsPerHour: 20 } };
    const plain = { resource: "mcp:plain:*", actions: ["read", "write"] };
    assert.deepEqual(await stored(page, id), [changed, odd, old, plain]);
  });

  world.test("a_new_name_does_not_undo_what_was_changed_meanwhile", async (open) => {
    const page = await open();
    await signUp(page);
    const id = await make(page);
    await edit(page, id);
    const narrower = [{ resource: "mcp:ledger:entries", actions: ["read"], constraints: { maxUses: 1 } }];
    await callApi(page, "PATCH", `/agents/${id}`, { permissions: narrower });
    await page.getByLabel("Name", { exact: true }).fill(" ");
    await page.getByRole("button", { name: "Save changes" }).click();
    await refused(page, "Please check the field");
    await page.getByLabel("Name", { exact: true }).fill("renamed");
    await save(page);
    assert.deepEqual(await stored(page, id), narrower);
  });

  world.test("every_condition_can_be_set_and_taken_away", async (open) => {
    const page = await open();
    await signUp(page);
    const { id } = await createAgent(page, "ledger", [{ resource: "mcp:ledger:*", actions: "read, append" }]);
    const row = (await edit(page, id))(1);
    await openConditions(row);
    await row.getByLabel("A person must approve each use").check();
    await row.getByLabel("Calls per hour").fill("10");
    await row.getByLabel("Uses in all").fill("500");
    await row.getByLabel("Budget in units").fill("100");
    await row.getByLabel("Budget period").selectOption("week");
    await row.getByLabel("From").fill("09:00");
    await row.getByLabel("Until").fill("17:00");
    await row.getByLabel("Time zone").fill("Europe/Berlin");
    for (const day of ["Mon", "Tue", "Wed", "Thu", "Fri"]) await row.getByLabel(day, { exact: true }).check();
    await row.getByLabel("Expires (UTC)").fill("2030-01-31T09:30");
    await row.getByLabel("Arguments").fill("path = /srv/ledger/.*\naccount = [0-9]{4}");
    await row.getByLabel("Networks").fill("10.0.0.0/8\n2001:db8::/32");
    await save(page);
    const [{ constraints }] = await stored(page, id);
    assert.deepEqual(constraints, everyConstraint);

    const table = page.getByRole("table", { name: "Permissions" });
    assert.equal(
      (await table.getByRole("listitem").allInnerTexts()).join("\n").replaceAll("\u00a0", " "),
      [
        "Approval",
        "10 calls/hour",
        "500 uses",
        "100 units/week",
        "Mon–Fri 09:00–17:00 Europe/Berlin",
        "until 31 Jan 2030, 09:30 UTC",
        "account matches [0-9]{4}",
        "path matches /srv/ledger/.*",
        "from 10.0.0.0/8, 2001:db8::/32",
      ].join("\n"),
    );

    const again = (await edit(page, id))(1);
    await again
      .getByText(
        "approval, 10 calls/hour, 500 uses, 100 units/week, Mon–Fri 09:00–17:00 Europe/Berlin, " +
          "until 31 Jan 2030, 09:30 UTC, 2 arguments, 2 networks",
      )
      .waitFor();
    await again.getByLabel("A person must approve each use").uncheck();
    const texts = ["Calls per hour", "Uses in all", "Budget in units", "From", "Until", "Time zone", "Expires (UTC)"];
    for (const label of [...texts, "Arguments"]) await again.getByLabel(label).fill("");
    for (const day of ["Mon", "Tue", "Wed", "Thu", "Fri"]) await again.getByLabel(day, { exact: true }).uncheck();
    await save(page);
    assert.deepEqual((await stored(page, id))[0].constraints, { ipAllowlist: everyConstraint.ipAllowlist });
  });

  world.test("a_wrong_condition_is_named_and_what_was_typed_comes_back", async (open) => {
    const page = await open();
    await signUp(page);
    const id = await make(page, [{ resource: "a", actions: ["read"] }, PERMISSIONS[0]]);
    const row = await edit(page, id);
    const wrong = async (label, text, says) => {
      await openConditions(row(2));
      await row(2).getByLabel(label).fill(text);
      await page.getByRole("button", { name: "Save changes" }).click();
      await refused(page, says);
      await islandsReady(page);
      const field = row(2).getByLabel(label);
      assert.ok(await field.isVisible(), "the conditions are open");
      assert.equal(await field.inputValue(), text);
      assert.equal(await field.getAttribute("aria-invalid"), "true");
      const below = await field.evaluate((element) => {
        return document.getElementById(element.getAttribute("aria-describedby").split(" ")[0]).textContent;
      });
      assert.ok(says.endsWith(below.trim()), below);
    };
    await wrong("Time zone", "Mars/Olympus", "Permission 2, time zone: There is no such time zone. Use a name like Europe/Berlin.");
    await row(2).getByLabel("Time zone").fill("Asia/Tokyo");
    await wrong("Arguments", "path = (", "Permission 2, arguments: One of these is not an expression (RE2 syntax).");
    await row(2).getByLabel("Arguments").fill("");
    await wrong("Networks", "10.0.0.1/8", "Permission 2, networks: “10.0.0.1/8” has bits set beyond its prefix: write 10.0.0.0/8, or the address alone.");
    await row(2).getByLabel("Networks").fill("10.0.0.1");
    await wrong("Calls per hour", "many", "Permission 2, calls per hour: Enter a whole number, like 10.");
    await row(2).getByLabel("Calls per hour").fill("7");
    await save(page);
    const [, { constraints }] = await stored(page, id);
    const { allowedArgPatterns: _, ...kept } = everyConstraint;
    const timeWindow = { ...everyConstraint.timeWindow, timeZone: "Asia/Tokyo" };
    assert.deepEqual(constraints, { ...kept, timeWindow, ipAllowlist: ["10.0.0.1"], maxCallsPerHour: 7 });
  });

  if (!world.script) return;

  world.test("conditions_are_checked_and_said_in_words_as_they_are_typed", async (open) => {
    const page = await open();
    await signUp(page);
    await page.goto("/console/agents/new");
    await islandsReady(page);
    await fillPermission(page, 1, { resource: "mcp:a", actions: "read" });
    await fillPermission(page, 2, { resource: "mcp:b", actions: "read" });
    const row = page.getByRole("group", { name: "Permission 2" });
    await openConditions(row);
    const calls = row.getByLabel("Calls per hour");
    await calls.fill("0");
    await row.getByText("The number must be 1 to").waitFor();
    assert.equal(await calls.getAttribute("aria-invalid"), "true");
    await calls.fill("1");
    await row.getByText("1 call/hour", { exact: true }).waitFor();
    assert.equal(await calls.getAttribute("aria-invalid"), null);
    await row.getByLabel("Sat", { exact: true }).check();
    await row.getByLabel("From").fill("10:00");
    await row.getByLabel("Until").fill("12:00");
    await row.getByText("1 call/hour, Sat 10:00–12:00 UTC", { exact: true }).waitFor();
    await page.getByLabel("Resource", { exact: true }).fill("mcp:b");
    await page.getByLabel("Action", { exact: true }).fill("read");
    await page.getByText("Its conditions must hold, too: 1 call/hour, Sat 10:00–12:00 UTC.").waitFor();
  });

  world.test("what_the_server_refused_is_forgotten_when_it_is_changed", async (open) => {
    const page = await open();
    await signUp(page);
    const id = await make(page, [PERMISSIONS[0]]);
    const row = (await edit(page, id))(1);
    await row.getByLabel("Time zone").fill("Mars/Olympus");
    await page.getByRole("button", { name: "Save changes" }).click();
    await refused(page, "Permission 1, time zone:");
    await islandsReady(page);
    const below = row.getByText("There is no such time zone.");
    await below.waitFor();
    await row.getByLabel("Time zone").fill("Europe/Rome");
    await below.waitFor({ state: "hidden" });
    assert.equal(await row.getByLabel("Time zone").getAttribute("aria-invalid"), null);
  });
});
