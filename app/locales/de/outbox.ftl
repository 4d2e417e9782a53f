outbox-title = Postausgang
outbox-heading = Postausgang für die Entwicklung
outbox-warning = Es ist kein Mailserver eingerichtet, deshalb enden Nachrichten hier. Nur dieser Rechner kann diese Seite öffnen.
outbox-empty = Noch keine Nachricht
outbox-empty-hint = Legen Sie ein Konto an oder fordern Sie eine Bestätigungsmail an, dann erscheint sie hier.
outbox-to = An { $address }
outbox-code = Code
