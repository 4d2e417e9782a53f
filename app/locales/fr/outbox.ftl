outbox-title = Boîte d’envoi
outbox-heading = Boîte d’envoi de développement
outbox-warning = Aucun serveur de messagerie n’est configuré, les messages s’arrêtent donc ici. Seule cette machine peut ouvrir cette page.
outbox-empty = Aucun message pour l’instant
outbox-empty-hint = Créez un compte ou demandez un e-mail de vérification, et il apparaîtra ici.
outbox-to = À { $address }
outbox-code = Code
