### The link in a verification mail.

verify-title = Verify your address
verify-text = Press the button to confirm that our mail reached you at your own address.
verify-submit = Verify address
verify-go-to-account = Go to your account
verify-already = Your address is verified
verify-already-text = This link was used before or has expired, and there is nothing left to do: { $email } is yours.
verify-failed = This link no longer works
verify-another = A link works once, and a newer mail replaces the ones before it. We can send another to { $email }.
verify-another-submit = Send another mail
verify-another-sign-in = A link works once, and a newer mail replaces the ones before it. If your address is not verified yet, sign in: your account page sends you another mail.
verify-open-mail = Open the link in the mail we sent you. You can ask for a new one on your account page.
