notice-verification-sent = Nous vous avons envoyé un e-mail avec un lien. Il est valable peu de temps.
notice-email-verified = Votre adresse e-mail est vérifiée.
notice-welcome = Votre compte est prêt. Nous vous avons envoyé un e-mail pour vérifier votre adresse.
notice-set-up-done = Le premier compte d’administration existe, et c’est le vôtre. Créez maintenant votre premier agent.
notice-profile-saved = Votre profil est enregistré.
notice-password-changed = Votre mot de passe est modifié. Les autres sessions ont été fermées.
notice-password-set = Votre mot de passe est défini.
notice-account-deleted = Votre compte est supprimé.
notice-session-ended = Cette session est fermée.
notice-other-sessions-ended = Toutes les autres sessions sont fermées.
notice-signed-out = Vous êtes déconnecté.
error-invalid-request = Le formulaire n’a pas pu être lu. Veuillez réessayer.
error-validation-failed = Veuillez vérifier le champ signalé.
error-not-supported = Ce n’est pas encore pris en charge ici.
error-unauthenticated = Veuillez vous connecter pour continuer.
error-invalid-credentials = L’adresse e-mail, le nom d’utilisateur ou le mot de passe est incorrect.
error-mfa-required = Veuillez d’abord terminer la connexion avec la deuxième étape.
error-code-invalid = Ce code est incorrect ou a expiré.
error-method-disabled = Cette façon de se connecter est désactivée ici.
error-forbidden = Votre compte n’y est pas autorisé.
error-reauthentication-required = Veuillez confirmer votre mot de passe pour continuer.
error-origin-mismatch = La demande venait d’un autre site, donc rien n’a été fait.
error-not-found = Il n’y a rien ici, ou rien que vous puissiez voir.
error-method-not-allowed = Ce n’est pas possible ici.
error-conflict = Ce n’est pas possible dans l’état actuel. Rechargez la page et regardez à nouveau.
error-idempotency-conflict = Cela a déjà été envoyé avec un autre contenu.
error-link-invalid = Ce lien a déjà été utilisé ou a expiré. Demandez-en un nouveau.
error-payload-too-large = C’est plus que ce que nous pouvons recevoir en une fois. Veuillez raccourcir.
error-unsupported-media-type = Le formulaire est arrivé dans un format que nous ne lisons pas.
error-password-too-short = Le mot de passe est trop court.
error-password-too-long = Le mot de passe est trop long. Utilisez au plus 1 024 caractères.
error-password-breached = Ce mot de passe est connu d’une fuite de données. Veuillez en choisir un autre.
error-password-contextual = Le mot de passe ne doit contenir ni votre nom, ni votre adresse, ni le nom de ce service.
error-rate-limited = Trop d’essais. Veuillez patienter un instant.
error-slow-down = La demande a été répétée trop tôt. Veuillez patienter quelques secondes.
error-internal = Une erreur s’est produite de notre côté. Veuillez réessayer.
error-unavailable = Le service n’a pas répondu à temps. Vérifiez si l’opération a eu lieu avant de réessayer.
error-unknown = Cela n’a pas fonctionné. Veuillez réessayer.
wrong-password = Ce n’est pas votre mot de passe.
retry-after-seconds =
    { $seconds ->
        [one] Trop d’essais. Réessayez dans { $seconds } seconde.
       *[other] Trop d’essais. Réessayez dans { $seconds } secondes.
    }
retry-after-minutes =
    { $minutes ->
        [one] Trop d’essais. Réessayez dans { $minutes } minute.
       *[other] Trop d’essais. Réessayez dans { $minutes } minutes.
    }
field-identifier = Saisissez l’adresse e-mail ou le nom d’utilisateur de votre compte.
field-email = Saisissez une adresse e-mail, comme nom@example.com.
field-name = Saisissez un nom de 1 à 100 caractères.
field-password = Saisissez un mot de passe.
field-account = Saisissez-le exactement comme il est affiché sous le champ.
field-other = Cette valeur n’est pas valide.
