### Messages that were not sent, for development.

outbox-title = Outbox
outbox-heading = Development outbox
outbox-warning = No mail server is configured, so mails end here. Only this machine can open this page.
outbox-empty = No mail yet
outbox-empty-hint = Sign up, or ask for a verification mail, and it appears here.
outbox-to = To { $address }
outbox-code = Code
