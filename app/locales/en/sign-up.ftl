### Making an account, and setting up an instance.

sign-up-title = Create account
sign-up-heading = Create your account
sign-up-name = Name
sign-up-email = E-mail address
sign-up-password = Password
sign-up-submit = Create account
sign-up-have-account = Have an account?
sign-up-with-username = Sign up with a user name
sign-up-with-passkey = Sign up with a passkey
sign-up-closed = No way of making an account is switched on here. Ask an administrator.

set-up-title = Set up
set-up-heading = Welcome to { $brand }
set-up-hint = Make the first administrator. This page closes itself afterwards.
set-up-name = Your name
set-up-submit = Create administrator
set-up-without-link = Open the set-up link
set-up-without-link-text = There is no administrator yet. The link that makes the first one was printed where the server was started. It works once; restart the server for a new one.
set-up-command = No terminal at hand? This command does the same:
set-up-done = Set-up is done
set-up-done-text = This instance has an administrator, so this page is closed.
