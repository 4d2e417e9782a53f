### What pages say about what went well and what did not.

## What went well

notice-verification-sent = We have sent you a mail with a link. It is valid for a short time.
notice-email-verified = Your e-mail address is verified.
notice-welcome = Your account is ready. We have sent you a mail to verify your address.
notice-set-up-done = You are the first administrator. Create your first agent next.
notice-profile-saved = Your profile is saved.
notice-password-changed = Your password is changed. Other sessions were signed out.
notice-password-set = Your password is set.
notice-account-deleted = Your account is deleted.
notice-session-ended = That session is signed out.
notice-other-sessions-ended = All other sessions are signed out.
notice-signed-out = You are signed out.

## What did not, by its code

error-invalid-request = The form could not be read. Please try again.
error-validation-failed = Please check the field that is marked.
error-not-supported = That is not supported here yet.
error-unauthenticated = Please sign in to go on.
error-invalid-credentials = The e-mail address, user name or password is not right.
error-mfa-required = Please finish signing in with your second factor first.
error-code-invalid = That code is not right, or has expired.
error-method-disabled = This way of signing in is switched off here.
error-forbidden = Your account may not do that.
error-reauthentication-required = Please confirm your password to go on.
error-origin-mismatch = The request came from another site, so nothing was done.
error-not-found = There is nothing here, or nothing you may see.
error-method-not-allowed = That is not possible here.
error-conflict = That is not possible in the present state. Reload the page and look again.
error-idempotency-conflict = This was sent before with other contents.
error-link-invalid = This link was used already or has expired. Ask for a new one.
error-payload-too-large = That is more than we can take at once. Please shorten it.
error-unsupported-media-type = The form arrived in a format we do not read.
error-password-too-short = The password is too short.
error-password-too-long = The password is too long. Use at most 1,024 characters.
error-password-breached = This password is known from a data breach. Please choose another.
error-password-contextual = The password must not contain your name, your address or the name of this service.
error-rate-limited = Too many tries. Please wait a moment.
error-slow-down = That was asked again too soon. Please wait a few seconds.
error-internal = Something went wrong on our side. Please try again.
error-unavailable = The service did not answer in time. Please look whether it was done before you try again.
error-unknown = That did not work. Please try again.
wrong-password = That is not your password.
retry-after-seconds =
    { $seconds ->
        [one] Too many tries. Try again in { $seconds } second.
       *[other] Too many tries. Try again in { $seconds } seconds.
    }
retry-after-minutes =
    { $minutes ->
        [one] Too many tries. Try again in { $minutes } minute.
       *[other] Too many tries. Try again in { $minutes } minutes.
    }

## What is wrong at a field, by its name

field-identifier = Enter the e-mail address or user name of your account.
field-email = Enter an e-mail address, like name@example.com.
field-name = Enter a name of 1 to 100 characters.
field-password = Enter a password.
field-account = Type it exactly as it is shown below the field.
field-other = This value is not valid.
