### A person's own account.

account-title = Your account
account-hint = Who you are, how you sign in, and where you are signed in.
account-home = { $brand }, your account
account-navigation = Account
account-to-console = Console
sign-out = Sign out
actions = Actions
cancel = Cancel

account-profile = Profile
account-security = Security
account-sessions = Sessions
account-agents = Agents
account-activity = Activity
account-data = Your data

## Profile

account-name = Name
account-language-hint = Of these pages and of the mails you get.
account-save = Save
account-email = E-mail address
account-no-email = This account has no e-mail address.
account-verified = Verified
account-not-verified = Not verified
account-verify-text = Press the button and open the link in the mail you get.
account-verify-submit = Send verification mail
account-facts = About this account
account-phone = Phone number
account-role = Role
account-role-admin = Administrator
account-role-member = Member
account-id = Identifier

## Security

account-security-hint = How you show that it is you.
account-passkeys = Passkeys
account-passkeys-hint = Sign in with your fingerprint, face or device PIN. Nobody can trick them out of you.
account-two-step = Two-step verification
account-two-step-hint = A code from your phone in addition to your password, and backup codes for when it is lost.
account-password = Password
account-password-hint = Changing it signs out your other sessions.
account-password-current = Current password
account-password-new = New password
account-password-submit = Change password
account-password-none = Your account has no password. You can add one as another way to sign in.
account-password-set = Set password
account-breached = Your password is known from a data breach
account-breached-text = Others may try it. Choose another password as soon as you can.
account-breached-link = Choose another password

## Sessions

sessions-hint = Where you are signed in.
sessions-device = Device
sessions-address = Address
sessions-last-used = Last used
sessions-this = This session
sessions-since = Signed in
sessions-end-others = Sign out all others
sessions-end-label = Sign out { $device }
device = { $browser } on { $system }
device-unknown = Unknown device

## Agents

agents-hint = Programs that act for you. You answer for what they do.
agents-none = No agents
agents-none-hint = Programs that you let act for you appear here.
agents-pages = Pages of agents
agents-name = Agent
agents-status = Status
agents-active = Active
agents-suspended = Suspended
agents-revoked = Revoked
agents-never-used = Never
agents-revoke = Revoke
agents-revoke-label = Revoke { $agent }

## Activity

activity-hint = What happened to your account. Look here when something seems strange to you.
activity-what = What
activity-where = Where
activity-when = When
activity-pages = Pages of activity
activity-refused = Refused

event-user-sign-up = Account created
event-user-sign-in = Signed in
event-user-sign-in-pending = Signed in with the first of two steps
event-user-sign-in-failed = A sign-in failed
event-user-sign-out = Signed out
event-user-reauthenticate = Confirmed who you are
event-user-email-verified = E-mail address verified
event-user-password-changed = Password changed
event-user-updated = Profile changed
event-user-deleted = Account deleted
event-user-disabled = Account switched off
event-user-enabled = Account switched on again
event-admin-created = Administrator created
event-session-revoked = Session ended
event-agent-created = Agent created
event-agent-updated = Agent changed
event-agent-token-rotated = Agent got a new token
event-agent-suspended = Agent suspended
event-agent-resumed = Agent resumed
event-agent-revoked = Agent revoked
event-agent-handed-over = Agents handed over
event-delegation-created = Permissions lent
event-delegation-revoked = Permissions taken back
event-kill-switch-used = Kill switch used
event-kill-switch-lifted = Stop lifted
event-api-key-created = API key created
event-api-key-revoked = API key revoked
event-approval-approved = Request of an agent approved
event-approval-denied = Request of an agent denied
event-password-check-degraded = Password checked without the breach service
event-password-check-breached = Password found in a data breach
event-audit-archived = Old records archived

## Data

data-hint = Take along what we keep of you, or end it.
data-export = Download your data
data-export-hint = Everything we keep of you as one JSON file: account, ways to sign in, sessions, keys, agents and activity. Passwords and tokens are not in it.
data-export-submit = Download
data-delete = Delete your account
data-delete-hint = For good, with everything we know of you.
data-delete-link = Delete account

delete-title = Delete your account
delete-hint = This cannot be undone.
delete-what = What happens
delete-ways = Every way to sign in ends now, on all devices.
delete-data = Your name, address and everything else that says who you are is erased.
delete-agents = Your agents are revoked and stop at once. To keep them, have an administrator hand them over first.
delete-audit = What was recorded stays in the audit log, under an identifier that names nobody any more.
delete-field = Type the name of your account
delete-type = Type { $account } to confirm.
delete-submit = Delete account for good
account-email-change = Change the address
account-email-add = Add an address
account-email-new = New e-mail address
account-email-new-hint = We send a link to it. Until you open it nothing changes.
account-email-submit = Send the link
account-phone-change = Change the number
account-phone-add = Add a number
account-phone-confirm = Confirm the number
account-phone-remove = Remove
account-phone-none = This account has no phone number.
event-user-email-change-requested = Another e-mail address asked for
event-user-email-changed = E-mail address changed
event-user-phone-changed = Phone number changed
event-user-phone-removed = Phone number removed
event-user-unproven-dropped = What others had set up was taken away
event-user-password-reset-requested = New password asked for
event-user-password-reset = Password set by a link in a mail
event-user-enrolment-link = Link made by an administrator
event-user-enrolled = Password set by a link of an administrator
event-user-upgraded = Guest became an account
event-device-approved = Device let in
event-device-denied = Device turned away
event-device-claimed = Device signed in
event-totp-enabled = Two-step verification switched on
event-totp-disabled = Two-step verification switched off
event-backup-codes-created = Backup codes made
event-backup-codes-used = Backup code used
event-passkey-added = Passkey added
event-passkey-renamed = Passkey renamed
event-passkey-removed = Passkey removed
event-delivery-sent-by-admin = Message sent by an administrator
event-identity-linked = Sign-in elsewhere connected
event-identity-unlinked = Sign-in elsewhere removed
