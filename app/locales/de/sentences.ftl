notice-verification-sent = Wir haben Ihnen eine E-Mail mit einem Link geschickt. Er gilt nur kurze Zeit.
notice-email-verified = Ihre E-Mail-Adresse ist bestätigt.
notice-welcome = Ihr Konto ist bereit. Wir haben Ihnen eine E-Mail geschickt, um Ihre Adresse zu bestätigen.
notice-set-up-done = Sie sind die erste Administratorin oder der erste Administrator. Legen Sie als Nächstes Ihren ersten Agenten an.
notice-profile-saved = Ihr Profil ist gespeichert.
notice-password-changed = Ihr Passwort ist geändert. Andere Sitzungen wurden abgemeldet.
notice-password-set = Ihr Passwort ist festgelegt.
notice-account-deleted = Ihr Konto ist gelöscht.
notice-session-ended = Diese Sitzung ist abgemeldet.
notice-other-sessions-ended = Alle anderen Sitzungen sind abgemeldet.
notice-signed-out = Sie sind abgemeldet.
error-invalid-request = Das Formular konnte nicht gelesen werden. Bitte versuchen Sie es noch einmal.
error-validation-failed = Bitte prüfen Sie das markierte Feld.
error-not-supported = Das wird hier noch nicht unterstützt.
error-unauthenticated = Bitte melden Sie sich an, um fortzufahren.
error-invalid-credentials = E-Mail-Adresse, Benutzername oder Passwort stimmt nicht.
error-mfa-required = Bitte schließen Sie zuerst die Anmeldung mit dem zweiten Schritt ab.
error-code-invalid = Der Code stimmt nicht oder ist abgelaufen.
error-method-disabled = Diese Art der Anmeldung ist hier ausgeschaltet.
error-forbidden = Ihr Konto darf das nicht.
error-reauthentication-required = Bitte bestätigen Sie Ihr Passwort, um fortzufahren.
error-origin-mismatch = Die Anfrage kam von einer anderen Website, deshalb wurde nichts getan.
error-not-found = Hier ist nichts, oder nichts, das Sie sehen dürfen.
error-method-not-allowed = Das ist hier nicht möglich.
error-conflict = Das ist im jetzigen Zustand nicht möglich. Laden Sie die Seite neu und sehen Sie noch einmal nach.
error-idempotency-conflict = Das wurde schon einmal mit anderem Inhalt gesendet.
error-link-invalid = Dieser Link wurde schon benutzt oder ist abgelaufen. Fordern Sie einen neuen an.
error-payload-too-large = Das ist mehr, als wir auf einmal annehmen können. Bitte kürzen Sie es.
error-unsupported-media-type = Das Formular kam in einem Format an, das wir nicht lesen.
error-password-too-short = Das Passwort ist zu kurz.
error-password-too-long = Das Passwort ist zu lang. Verwenden Sie höchstens 1.024 Zeichen.
error-password-breached = Dieses Passwort ist aus einem Datenleck bekannt. Bitte wählen Sie ein anderes.
error-password-contextual = Das Passwort darf weder Ihren Namen noch Ihre Adresse noch den Namen dieses Dienstes enthalten.
error-rate-limited = Zu viele Versuche. Bitte warten Sie einen Moment.
error-slow-down = Das wurde zu schnell wieder angefragt. Bitte warten Sie ein paar Sekunden.
error-internal = Bei uns ist etwas schiefgegangen. Bitte versuchen Sie es noch einmal.
error-unavailable = Der Dienst hat nicht rechtzeitig geantwortet. Bitte sehen Sie nach, ob es geschehen ist, bevor Sie es noch einmal versuchen.
error-unknown = Das hat nicht geklappt. Bitte versuchen Sie es noch einmal.
wrong-password = Das ist nicht Ihr Passwort.
retry-after-seconds =
    { $seconds ->
        [one] Zu viele Versuche. Versuchen Sie es in { $seconds } Sekunde noch einmal.
       *[other] Zu viele Versuche. Versuchen Sie es in { $seconds } Sekunden noch einmal.
    }
retry-after-minutes =
    { $minutes ->
        [one] Zu viele Versuche. Versuchen Sie es in { $minutes } Minute noch einmal.
       *[other] Zu viele Versuche. Versuchen Sie es in { $minutes } Minuten noch einmal.
    }
field-identifier = Geben Sie die E-Mail-Adresse oder den Benutzernamen Ihres Kontos ein.
field-email = Geben Sie eine E-Mail-Adresse ein, zum Beispiel name@example.com.
field-name = Geben Sie einen Namen mit 1 bis 100 Zeichen ein.
field-password = Geben Sie ein Passwort ein.
field-account = Geben Sie es genau so ein, wie es unter dem Feld steht.
field-other = Dieser Wert ist nicht gültig.
