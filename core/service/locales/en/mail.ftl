# Mails and text messages. Each line of a text is a paragraph of its own.

mail-time = { $unit ->
    [hour] { $count ->
        [one] one hour
       *[other] { $count } hours
    }
   *[minute] { $count ->
        [one] one minute
       *[other] { $count } minutes
    }
}
mail-or-open = Or open this address:
mail-or-type = Or type this code where you began:
mail-code = Code

mail-verify-email-subject = Confirm your e-mail address
mail-verify-email-before = Somebody, most likely you, gave { $to } as their e-mail address at { $product }. Is it yours?
mail-verify-email-action = Confirm this address
mail-verify-email-after =
    The link works once, for { $time }.
    If it was not you, do nothing: without the link the address is not confirmed.

mail-sign-up-existing-subject = You already have an account
mail-sign-up-existing-before =
    Somebody, most likely you, tried to sign up at { $product } with { $to }.
    There is an account with this address already, so nothing was changed. Sign in as you did before.
mail-sign-up-existing-action = Sign in
mail-sign-up-existing-after = If it was not you, there is nothing to do: whoever it was has learned nothing about your account.

mail-password-changed-subject = Your password was changed
mail-password-changed-before =
    The password of the { $product } account { $to } was changed at { $at }.
    All other sessions of the account have ended.
mail-password-changed-action = Look at your account
mail-password-changed-after = If it was not you, somebody else knows your password: tell the administrator of this service at once, and change it wherever else you use it.

mail-password-set-subject = A password was set
mail-password-set-before =
    A password was set for the { $product } account { $to } at { $at }. It had none before.
    All other sessions of the account have ended.
mail-password-set-action = Look at your account
mail-password-set-after = If it was not you, somebody else can use your account: open it, sign out everywhere, and tell the administrator of this service at once.

mail-account-deleted-subject = Your account was deleted
mail-account-deleted-before =
    The { $product } account { $to } was deleted at { $at } by somebody who was signed in to it.
    Every way to sign in has ended, its agents have stopped, and what was known of you is erased. This is the last mail about it.
mail-account-deleted-after = If it was not you, tell the administrator of this service at once.

mail-reset-password-subject = Choose a new password
mail-reset-password-before = Somebody, most likely you, asked to choose a new password for the { $product } account { $to }.
mail-reset-password-action = Choose a new password
mail-reset-password-after =
    The link works once, for { $time }. A newer mail replaces it.
    If it was not you, do nothing: your password stays as it is.

mail-enrolment-link-subject = A link to your account was made
mail-enrolment-link-before =
    An administrator made a link at { $at } with which the password of the { $product } account { $to } can be set once.
    Whoever helps you gives it to you. It is not in this mail.
mail-enrolment-link-action = Look at your account
mail-enrolment-link-after = If you did not ask for help, tell the administrator of this service at once.

mail-device-approved-subject = A device was let into your account
mail-device-approved-before = { $client } was let into the { $product } account { $to } at { $at }.
mail-device-approved-action = Look at your account
mail-device-approved-after = If you did not start this on a device of your own, somebody has tricked you: tell the administrator of this service at once.

mail-identity-linked-subject = A new way to sign in was added
mail-identity-linked-before = Since { $at } { $client } opens the { $product } account { $to }.
mail-identity-linked-action = Look at your account
mail-identity-linked-after = If it was not you, take it away on your account page and change your password.

mail-identity-unlinked-subject = A way to sign in was removed
mail-identity-unlinked-before =
    Since { $at } { $client } does not open the { $product } account { $to } any more.
    All other sessions of the account have ended.
mail-identity-unlinked-action = Look at your account
mail-identity-unlinked-after = If it was not you, somebody else is signed in to your account: change your password at once.

mail-password-breached-subject = Choose another password
mail-password-breached-before =
    The password of the { $product } account { $to } stands in a list of passwords that were stolen elsewhere.
    Nobody broke into your account with it as far as we know, but attackers try such passwords first. Choose another one.
mail-password-breached-action = Change the password
mail-password-breached-after = If you use the same password anywhere else, change it there as well.

mail-approval-required-subject = An agent asks for your approval
mail-approval-required-before = An agent that the { $product } account { $to } answers for wants to do something that a person must approve first.
mail-approval-required-action = Look at what it asks for
mail-approval-required-after =
    You can decide for { $time }; after that the answer is no.
    Approve only what you expect. Without your answer nothing is done.

mail-new-admin-subject = You are an administrator now
mail-new-admin-before = The { $product } account { $to } has been made an administrator.
mail-new-admin-action = Open the console
mail-new-admin-after = If you did not expect this, tell whoever runs this service.

mail-magic-link-subject = Your sign-in link
mail-magic-link-before = Somebody, most likely you, wants to sign in at { $product } with { $to }.
mail-magic-link-action = Sign in
mail-magic-link-after =
    Link and code work once, for { $time }. Give the code to nobody: we never ask for it.
    If it was not you, do nothing: without this mail nobody can sign in.

mail-email-otp-subject = Your sign-in code
mail-email-otp-before =
    Somebody, most likely you, wants to sign in at { $product } with { $to }.
    Type this code where you began:
mail-email-otp-after =
    The code works once, for { $time }. Give it to nobody: we never ask for it.
    If it was not you, do nothing: without the code nobody can sign in.

mail-unproven-dropped-subject = Your address is confirmed, and your account is yours alone
mail-unproven-dropped-before =
    You signed in at { $product } with a mail to { $to }. Until then nobody had shown that this address is theirs.
    To be sure that nobody else set up the account, its password and everything else it could be entered with were taken away, and all other sessions have ended.
mail-unproven-dropped-action = Look at your account
mail-unproven-dropped-after = You can choose a new password or add a passkey there.

mail-email-change-subject = Confirm your new e-mail address
mail-email-change-before = Somebody, most likely you, wants to use { $to } for their { $product } account. Open this while you are signed in:
mail-email-change-action = Use this address
mail-email-change-after =
    The link works once, for { $time }.
    If it was not you, do nothing: without the link nothing changes.

mail-email-change-requested-subject = Another e-mail address was asked for
mail-email-change-requested-before = At { $at } somebody, most likely you, asked for the { $product } account { $to } to have another e-mail address. Nothing has changed yet.
mail-email-change-requested-action = Look at your account
mail-email-change-requested-after = If it was not you, somebody else is signed in to your account: sign out everywhere and change your password at once.

mail-email-changed-subject = Your e-mail address was changed
mail-email-changed-before =
    The { $product } account that had the address { $to } has another one since { $at }.
    All other sessions of the account have ended. This is the last mail about it to this address.
mail-email-changed-action = Sign in
mail-email-changed-after = If it was not you, tell the administrator of this service at once.

mail-phone-changed-subject = Your telephone number was changed
mail-phone-changed-before = The telephone number of the { $product } account { $to } was changed at { $at }.
mail-phone-changed-action = Look at your account
mail-phone-changed-after = If it was not you, sign out everywhere and change your password at once.

mail-phone-removed-subject = Your telephone number was removed
mail-phone-removed-before = The telephone number of the { $product } account { $to } was removed at { $at }.
mail-phone-removed-action = Look at your account
mail-phone-removed-after = If it was not you, sign out everywhere and change your password at once.

mail-test-subject = A mail to try the settings
mail-test-before = An administrator of { $product } sent this mail to { $to } to see whether mail arrives. It does.
mail-test-action = Open the console
mail-test-after = There is nothing to do.

# Text messages. A browser reads the code from a last line that is added to these.

sms-code = { $code } is your { $product } code. It works once, for { $time }. Give it to nobody.
sms-phone-removed = This number no longer belongs to a { $product } account. If it was not you, tell the administrator of that service.
sms-test = An administrator of { $product } sent this to see whether text messages arrive. They do.

mail-totp-enabled-subject = Two-step verification is on
mail-totp-enabled-before =
    An authenticator app was set up for the { $product } account { $to } at { $at }: from now on, signing in takes a code of it.
    All other sessions have ended.
mail-totp-enabled-action = Look at your account
mail-totp-enabled-after = If it was not you, somebody else can use your account: open it, sign out everywhere, and tell the administrator of this service at once.

mail-totp-disabled-subject = Two-step verification is off
mail-totp-disabled-before =
    The authenticator app and the backup codes of the { $product } account { $to } were removed at { $at }: signing in takes one step only.
    All other sessions have ended.
mail-totp-disabled-action = Look at your account
mail-totp-disabled-after = If it was not you, somebody else can use your account: open it, sign out everywhere, and tell the administrator of this service at once.

mail-backup-codes-created-subject = You have new backup codes
mail-backup-codes-created-before = Backup codes were made for the { $product } account { $to } at { $at }. The ones before are worth nothing now.
mail-backup-codes-created-action = Look at your account
mail-backup-codes-created-after = If it was not you, somebody else can use your account: open it, sign out everywhere, and tell the administrator of this service at once.

mail-backup-code-used-subject = A backup code was used
mail-backup-code-used-before = Somebody signed in to the { $product } account { $to } with a backup code at { $at }. That code is worth nothing now.
mail-backup-code-used-action = Look at your account
mail-backup-code-used-after = If it was not you, somebody else can use your account: open it, sign out everywhere, and tell the administrator of this service at once.

mail-passkey-added-subject = A passkey was added
mail-passkey-added-before = A passkey was added to the { $product } account { $to } at { $at }. One can sign in with it from now on.
mail-passkey-added-action = Look at your account
mail-passkey-added-after = If it was not you, somebody else can use your account: open it, sign out everywhere, and tell the administrator of this service at once.

mail-passkey-removed-subject = A passkey was removed
mail-passkey-removed-before =
    A passkey of the { $product } account { $to } was removed at { $at }.
    All other sessions have ended.
mail-passkey-removed-action = Look at your account
mail-passkey-removed-after = If it was not you, somebody else can use your account: open it, sign out everywhere, and tell the administrator of this service at once.
