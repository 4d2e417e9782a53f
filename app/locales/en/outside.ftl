### Signing in with what others run: providers, wallets; and showing that one is a person.

error-proof-invalid = That sign-in could not be verified. Please start again.
error-captcha-required = Please show first that you are not a program.
error-captcha-failed = The check that you are not a program has failed. Please try again.
error-identity-conflict = An account with this address exists already. Sign in the way you did before, then link the other on your account page.

captcha-working = Checking your browser. This takes a moment.
captcha-theirs = Show that you are not a program.
captcha-done = Your browser is checked.
captcha-no-script = This check needs JavaScript. Switch it on for this page, or sign in another way.

wallet-title = Sign in with a wallet
wallet-explain = Your wallet will show you a message to sign. Signing costs nothing and moves nothing.
wallet-plain-name = Browser wallet
wallet-none = No wallet was found in this browser. Install one, or sign in another way.
wallet-no-script = A wallet is a program in your browser, so this page needs JavaScript. Switch it on, or sign in another way.
wallet-waiting = Look at your wallet: it asks for your signature.
wallet-checking = Checking the signature.
wallet-refused = You declined in your wallet. Nothing was done.
wallet-failed = The wallet did not sign. Please try again.
other-way = Sign in another way

social-title = Sign in with { $provider }
social-go = Continue with { $provider }
social-on-your-way = You are on your way to { $provider }.
