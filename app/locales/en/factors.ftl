### Passkeys, the second step of a sign-in, and proving again who one is.

error-passkey-unknown = This passkey is not known here any more.
error-passkey-invalid = The passkey was not accepted. Please try again.
error-passkey-required = This takes a passkey. Use the button “Approve with a passkey”.
error-last-way-in = This is the only way into your account, so it was not removed. Add another passkey or verify an e-mail address first.

## Passkeys

passkey-sign-in = Sign in with a passkey
passkey-cancelled = Nothing was done: the passkey was not used. Try again, or choose another way.
passkey-unknown = This passkey is not known here any more. Choose another, or sign in another way.
passkey-known = This device has a passkey for this account already.
passkey-limited = Too many tries. Please wait a moment.
passkey-check = Please check what you typed.
passkey-stale = That is not possible any more. Reload the page and look again.
passkey-invalid = The passkey was not accepted. Please try again.
passkey-failed = That did not work. Please try again, or choose another way.
passkey-no-script = Passkeys need JavaScript and a browser that knows them.

passkey-sign-up-title = Create your account with a passkey
passkey-sign-up-hint = No password: you confirm with your fingerprint, your face or the PIN of your device.
passkey-sign-up-name = Name
passkey-sign-up-email = E-mail address
passkey-sign-up-email-hint = Not needed. With it you can be reached, and get back in when the passkey is lost.
passkey-sign-up-button = Create account with a passkey
passkey-sign-up-password = Use a password instead
passkey-sign-up-have-account = Have an account?
passkey-sign-up-sign-in = Sign in

passkeys-title = Passkeys
passkeys-hint = Sign in with your fingerprint, your face or the PIN of a device. Nothing to remember, nothing to steal.
passkeys-none = You have no passkey yet
passkeys-none-hint = Add one to sign in without a password.
passkeys-one = One passkey can get lost with its device. Add a second one.
passkeys-name = Name
passkeys-name-hint = Something to tell it from others by, like “My laptop”.
passkeys-add = Add a passkey
passkeys-add-title = Add a passkey
passkeys-added = Added
passkeys-used = Last used
passkeys-never = Never used
passkeys-synced = Synchronised
passkeys-rename = Rename
passkeys-rename-of = Rename { $name }
passkeys-remove = Remove
passkeys-remove-of = Remove { $name }
passkeys-remove-hint = Other sessions are signed out. The passkey stays on its device until you remove it there.
passkeys-only-way = This passkey is the only way into your account, so it can not be removed. Add another passkey or verify an e-mail address first.
passkeys-renamed = The passkey has another name now.
passkeys-removed = The passkey is removed. Other sessions were signed out.

# Second step at sign-in
second-factor-title = One more step
second-factor-app = Enter the code your authenticator app shows.
second-factor-code = Code
second-factor-continue = Continue
second-factor-use-backup = Use a backup code
second-factor-backup = Enter one of the backup codes you stored. It works once.
second-factor-backup-code = Backup code
second-factor-use-app = Use the authenticator app
second-factor-passkey = Use a passkey
second-factor-cancel = Sign in as somebody else
second-factor-wrong = This code is not right, was used already, or has expired.

# Two-step verification
two-step-title = Two-step verification
two-step-hint = After the password, signing in takes a code that an app on your phone shows.
two-step-off = Two-step verification is off.
two-step-off-hint = Any authenticator app works. You need it at hand, and a place to store backup codes.
two-step-set-up = Set up an authenticator app
two-step-on-since = Two-step verification is on since
two-step-left = { $left ->
    [0] No backup codes left
    [one] { $left } backup code left
   *[other] { $left } backup codes left
}
two-step-codes-title = Backup codes
two-step-codes-hint = For when the app is lost. Each works once. New ones end the ones before.
two-step-codes-new = Make new backup codes
two-step-another = Set up another app
two-step-another-hint = The present app stays in force until the new one has shown a code.
two-step-remove-title = Switch off
two-step-remove-warning = Without it, your password alone lets anybody in who knows it. Backup codes end too, and other sessions are signed out.
two-step-remove = Switch off two-step verification
two-step-scan = 1. Scan this picture with your authenticator app
two-step-qr = QR code for the authenticator app
two-step-secret = Or type this secret into the app
two-step-confirm = 2. Enter the code the app shows
two-step-confirm-button = Switch on
two-step-cancel = Cancel
two-step-shown-title = Your backup codes
two-step-shown-warning = Store them now. They are shown only this once; each signs you in once when the app is lost.
two-step-shown-stored = I have stored them
two-step-shown-download = Download
two-step-shown-gone = Backup codes are shown once. If you did not store them, make new ones.
two-step-enabled = Two-step verification is on. Other sessions were signed out.
two-step-disabled = Two-step verification is off. Other sessions were signed out.

# Proving again
confirm-title = Confirm that it is you
confirm-hint = This step protects changes that matter. What you typed is kept.
confirm-passkey = Confirm with a passkey
confirm-password-label = Password
confirm-email = E-mail address
confirm-button = Confirm
confirm-cancel = Cancel
confirm-app = Or with a code of your authenticator app
confirm-app-only = Enter the code your authenticator app shows
confirm-code = Code
confirm-code-button = Confirm with the code
confirm-or = or
confirm-none = This account has nothing here to confirm with. Sign out and in again: right after signing in nothing has to be confirmed.
confirm-sign-out = Sign out
