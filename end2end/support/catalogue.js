// Every page in every state worth looking at: for accessibility, for pictures. Each entry opens its page in a given
// browser; `who` says whose browser it has to be.

import { privateKeyToAccount } from "viem/accounts";

import { callApi, createAgent, everyConstraint, fillPermission, islandsReady } from "./agents.js";
import { agree, planner, stranger } from "./asking.js";
import { heading, identify, mailedLink, message, refused, setUp, signIn, signUp, somebody } from "./people.js";
import { Server } from "./server.js";
import { KEY } from "./wallet.js";
import { waysIn } from "./ways_in.js";

/** As `kavach serve --demo` makes them. */
const DEMO_ADMIN = { name: "Ada Byron", email: "ada@demo.example", password: "lanterns-over-quiet-harbour" };
/** An agent that may do something only under every condition there is. */
const ledgerKeeper = {
  name: "ledger-keeper",
  type: "service",
  permissions: [
    { resource: "mcp:ledger:entries", actions: ["read", "append"], constraints: everyConstraint },
    { resource: "mcp:ledger:*", actions: ["read"], constraints: { maxCallsPerHour: 600 } },
    { resource: "mcp:mail:outbox", actions: ["send"] },
  ],
};
/** A device without a keyboard. */
const TELEVISION = { id: "tv", name: "Living room television", scopes: ["agents:read", "audit:read"] };
/** As whoever runs an instance writes it; nothing on these pages goes there. */
const ELSEWHERE = `[[social]]
preset = "github"
client_id = "kavach"
client_secret = "not a secret"

[[social]]
preset = "microsoft"
client_id = "kavach"
client_secret = "not a secret"
`;
const NOWHERE = "00000000000000000000000000";

/** Servers with everything the pages show: one as new, one with an organisation in it. */
export async function stage() {
  const started = await Promise.allSettled([Server.start(), Server.start({ demo: true, file: ELSEWHERE, settings: { KAVACH_DEVICE__CLIENTS: JSON.stringify([TELEVISION]) } })]);
  const [fresh, demo] = started.map(({ value }) => value);
  const stop = () => Promise.all([fresh?.stop(), demo?.stop()]);
  const failed = started.find(({ status }) => status === "rejected");
  if (!failed) return { fresh, demo, stop };
  await stop();
  throw failed.reason;
}

/** Signs in those whose pages are looked at; `open(server)` gives a page of somebody new. */
export async function cast(stage, open) {
  const guest = await open(stage.fresh);
  const first = await open(stage.fresh);
  const admin = await open(stage.demo);
  stage.enrolment = async () => {
    const people = await callApi(admin, "GET", "/users?limit=200");
    const { id } = people.find(({ email }) => email === "rosa@demo.example");
    return callApi(admin, "POST", `/users/${id}/enrolment-link`, {});
  };
  const visitor = await open(stage.demo);
  await signIn(admin, DEMO_ADMIN);
  await heading(admin, `Hello, ${DEMO_ADMIN.name}`);
  const passer = await open(stage.demo);
  const newcomer = await open(stage.demo);
  const coder = await open(stage.demo);
  return { guest, first, admin, visitor, passer, newcomer, coder };
}

/** The pages, in an order in which each finds what it needs. */
export const catalogue = [
  // Nobody is there yet.
  page("set-up-without-link", "guest", (page) => page.goto("/setup")),
  page("set-up", "guest", (page, { fresh }) => page.goto(fresh.setUpLink)),
  page("set-up-refused", "guest", async (page, { fresh }) => {
    await page.goto(fresh.setUpLink);
    await page.getByLabel("Your name").fill("Ada Byron");
    await page.getByLabel("E-mail address").fill("ada@example.com");
    await page.getByLabel("Password", { exact: true }).fill("password1234567");
    await page.getByRole("button", { name: "Create administrator" }).click();
    await refused(page, "data breach");
  }),
  page("overview-empty", "first", async (page, { fresh }) => {
    await setUp(page, fresh, somebody());
  }),
  page("set-up-done", "guest", (page, { fresh }) => page.goto(fresh.setUpLink)),
  page("agents-empty", "first", (page) => page.goto("/console/agents")),
  page("keys-empty", "first", (page) => page.goto("/console/keys")),
  page("audit-young", "first", (page) => page.goto("/console/audit")),

  // For everybody.
  page("sign-in", "visitor", (page) => page.goto("/sign-in")),
  page("sign-in-password", "visitor", (page) => identify(page, "rosa@demo.example")),
  page("sign-in-refused", "visitor", async (page) => {
    await page.goto("/sign-in");
    await page.getByLabel("Password", { exact: true }).fill("not the right password");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await refused(page, "not right");
  }),
  ...waysIn(page),
  page("sign-up", "visitor", (page) => page.goto("/sign-up")),
  page("sign-up-refused", "visitor", async (page) => {
    await page.goto("/sign-up");
    await page.getByLabel("Name").fill("Nova Reyes");
    await page.getByLabel("E-mail address").fill("nova@demo.example");
    await page.getByLabel("Password", { exact: true }).fill("password1234567");
    await page.getByRole("button", { name: "Create account" }).click();
    await refused(page, "data breach");
  }),
  page("not-found", "visitor", (page) => page.goto("/no/such/page"), 404),
  page("outbox-empty", "visitor", (page) => page.goto("/dev/outbox")),
  page("overview-welcome", "visitor", async (page) => {
    await signUp(page, { name: "Nova Reyes", email: "nova@demo.example", password: "seven purple lanterns" });
  }),
  page("outbox", "visitor", (page) => page.goto("/dev/outbox")),
  page("verify-email", "visitor", async (page) => {
    await page.goto("/dev/outbox");
    await page.getByRole("link", { name: /verify-email/ }).first().click();
    await heading(page, "Verify your address");
  }),
  page("verify-email-done", "visitor", async (page) => {
    await page.getByRole("button", { name: "Verify address" }).click();
    await page.getByRole("status").waitFor();
  }),
  page("verify-email-used", "visitor", async (page) => {
    await page.goto("/dev/outbox");
    await page.getByRole("link", { name: /verify-email/ }).first().click();
    await page.getByRole("button", { name: "Verify address" }).click();
    await heading(page, "Your address is verified");
  }),
  page("verify-email-expired", "first", (page) => pressOldLink(page)),
  page("verify-email-expired-for-a-guest", "guest", (page) => pressOldLink(page)),
  page("recover", "passer", (page) => page.goto("/recover")),
  page("recover-sent", "passer", async (page) => {
    await page.goto("/recover");
    await page.getByLabel("E-mail address").fill("rosa@demo.example");
    await page.getByRole("button", { name: "Send the link" }).click();
    await heading(page, "Look into your mailbox");
  }),
  page("recover-reset", "passer", async (page, { demo }) => {
    await page.goto(await mailedLink(demo, "rosa@demo.example", "/recover/reset"));
    await heading(page, "Set your new password");
  }),
  page("recover-reset-refused", "passer", async (page) => {
    await page.getByLabel("New password", { exact: true }).fill("password1234567");
    await page.getByRole("button", { name: "Set the password" }).click();
    await refused(page, "data breach");
  }),
  page("recover-used", "passer", (page) => page.goto("/recover/reset?token=kv_mail_old")),
  page("enroll", "passer", async (page, servers) => {
    await page.goto((await servers.enrolment()).url);
    await heading(page, "Set a password for your account");
  }),
  page("enroll-done", "passer", async (page) => {
    await page.getByLabel("New password", { exact: true }).fill("nineteen slow otters paddle");
    await page.getByRole("button", { name: "Set the password" }).click();
    await heading(page, "Your password is set");
  }),
  page("enroll-used", "passer", (page) => page.goto("/enroll?token=kv_enroll_old")),
  page("sign-in-guest", "passer", (page) => page.goto("/sign-in/guest")),
  page("account-of-a-guest", "passer", async (page) => {
    await page.goto("/sign-in/guest");
    await page.getByRole("button", { name: "Continue as a guest" }).click();
    await heading(page, "Hello, Guest");
    await page.goto("/account");
  }),
  page("device-for-a-guest", "passer", (page) => page.goto("/device")),
  page("account-upgrade", "passer", (page) => page.goto("/account/upgrade")),
  page("account-upgrade-by-username", "passer", (page) => page.goto("/account/upgrade?by=username")),
  page("account-upgrade-refused", "passer", async (page) => {
    await page.getByLabel("User name").fill("admin");
    await page.getByLabel("Password", { exact: true }).fill("nineteen slow otters paddle");
    await page.getByRole("button", { name: "Create the account" }).click();
    await page.locator("#username-error").waitFor();
  }),
  page("device", "visitor", (page) => page.goto("/device")),
  page("device-refused", "visitor", async (page) => {
    await page.getByLabel("Code").fill("BCDF-GHJK");
    await page.getByRole("button", { name: "Continue", exact: true }).click();
    await page.locator("#user_code-error").waitFor();
  }),
  page("device-question", "visitor", async (page, { demo }) => {
    const body = new URLSearchParams({ client_id: TELEVISION.id });
    const answer = await fetch(demo.at("/oauth/device_authorization"), { method: "POST", body });
    await page.goto((await answer.json()).verification_uri_complete);
    await page.getByRole("button", { name: "Continue", exact: true }).click();
    await heading(page, "Did you start this?");
  }),
  page("device-approved", "visitor", async (page) => {
    await page.getByRole("button", { name: "Let it in" }).click();
    await heading(page, "The device is let in");
  }),
  page("api", "visitor", (page) => page.goto("/api/auth/docs")),

  // Letting apps in.
  page("authorize-refused", "visitor", (page) => page.goto("/oauth/authorize?client_id=nobody"), 400),
  page("account-apps-none", "admin", (page) => page.goto("/account/apps")),
  page("consent-stranger", "admin", async (page, { demo }) => page.goto(await stranger(demo))),
  page("consent", "admin", async (page) => page.goto(await planner(page, "files:read"))),
  page("consent-more", "admin", async (page) => {
    await agree(page);
    await page.goto(await planner(page, "files:read files:write"));
  }),
  page("account-apps", "admin", async (page) => {
    await agree(page);
    await page.goto("/account/apps");
  }),
  page("sign-out-by-app", "admin", (page) => page.goto("/oauth/logout")),

  // One's own account.
  page("account", "admin", (page) => page.goto("/account")),
  page("account-unverified", "first", (page) => page.goto("/account")),
  page("account-security", "admin", (page) => page.goto("/account/security")),
  page("account-security-without-password", "coder", async (page, { demo }) => {
    await signInByCode(page, demo, "cora@demo.example");
    await page.goto("/account/security");
  }),
  page("account-identities-none", "admin", (page) => page.goto("/account/identities")),
  page("account-identities-wallet", "admin", (page) => page.goto("/account/identities/wallet")),
  page("account-identities", "admin", async (page) => {
    await connectWallet(page);
    await page.goto("/account/identities");
    await page.getByText("Ethereum wallet", { exact: true }).waitFor();
  }),
  page("account-identities-removing", "admin", (page) => page.getByText("Remove Ethereum wallet").click()),
  page("account-sessions", "admin", (page) => page.goto("/account/sessions")),
  page("account-agents", "admin", (page) => page.goto("/account/agents")),
  page("account-agents-none", "visitor", (page) => page.goto("/account/agents")),
  page("account-activity", "admin", (page) => page.goto("/account/activity")),
  page("account-data", "admin", (page) => page.goto("/account/data")),
  page("account-delete", "admin", (page) => page.goto("/account/delete")),
  page("account-refused", "first", async (page) => {
    await page.goto("/account/security");
    await page.getByLabel("Current password").fill("not the right password");
    await page.getByLabel("New password").fill("a better phrase for tomorrow");
    await page.getByRole("button", { name: "Change password" }).click();
    await page.getByRole("alert").first().waitFor();
  }),
  page("account-confirm", "admin", (page) => page.goto("/account/confirm?return_to=/account")),
  page("account-confirm-refused", "first", async (page) => {
    await page.goto("/account/confirm?return_to=/account");
    await page.getByLabel("Password", { exact: true }).fill("not the right password");
    await page.getByRole("button", { name: "Confirm" }).click();
    await page.getByRole("alert").first().waitFor();
  }),

  // The console.
  page("overview", "admin", (page) => page.goto("/console")),
  page("agents", "admin", (page) => page.goto("/console/agents")),
  page("agents-none-found", "admin", (page) => page.goto("/console/agents?q=nothing+like+this")),
  page("agents-filter-wrong", "admin", (page) => page.goto("/console/agents?owner=ada")),
  page("agent-new", "admin", async (page) => {
    await page.goto("/console/agents/new");
    await islandsReady(page);
    await fillPermission(page, 1, { resource: "mcp:github:*", actions: "read" });
    if (!page.script) return;
    await fillPermission(page, 2, { resource: "mcp:**", actions: "read" });
    await page.getByLabel("Resource", { exact: true }).fill("mcp:github:repos");
    await page.getByLabel("Action", { exact: true }).fill("read");
    await page.getByText("Allowed.", { exact: true }).waitFor();
  }),
  page("agent-new-refused", "admin", async (page) => {
    await page.goto("/console/agents/new");
    await islandsReady(page);
    await page.getByLabel("Name", { exact: true }).fill("half-right");
    await fillPermission(page, 1, { resource: "mcp::x", actions: "read", approval: true });
    await page.getByRole("button", { name: "Create agent" }).click();
    await refused(page, "Permission 1, resource pattern:");
    await islandsReady(page);
  }),
  page("agent-edit-conditions", "admin", async (page) => {
    const agent = await callApi(page, "POST", "/agents", ledgerKeeper);
    await page.goto(`/console/agents/${agent.id}/edit`);
    await islandsReady(page);
  }),
  page("agent-edit-conditions-refused", "admin", async (page) => {
    const row = page.getByRole("group", { name: "Permission 1" });
    await row.getByLabel("Time zone").fill("Mars/Olympus");
    await page.getByRole("button", { name: "Save changes" }).click();
    await refused(page, "Permission 1, time zone:");
    await islandsReady(page);
  }),
  page("agent-with-conditions", "admin", (page) => agent(page, "ledger-keeper")),
  page("agent-token", "admin", async (page) => {
    const permissions = [{ resource: "mcp:deploy:staging", actions: "execute" }];
    await createAgent(page, "canary-keeper", permissions);
  }),
  page("agent-token-gone", "admin", (page) => page.reload()),
  page("agent", "admin", (page) => agent(page, "github-reader")),
  page("agent-edit", "admin", async (page) => {
    await agent(page, "github-reader");
    await page.getByRole("link", { name: "Edit" }).click();
    await heading(page, "Edit github-reader");
    await islandsReady(page);
  }),
  page("agent-rotate", "admin", async (page) => {
    await agent(page, "github-reader");
    await page.getByRole("link", { name: "Rotate token" }).click();
    await heading(page, "Rotate the token of github-reader");
  }),
  page("agent-revoke", "admin", async (page) => {
    await agent(page, "github-reader");
    await page.getByRole("link", { name: "Revoke" }).click();
    await heading(page, "Revoke github-reader");
  }),
  page("agent-suspended", "admin", async (page) => {
    await agent(page, "canary-keeper");
    await page.getByRole("button", { name: "Suspend" }).click();
    await page.getByRole("button", { name: "Resume" }).waitFor();
  }),
  page("agent-revoked", "admin", (page) => agent(page, "night-watch")),
  page("agents-after-revoking", "admin", async (page) => {
    await agent(page, "canary-keeper");
    await page.getByRole("link", { name: "Revoke" }).click();
    await page.getByRole("button", { name: "Revoke for good" }).click();
    await page.getByRole("status").waitFor();
  }),
  page("agent-new-below", "admin", async (page) => {
    await agent(page, "release-pilot");
    await page.getByRole("link", { name: "New sub-agent" }).click();
    await heading(page, "New agent under release-pilot");
    await islandsReady(page);
  }),
  page("agent-new-below-refused", "admin", async (page) => {
    await page.getByLabel("Name", { exact: true }).fill("too-much");
    await fillPermission(page, 1, { resource: "mcp:*", actions: "execute" });
    await page.getByRole("button", { name: "Create agent" }).click();
    await refused(page, "release-pilot may not do all of this");
    await islandsReady(page);
  }),
  page("agent-with-others-below", "admin", (page) => agent(page, "release-pilot")),
  page("agent-deep", "admin", (page) => agent(page, "smoke-tester")),
  page("agent-limited", "admin", async (page) => {
    const [parent] = await callApi(page, "GET", "/agents?q=invoice-matcher");
    await callApi(page, "PATCH", `/agents/${parent.id}`, {
      permissions: [
        { resource: "erp:invoices:open", actions: ["read"], constraints: { maxCallsPerHour: 10 } },
        { resource: "erp:payments:propose", actions: ["create"], constraints: { requireApproval: true } },
      ],
    });
    await callApi(page, "POST", `/agents/${parent.id}/suspend`);
    await agent(page, "ledger-reader");
  }),
  page("agent-borrowing", "admin", (page) => agent(page, "changelog-writer")),
  page("agent-lend", "admin", async (page) => {
    await agent(page, "github-reader");
    await page.getByRole("link", { name: "Lend permissions" }).click();
    await heading(page, "Lend permissions of github-reader");
    await islandsReady(page);
  }),
  page("agent-lend-refused", "admin", async (page) => {
    await fillPermission(page, 1, { resource: "mcp:slack:*", actions: "send" });
    await page.getByRole("button", { name: "Lend" }).click();
    await refused(page, "github-reader may not do all of this");
    await islandsReady(page);
  }),
  page("agent-revoke-tree", "admin", async (page) => {
    await agent(page, "release-pilot");
    await page.getByRole("link", { name: "Revoke" }).click();
    await heading(page, "Revoke release-pilot");
  }),
  page("tree", "admin", (page) => page.goto("/console/agents/tree")),
  page("tree-looking-at-one", "admin", async (page) => {
    await page.goto("/console/agents/tree?q=smoke");
    await page.getByRole("list", { name: "Found" }).getByRole("link", { name: "smoke-tester" }).click();
    await page.getByRole("heading", { name: "smoke-tester" }).waitFor();
  }),
  page("tree-of-an-agent", "admin", async (page) => {
    await agent(page, "release-pilot");
    await page.getByRole("link", { name: "Subtree" }).click();
    await page.getByRole("treegrid").waitFor();
  }),
  page("tree-empty", "first", (page) => page.goto("/console/agents/tree")),
  page("playground", "admin", (page) => page.goto("/console/playground")),
  page("playground-denied", "admin", (page) => page.goto("/console/playground?agent=smoke-tester&action=delete&resource=mcp:github:repos")),
  page("playground-allowed", "admin", (page) => page.goto("/console/playground?agent=github-reader&action=read&resource=mcp:github:repos")),
  page("playground-wrong", "admin", (page) => page.goto("/console/playground?agent=github-reader&action=read&resource=x&arguments=%7B")),
  page("approvals-empty", "first", (page) => page.goto("/console/approvals")),
  page("approvals", "admin", (page) => page.goto("/console/approvals")),
  page("approvals-none-found", "admin", (page) => page.goto("/console/approvals?agent=ada&status=expired")),
  page("approval-waiting", "admin", (page) => approval(page, "pending", "/console/approvals")),
  page("approve", "admin", (page) => approval(page, "pending", "/approve")),
  page("approve-refused", "admin", async (page) => {
    await page.getByText("Approve for a while instead").click();
    await page.getByLabel("Uses").fill("500");
    await page.getByRole("button", { name: "Approve for a while" }).click();
    await page.getByRole("alert").first().waitFor();
  }),
  page("approve-denied", "admin", (page) => approval(page, "denied", "/approve")),
  page("approve-used", "admin", (page) => approval(page, "consumed", "/approve")),
  page("approve-done", "admin", async (page) => {
    await approval(page, "pending", "/approve");
    await page.getByText("Approve for a while instead").click();
    await page.getByRole("button", { name: "Approve for a while" }).click();
    await page.getByRole("status").waitFor();
  }),
  page("approve-for-you", "admin", async (page) => page.goto(`/approve/${await askedToActFor(page)}`)),
  page("approve-unknown", "admin", (page) => page.goto(`/approve/apr_${NOWHERE}`), 404),
  page("kill-switch", "admin", (page) => page.goto("/console/kill-switch")),
  page("kill-switch-refused", "admin", async (page) => {
    await page.getByLabel("Type EVERYTHING to confirm").fill("yes");
    await page.getByRole("button", { name: "Stop everything" }).click();
    await page.getByRole("alert").first().waitFor();
  }),
  page("kill-switch-used", "admin", async (page) => {
    await page.goto("/console/kill-switch");
    await page.getByLabel("Resource pattern").fill("mcp:deploy:production");
    await page.getByRole("button", { name: "Stop this resource" }).click();
    await page.getByRole("status").waitFor();
  }),
  page("agent-unknown", "admin", (page) => page.goto(`/console/agents/agt_${NOWHERE}`), 404),
  page("audit", "admin", (page) => page.goto("/console/audit")),
  page("audit-decisions", "admin", (page) => page.goto("/console/audit?kind=decision&verdict=deny")),
  page("audit-none-found", "admin", (page) => page.goto("/console/audit?action=nothing-like-this")),
  page("audit-filter-wrong", "admin", (page) => page.goto("/console/audit?action=nothing&actor=ada&since=yesterday")),
  page("audit-query", "admin", (page) => page.goto("/console/audit?q=result:deny+resource:mcp:*+since:7d")),
  page("audit-query-wrong", "admin", (page) => page.goto("/console/audit?q=deploy")),
  page("audit-open", "admin", async (page) => {
    await page.goto("/console/audit?kind=decision");
    await page.getByRole("button", { name: /^Open #/ }).first().click();
    await page.locator("tr.opened").waitFor();
  }),
  page("audit-numbers", "admin", (page) => page.goto("/console/audit?show=numbers")),
  page("audit-command", "admin", (page) => page.goto("/console/audit?q=result:deny&show=command")),
  page("audit-proven", "admin", async (page) => {
    await page.goto("/console/audit?kind=decision");
    await page.getByRole("button", { name: /^Open #/ }).first().click();
    if (!page.script) return;
    await page.getByRole("button", { name: "Verify in this browser" }).click();
    await page.getByText("This record is in the log, unchanged.").waitFor();
  }),
  page("audit-record", "admin", async (page) => {
    await page.goto("/console/audit?kind=decision");
    await page.locator(".records tbody a").first().click();
    await page.getByText("As JSON").click();
  }),
  page("mcp-connections-empty", "first", (page) => page.goto("/console/connections")),
  page("mcp-clients-empty", "first", (page) => page.goto("/console/clients")),
  page("mcp-servers-empty", "first", (page) => page.goto("/console/resources")),
  page("mcp-doctor", "admin", (page) => page.goto("/console/doctor")),
  page("mcp-doctor-report", "admin", async (page) => {
    await page.getByLabel("Address of the server").fill("http://127.0.0.1:9/mcp");
    await page.getByRole("button", { name: "Examine" }).click();
    await page.getByText("Clients do not get through").waitFor();
  }),
  page("mcp-doctor-refused", "admin", async (page) => {
    await page.getByLabel("Address of the server").fill("\u202e");
    await page.getByRole("button", { name: "Examine" }).click();
    await page.locator("#address-error").waitFor();
  }),
  page("mcp-server-new", "admin", (page) => page.goto("/console/resources/new")),
  page("mcp-server-new-refused", "admin", async (page) => {
    await page.getByLabel("Address").fill("mcp.example.com");
    await page.getByLabel("Name", { exact: true }).fill("Ledger");
    await page.getByRole("button", { name: "Add the server" }).click();
    await page.locator("#address-error").waitFor();
  }),
  page("mcp-servers", "admin", async (page) => {
    await page.getByLabel("Address").fill("https://ledger.example.com/mcp");
    await page.getByLabel("Scopes").fill("+ledger:read Read entries\nledger:append Append entries");
    await page.getByRole("button", { name: "Add the server" }).click();
    await page.getByRole("status").waitFor();
  }),
  page("mcp-client-new", "admin", (page) => page.goto("/console/clients/new")),
  page("mcp-client-new-refused", "admin", async (page) => {
    await page.getByLabel("Name", { exact: true }).fill("Notebook");
    await page.getByLabel("Redirect URIs").fill("javascript:alert(1)");
    await page.getByRole("button", { name: "Register client" }).click();
    await page.locator("#redirects-error").waitFor();
  }),
  page("mcp-client-secret", "admin", async (page) => {
    await page.getByLabel("Redirect URIs").fill("https://notebook.example/cb");
    await page.getByLabel("How it proves who it is").selectOption("client_secret_basic");
    await page.getByRole("button", { name: "Register client" }).click();
    await heading(page, "Secret of Notebook");
  }),
  page("mcp-clients", "admin", async (page, { demo }) => {
    for (const name of ["Claude Code", "Cursor"]) {
      await fetch(demo.at("/oauth/register"), {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ client_name: name, redirect_uris: ["http://127.0.0.1/callback"] }),
      });
    }
    await page.goto("/console/clients");
  }),
  page("mcp-client", "admin", async (page, { demo }) => {
    await page.getByRole("link", { name: "Notebook" }).click();
    await heading(page, "Notebook");
    const client = new URL(page.url()).searchParams.get("id");
    const tries = [
      { redirect_uri: "https://notebook.example/other" },
      { redirect_uri: "https://notebook.example/cb", resource: "https://elsewhere.example" },
      { redirect_uri: "https://notebook.example/cb" },
    ];
    const usual = {
      client_id: client,
      response_type: "code",
      code_challenge_method: "S256",
      code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    };
    for (const one of tries) {
      const asked = new URLSearchParams({ ...usual, ...one });
      await fetch(demo.at(`/oauth/authorize?${asked}`), { redirect: "manual", headers: { accept: "text/html" } });
    }
    await page.reload();
  }),
  page("mcp-client-delete", "admin", async (page) => {
    await page.getByRole("link", { name: "Delete" }).click();
    await heading(page, "Delete Notebook");
  }),
  page("mcp-connections", "admin", (page) => page.goto("/console/connections")),
  page("mcp-connections-none-found", "admin", (page) => page.goto("/console/connections?request=nothing&since=yesterday")),
  page("mcp-connection", "admin", async (page) => {
    await page.goto("/console/connections?outcome=refused");
    await page.locator("tbody tr").last().getByRole("link").first().click();
    await page.getByRole("heading", { name: "Step by step" }).waitFor();
  }),
  page("key-new", "admin", (page) => page.goto("/console/keys/new")),
  page("key-new-refused", "admin", async (page) => {
    await page.goto("/console/keys/new");
    await page.getByLabel("Name", { exact: true }).fill("nightly-report");
    await page.getByRole("button", { name: "Create API key" }).click();
    await page.getByRole("alert").first().waitFor();
  }),
  page("key-token", "admin", async (page) => {
    await page.goto("/console/keys/new");
    await page.getByLabel("Name", { exact: true }).fill("nightly-report");
    await page.getByLabel("audit:read").check();
    await page.getByRole("button", { name: "Create API key" }).click();
    await heading(page, "Your new API key");
  }),
  page("keys", "admin", (page) => page.goto("/console/keys")),
  page("signed-out", "first", async (page) => {
    await page.goto("/account");
    await page.getByRole("button", { name: "Sign out", exact: true }).and(page.locator(":visible")).click();
    await heading(page, "Sign in");
  }),
];

/** Has an agent of whoever is signed in ask whether it may act for them; the approval's id. */
export async function askedToActFor(page) {
  const resource = "https://mcp.example/notes";
  const scopes = [{ name: "read", description: "Read your notes" }];
  await callApi(page, "POST", "/resources", { resource, name: "Notes", permissionRoot: "mcp:notes", scopes });
  const permissions = [{ resource: "mcp:notes:*", actions: ["read"] }];
  const agent = await callApi(page, "POST", "/agents", { name: "notes-reader", permissions });
  const form = { client_id: agent.id, client_secret: agent.token, resource, scope: "read", binding_message: "W4-SCT" };
  const answer = await page.request.post("/oauth/bc-authorize", { form });
  if (!answer.ok()) throw new Error(await answer.text());
  const [approval] = await callApi(page, "GET", `/approvals?status=pending&agent=${agent.id}`);
  return approval.id;
}

function page(name, who, open, status = 200) {
  return { name, who, open, status };
}

/** A link nobody knows any more: there is none to tell it from one that never was. */
async function pressOldLink(page) {
  await page.goto("/verify-email?token=kv_email_old");
  await page.getByRole("button", { name: "Verify address" }).click();
  await heading(page, "This link no longer works");
}

/** The newest approval in a state, at one of its addresses. */
async function approval(page, status, place) {
  const [newest] = await callApi(page, "GET", `/approvals?status=${status}`);
  await page.goto(`${place}/${newest.id}`);
}

async function agent(page, name) {
  await page.goto(`/console/agents?q=${name}`);
  await page.getByRole("link", { name, exact: true }).click();
  await heading(page, name);
}

/** Comes in by a code, and so without a password. */
async function signInByCode(page, server, email) {
  await page.goto("/sign-in/code?change=1");
  await page.getByLabel("E-mail address").fill(email);
  await page.getByRole("button", { name: "Send me a code" }).click();
  await heading(page, "Enter the code");
  await page.getByLabel("Code", { exact: true }).fill((await message(server, email, "email_otp")).code);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await heading(page, `Hello, ${email.split("@")[0]}`);
}

/** Makes a wallet a way into the account, once. */
async function connectWallet(page) {
  if ((await callApi(page, "GET", "/account/identities")).length > 0) return;
  const account = privateKeyToAccount(KEY);
  const { message } = await callApi(page, "POST", "/siwe/nonce", { address: account.address });
  const signature = await account.signMessage({ message });
  await callApi(page, "POST", "/account/identities/ethereum", { message, signature });
}
