sign-in-title = Sign in
sign-in-email = E-mail address
sign-in-continue = Continue
sign-in-new-here = New here?
sign-in-create-account = Create an account
sign-in-enter-password = Enter your password
sign-in-password = Password
sign-in-another-address = Use another address
