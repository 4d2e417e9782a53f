### Signing in.

sign-in-title = Sign in
sign-in-email = E-mail address
sign-in-username = User name
sign-in-identifier = E-mail address or user name
sign-in-continue = Continue
sign-in-new-here = New here?
sign-in-create-account = Create an account
sign-in-enter-password = Enter your password
sign-in-choose-way = Choose how to sign in
sign-in-password = Password
sign-in-forgot = Forgot your password?
sign-in-another-account = Use another account

## Several people, or one person several times, in one browser

sign-in-choose = Choose an account
sign-in-forget = Forget { $account }

## Other ways

sign-in-by-code = Send me a code by e-mail
sign-in-by-link = Send me a link by e-mail
sign-in-by-passkey = Sign in with a passkey
sign-in-by-phone = Sign in with a phone number
sign-in-by-wallet = Sign in with an Ethereum wallet
sign-in-with = Sign in with { $provider }
sign-in-as-guest = Continue as a guest
