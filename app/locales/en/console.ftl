### What only the console says. It is written in English.

## What went well

notice-agent-saved = The agent is saved. The next check uses the new permissions.
notice-agent-suspended = The agent is suspended. Every check it makes is denied until you resume it.
notice-agent-resumed = The agent works again.
notice-agent-revoked = The agent is revoked. Its tokens have stopped working for good.
notice-key-revoked = The API key is revoked.
notice-client-registered = The client is registered. Give its client_id to whoever runs it.
notice-client-off = The client is switched off. Everything it was granted has ended.
notice-client-on = The client may ask again. What it was granted before stays ended.
notice-client-deleted = The client is deleted, and everything it was granted has ended.
notice-server-added = The server is added. Clients can ask for tokens for it from now on.
notice-server-removed = The server is taken out. No more tokens are issued for it.
notice-approved-once = Approved. The agent may do exactly this once, when it asks again in time.
notice-approved-grant = Approved as a standing grant. It ends by itself; the log shows each use.
notice-approval-denied = Denied. The agent is told so when it asks again.
notice-approved-several = Approved. The agent may do each of them exactly once, when it asks again in time.
notice-denied-several = Denied, all of them. The agent is told so when it asks again.
notice-answered-some = Answered as far as it could be: somebody had answered some of them already, or their time was over.
notice-permissions-lent = The permissions are lent from now on.
notice-permissions-taken-back = The permissions are taken back. The next check of the agent is without them.
notice-agents-stopped = All your agents are stopped.
notice-resource-held = Stopped. Every check on it is denied until you lift this.
notice-resource-lifted = Lifted. Checks on it are decided by the permissions again.

## What did not

error-exceeds-parent = A permission goes beyond what the agent it comes from may do.

## What is wrong at a field

field-resource = Use segments joined by colons, like mcp:github:* (a * stands for a whole segment).
field-actions = List at least one action, like read, or * for any.
field-permissions = These permissions are not valid. Check every row.
field-expires-at = Choose a time in the future.
field-uses = Enter a number from 1 to 100.
field-minutes = Enter a number of minutes from 1 to 1440, which is a day.
field-reason = Enter at most 500 characters on one line.
field-to-agent = Choose another agent of the same person, whose rights this agent does not hang on.
field-confirm = Type the word EVERYTHING in capitals.
field-overlap-seconds = Choose between nothing and seven days.
field-address = Enter an absolute http or https address without a fragment, like https://mcp.example.com/mcp.
field-redirect-uris = Enter one address on each line: https, a loopback address with http, or an app's own scheme with a dot. An app that signs people in needs one.
field-jwks-uri = An app that signs its requests needs the address of its keys, and only such an app has one.
field-grant-types = Choose at least one that goes with how the app proves who it is.
field-offered = Write one scope on each line: its name, a space, and what it allows. A name has no spaces and comes once.
field-introspects = Enter one address of a server on each line.
field-permission-root = Enter a path of segments joined by colons, like mcp:github.
field-scopes = Choose at least one scope.
field-type = Choose one of the types.
field-since = Enter a date, like 2026-11-23.
