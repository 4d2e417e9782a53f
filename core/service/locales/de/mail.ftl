mail-time = { $unit ->
    [hour] { $count ->
        [one] eine Stunde
        *[other] { $count } Stunden
    }
   *[minute] { $count ->
        [one] eine Minute
        *[other] { $count } Minuten
    }
}
mail-or-open = Oder öffnen Sie diese Adresse:
mail-or-type = Oder geben Sie dort, wo Sie begonnen haben, diesen Code ein:
mail-code = Code
mail-verify-email-subject = Bestätigen Sie Ihre E-Mail-Adresse
mail-verify-email-before = Jemand, höchstwahrscheinlich Sie, hat { $to } bei { $product } als E-Mail-Adresse angegeben. Gehört sie Ihnen?
mail-verify-email-action = Diese Adresse bestätigen
mail-verify-email-after =
    Der Link gilt einmal, { $time } lang.
    Waren Sie es nicht, tun Sie nichts: Ohne den Link wird die Adresse nicht bestätigt.
mail-sign-up-existing-subject = Sie haben schon ein Konto
mail-sign-up-existing-before =
    Jemand, höchstwahrscheinlich Sie, wollte sich bei { $product } mit { $to } registrieren.
    Es gibt schon ein Konto mit dieser Adresse, deshalb wurde nichts geändert. Melden Sie sich wie bisher an.
mail-sign-up-existing-action = Anmelden
mail-sign-up-existing-after = Waren Sie es nicht, ist nichts zu tun: Wer auch immer es war, hat nichts über Ihr Konto erfahren.
mail-password-changed-subject = Ihr Passwort wurde geändert
mail-password-changed-before =
    Das Passwort des Kontos { $to } bei { $product } wurde am { $at } geändert.
    Alle anderen Sitzungen des Kontos sind beendet.
mail-password-changed-action = Konto ansehen
mail-password-changed-after = Waren Sie es nicht, kennt jemand anderes Ihr Passwort: Sagen Sie sofort der Administration dieses Dienstes Bescheid, und ändern Sie es überall, wo Sie es sonst verwenden.
mail-password-set-subject = Ein Passwort wurde festgelegt
mail-password-set-before =
    Für das Konto { $to } bei { $product } wurde am { $at } ein Passwort festgelegt. Bisher hatte es keines.
    Alle anderen Sitzungen des Kontos sind beendet.
mail-password-set-action = Konto ansehen
mail-password-set-after = Waren Sie es nicht, kann jemand anderes Ihr Konto benutzen: Öffnen Sie es, melden Sie sich überall ab, und sagen Sie sofort der Administration dieses Dienstes Bescheid.
mail-account-deleted-subject = Ihr Konto wurde gelöscht
mail-account-deleted-before =
    Das Konto { $to } bei { $product } wurde am { $at } von jemandem gelöscht, der darin angemeldet war.
    Niemand kann sich mehr damit anmelden, seine Agenten sind gestoppt, und was über Sie bekannt war, ist gelöscht. Dies ist die letzte E-Mail darüber.
mail-account-deleted-after = Waren Sie es nicht, sagen Sie sofort der Administration dieses Dienstes Bescheid.
mail-reset-password-subject = Wählen Sie ein neues Passwort
mail-reset-password-before = Jemand, höchstwahrscheinlich Sie, möchte für das Konto { $to } bei { $product } ein neues Passwort wählen.
mail-reset-password-action = Neues Passwort wählen
mail-reset-password-after =
    Der Link gilt einmal, { $time } lang. Eine neuere E-Mail ersetzt ihn.
    Waren Sie es nicht, tun Sie nichts: Ihr Passwort bleibt, wie es ist.
mail-enrolment-link-subject = Für Ihr Konto wurde ein Link erstellt
mail-enrolment-link-before =
    Die Administration hat am { $at } einen Link erstellt, mit dem das Passwort des Kontos { $to } bei { $product } einmal festgelegt werden kann.
    Wer Ihnen hilft, gibt ihn Ihnen. Er steht nicht in dieser E-Mail.
mail-enrolment-link-action = Konto ansehen
mail-enrolment-link-after = Haben Sie nicht um Hilfe gebeten, sagen Sie sofort der Administration dieses Dienstes Bescheid.
mail-device-approved-subject = Ein Gerät wurde in Ihr Konto eingelassen
mail-device-approved-before = { $client } wurde am { $at } in das Konto { $to } bei { $product } eingelassen.
mail-device-approved-action = Konto ansehen
mail-device-approved-after = Haben Sie das nicht auf einem eigenen Gerät begonnen, hat jemand Sie getäuscht: Sagen Sie sofort der Administration dieses Dienstes Bescheid.
mail-password-breached-subject = Wählen Sie ein anderes Passwort
mail-password-breached-before =
    Das Passwort des Kontos { $to } bei { $product } steht in einer Liste von Passwörtern, die anderswo gestohlen wurden.
    Soweit wir wissen, ist niemand damit in Ihr Konto eingebrochen, aber Angreifer probieren solche Passwörter zuerst. Wählen Sie ein anderes.
mail-password-breached-action = Passwort ändern
mail-password-breached-after = Verwenden Sie dasselbe Passwort auch anderswo, ändern Sie es dort ebenfalls.
mail-approval-required-subject = Ein Agent bittet um Ihre Genehmigung
mail-approval-required-before = Ein Agent, für den das Konto { $to } bei { $product } einsteht, möchte etwas tun, das zuerst ein Mensch genehmigen muss.
mail-approval-required-action = Ansehen, worum er bittet
mail-approval-required-after =
    Sie können { $time } lang entscheiden; danach ist die Antwort Nein.
    Genehmigen Sie nur, was Sie erwarten. Ohne Ihre Antwort geschieht nichts.
mail-new-admin-subject = Sie gehören jetzt zur Administration
mail-new-admin-before = Das Konto { $to } bei { $product } hat jetzt Administrationsrechte.
mail-new-admin-action = Konsole öffnen
mail-new-admin-after = Haben Sie das nicht erwartet, sagen Sie es dem Betreiber dieses Dienstes.
mail-magic-link-subject = Ihr Link zum Anmelden
mail-magic-link-before = Jemand, höchstwahrscheinlich Sie, möchte sich bei { $product } mit { $to } anmelden.
mail-magic-link-action = Anmelden
mail-magic-link-after =
    Link und Code gelten einmal, { $time } lang. Geben Sie den Code niemandem: Wir fragen nie danach.
    Waren Sie es nicht, tun Sie nichts: Ohne diese E-Mail kann sich niemand anmelden.
mail-email-otp-subject = Ihr Code zum Anmelden
mail-email-otp-before =
    Jemand, höchstwahrscheinlich Sie, möchte sich bei { $product } mit { $to } anmelden.
    Geben Sie diesen Code dort ein, wo Sie begonnen haben:
mail-email-otp-after =
    Der Code gilt einmal, { $time } lang. Geben Sie ihn niemandem: Wir fragen nie danach.
    Waren Sie es nicht, tun Sie nichts: Ohne den Code kann sich niemand anmelden.
mail-unproven-dropped-subject = Ihre Adresse ist bestätigt, und Ihr Konto gehört nur Ihnen
mail-unproven-dropped-before =
    Sie haben sich bei { $product } mit einer E-Mail an { $to } angemeldet. Bis dahin hatte niemand gezeigt, dass diese Adresse die seine ist.
    Damit sicher ist, dass niemand sonst das Konto eingerichtet hat, wurden sein Passwort und alles andere, womit man hineinkam, entfernt, und alle anderen Sitzungen sind beendet.
mail-unproven-dropped-action = Konto ansehen
mail-unproven-dropped-after = Dort können Sie ein neues Passwort wählen oder einen Passkey hinzufügen.
mail-email-change-subject = Bestätigen Sie Ihre neue E-Mail-Adresse
mail-email-change-before = Jemand, höchstwahrscheinlich Sie, möchte { $to } für sein Konto bei { $product } verwenden. Öffnen Sie dies, während Sie angemeldet sind:
mail-email-change-action = Diese Adresse verwenden
mail-email-change-after =
    Der Link gilt einmal, { $time } lang.
    Waren Sie es nicht, tun Sie nichts: Ohne den Link ändert sich nichts.
mail-email-change-requested-subject = Eine andere E-Mail-Adresse wurde angefordert
mail-email-change-requested-before = Am { $at } hat jemand, höchstwahrscheinlich Sie, für das Konto { $to } bei { $product } eine andere E-Mail-Adresse angefordert. Noch hat sich nichts geändert.
mail-email-change-requested-action = Konto ansehen
mail-email-change-requested-after = Waren Sie es nicht, ist jemand anderes in Ihrem Konto angemeldet: Melden Sie sich überall ab und ändern Sie sofort Ihr Passwort.
mail-email-changed-subject = Ihre E-Mail-Adresse wurde geändert
mail-email-changed-before =
    Das Konto bei { $product }, das die Adresse { $to } hatte, hat seit { $at } eine andere.
    Alle anderen Sitzungen des Kontos sind beendet. Dies ist die letzte E-Mail darüber an diese Adresse.
mail-email-changed-action = Anmelden
mail-email-changed-after = Waren Sie es nicht, sagen Sie sofort der Administration dieses Dienstes Bescheid.
mail-phone-changed-subject = Ihre Telefonnummer wurde geändert
mail-phone-changed-before = Die Telefonnummer des Kontos { $to } bei { $product } wurde am { $at } geändert.
mail-phone-changed-action = Konto ansehen
mail-phone-changed-after = Waren Sie es nicht, melden Sie sich überall ab und ändern Sie sofort Ihr Passwort.
mail-phone-removed-subject = Ihre Telefonnummer wurde entfernt
mail-phone-removed-before = Die Telefonnummer des Kontos { $to } bei { $product } wurde am { $at } entfernt.
mail-phone-removed-action = Konto ansehen
mail-phone-removed-after = Waren Sie es nicht, melden Sie sich überall ab und ändern Sie sofort Ihr Passwort.
mail-test-subject = Eine E-Mail, um die Einstellungen zu prüfen
mail-test-before = Die Administration von { $product } hat diese E-Mail an { $to } gesendet, um zu sehen, ob E-Mails ankommen. Das tun sie.
mail-test-action = Konsole öffnen
mail-test-after = Es ist nichts zu tun.
sms-code = { $code } ist Ihr Code für { $product }. Er gilt einmal, { $time } lang. Geben Sie ihn niemandem.
sms-phone-removed = Diese Nummer gehört nicht mehr zu einem Konto bei { $product }. Waren Sie es nicht, sagen Sie der Administration dieses Dienstes Bescheid.
sms-test = Die Administration von { $product } hat dies gesendet, um zu sehen, ob SMS ankommen. Das tun sie.
mail-totp-enabled-subject = Die Anmeldung in zwei Schritten ist an
mail-totp-enabled-before =
    Für das Konto { $to } bei { $product } wurde am { $at } eine Authenticator-App eingerichtet: Von jetzt an braucht die Anmeldung einen Code davon.
    Alle anderen Sitzungen sind beendet.
mail-totp-enabled-action = Konto ansehen
mail-totp-enabled-after = Waren Sie es nicht, kann jemand anderes Ihr Konto benutzen: Öffnen Sie es, melden Sie sich überall ab, und sagen Sie sofort der Administration dieses Dienstes Bescheid.
mail-totp-disabled-subject = Die Anmeldung in zwei Schritten ist aus
mail-totp-disabled-before =
    Authenticator-App und Ersatzcodes des Kontos { $to } bei { $product } wurden am { $at } entfernt: Die Anmeldung braucht nur noch einen Schritt.
    Alle anderen Sitzungen sind beendet.
mail-totp-disabled-action = Konto ansehen
mail-totp-disabled-after = Waren Sie es nicht, kann jemand anderes Ihr Konto benutzen: Öffnen Sie es, melden Sie sich überall ab, und sagen Sie sofort der Administration dieses Dienstes Bescheid.
mail-backup-codes-created-subject = Sie haben neue Ersatzcodes
mail-backup-codes-created-before = Für das Konto { $to } bei { $product } wurden am { $at } Ersatzcodes erstellt. Die früheren gelten nicht mehr.
mail-backup-codes-created-action = Konto ansehen
mail-backup-codes-created-after = Waren Sie es nicht, kann jemand anderes Ihr Konto benutzen: Öffnen Sie es, melden Sie sich überall ab, und sagen Sie sofort der Administration dieses Dienstes Bescheid.
mail-backup-code-used-subject = Ein Ersatzcode wurde benutzt
mail-backup-code-used-before = Jemand hat sich am { $at } mit einem Ersatzcode beim Konto { $to } von { $product } angemeldet. Dieser Code gilt nicht mehr.
mail-backup-code-used-action = Konto ansehen
mail-backup-code-used-after = Waren Sie es nicht, kann jemand anderes Ihr Konto benutzen: Öffnen Sie es, melden Sie sich überall ab, und sagen Sie sofort der Administration dieses Dienstes Bescheid.
mail-passkey-added-subject = Ein Passkey wurde hinzugefügt
mail-passkey-added-before = Zum Konto { $to } bei { $product } wurde am { $at } ein Passkey hinzugefügt. Von jetzt an kann man sich damit anmelden.
mail-passkey-added-action = Konto ansehen
mail-passkey-added-after = Waren Sie es nicht, kann jemand anderes Ihr Konto benutzen: Öffnen Sie es, melden Sie sich überall ab, und sagen Sie sofort der Administration dieses Dienstes Bescheid.
mail-passkey-removed-subject = Ein Passkey wurde entfernt
mail-passkey-removed-before =
    Ein Passkey des Kontos { $to } bei { $product } wurde am { $at } entfernt.
    Alle anderen Sitzungen sind beendet.
mail-passkey-removed-action = Konto ansehen
mail-passkey-removed-after = Waren Sie es nicht, kann jemand anderes Ihr Konto benutzen: Öffnen Sie es, melden Sie sich überall ab, und sagen Sie sofort der Administration dieses Dienstes Bescheid.
mail-identity-linked-subject = Eine neue Art der Anmeldung wurde hinzugefügt
mail-identity-linked-before = Seit { $at } öffnet { $client } das Konto { $to } bei { $product }.
mail-identity-linked-action = Konto ansehen
mail-identity-linked-after = Waren Sie es nicht, nehmen Sie sie auf Ihrer Kontoseite weg und ändern Sie Ihr Passwort.
mail-identity-unlinked-subject = Eine Art der Anmeldung wurde entfernt
mail-identity-unlinked-before =
    Seit { $at } öffnet { $client } das Konto { $to } bei { $product } nicht mehr.
    Alle anderen Sitzungen des Kontos sind beendet.
mail-identity-unlinked-action = Konto ansehen
mail-identity-unlinked-after = Waren Sie es nicht, ist jemand anderes in Ihrem Konto angemeldet: Ändern Sie sofort Ihr Passwort.
