### What only the console says. It is written in English.

## What went well

notice-agent-saved = The agent is saved. The next check uses the new permissions.
notice-agent-suspended = The agent is suspended. Every check it makes is denied until you resume it.
notice-agent-resumed = The agent works again.
notice-agent-revoked = The agent is revoked. Its tokens have stopped working for good.
notice-key-revoked = The API key is revoked.
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
field-scopes = Choose at least one scope.
field-type = Choose one of the types.
field-since = Enter a date, like 2026-11-23.
