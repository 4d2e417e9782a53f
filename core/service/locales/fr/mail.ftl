mail-time = { $unit ->
    [hour] { $count ->
        [one] une heure
        *[other] { $count } heures
    }
   *[minute] { $count ->
        [one] une minute
        *[other] { $count } minutes
    }
}
mail-or-open = Ou ouvrez cette adresse :
mail-or-type = Ou saisissez ce code là où vous avez commencé :
mail-code = Code
mail-verify-email-subject = Confirmez votre adresse e-mail
mail-verify-email-before = Quelqu’un, sans doute vous, a donné { $to } comme adresse e-mail chez { $product }. Est-ce la vôtre ?
mail-verify-email-action = Confirmer cette adresse
mail-verify-email-after =
    Le lien fonctionne une fois, pendant { $time }.
    Si ce n’était pas vous, ne faites rien : sans le lien, l’adresse n’est pas confirmée.
mail-sign-up-existing-subject = Vous avez déjà un compte
mail-sign-up-existing-before =
    Quelqu’un, sans doute vous, a voulu s’inscrire chez { $product } avec { $to }.
    Un compte existe déjà avec cette adresse, donc rien n’a changé. Connectez-vous comme avant.
mail-sign-up-existing-action = Se connecter
mail-sign-up-existing-after = Si ce n’était pas vous, il n’y a rien à faire : qui que ce soit n’a rien appris de votre compte.
mail-password-changed-subject = Votre mot de passe a été modifié
mail-password-changed-before =
    Le mot de passe du compte { $to } chez { $product } a été modifié le { $at }.
    Toutes les autres sessions du compte sont terminées.
mail-password-changed-action = Voir votre compte
mail-password-changed-after = Si ce n’était pas vous, quelqu’un d’autre connaît votre mot de passe : prévenez aussitôt l’administration de ce service et changez-le partout où vous l’utilisez.
mail-password-set-subject = Un mot de passe a été défini
mail-password-set-before =
    Un mot de passe a été défini pour le compte { $to } chez { $product } le { $at }. Il n’en avait pas jusque-là.
    Toutes les autres sessions du compte sont terminées.
mail-password-set-action = Voir votre compte
mail-password-set-after = Si ce n’était pas vous, quelqu’un d’autre peut utiliser votre compte : ouvrez-le, déconnectez-vous partout et prévenez aussitôt l’administration de ce service.
mail-account-deleted-subject = Votre compte a été supprimé
mail-account-deleted-before =
    Le compte { $to } chez { $product } a été supprimé le { $at } par quelqu’un qui y était connecté.
    Plus aucune connexion n’est possible, ses agents sont arrêtés et ce que l’on savait de vous est effacé. C’est le dernier e-mail à ce sujet.
mail-account-deleted-after = Si ce n’était pas vous, prévenez aussitôt l’administration de ce service.
mail-reset-password-subject = Choisissez un nouveau mot de passe
mail-reset-password-before = Quelqu’un, sans doute vous, a demandé à choisir un nouveau mot de passe pour le compte { $to } chez { $product }.
mail-reset-password-action = Choisir un nouveau mot de passe
mail-reset-password-after =
    Le lien fonctionne une fois, pendant { $time }. Un e-mail plus récent le remplace.
    Si ce n’était pas vous, ne faites rien : votre mot de passe reste tel quel.
mail-enrolment-link-subject = Un lien vers votre compte a été créé
mail-enrolment-link-before =
    L’administration a créé le { $at } un lien qui permet de définir une fois le mot de passe du compte { $to } chez { $product }.
    La personne qui vous aide vous le donnera. Il n’est pas dans cet e-mail.
mail-enrolment-link-action = Voir votre compte
mail-enrolment-link-after = Si vous n’avez pas demandé d’aide, prévenez aussitôt l’administration de ce service.
mail-device-approved-subject = Un appareil a été autorisé sur votre compte
mail-device-approved-before = { $client } a été autorisé sur le compte { $to } chez { $product } le { $at }.
mail-device-approved-action = Voir votre compte
mail-device-approved-after = Si vous n’avez pas commencé cela sur un appareil à vous, quelqu’un vous a trompé : prévenez aussitôt l’administration de ce service.
mail-password-breached-subject = Choisissez un autre mot de passe
mail-password-breached-before =
    Le mot de passe du compte { $to } chez { $product } figure dans une liste de mots de passe volés ailleurs.
    À notre connaissance, personne n’est entré dans votre compte avec lui, mais les attaquants essaient d’abord ces mots de passe. Choisissez-en un autre.
mail-password-breached-action = Modifier le mot de passe
mail-password-breached-after = Si vous utilisez le même mot de passe ailleurs, changez-le là aussi.
mail-approval-required-subject = Un agent demande votre approbation
mail-approval-required-before = Un agent dont répond le compte { $to } chez { $product } veut faire quelque chose qu’une personne doit d’abord approuver.
mail-approval-required-action = Voir ce qu’il demande
mail-approval-required-after =
    Vous pouvez décider pendant { $time } ; après, la réponse est non.
    N’approuvez que ce que vous attendez. Sans votre réponse, rien n’est fait.
mail-new-admin-subject = Vous faites maintenant partie de l’administration
mail-new-admin-before = Le compte { $to } chez { $product } a maintenant les droits d’administration.
mail-new-admin-action = Ouvrir la console
mail-new-admin-after = Si vous ne vous y attendiez pas, prévenez l’exploitant de ce service.
mail-magic-link-subject = Votre lien de connexion
mail-magic-link-before = Quelqu’un, sans doute vous, veut se connecter à { $product } avec { $to }.
mail-magic-link-action = Se connecter
mail-magic-link-after =
    Le lien et le code fonctionnent une fois, pendant { $time }. Ne donnez le code à personne : nous ne le demandons jamais.
    Si ce n’était pas vous, ne faites rien : sans cet e-mail, personne ne peut se connecter.
mail-email-otp-subject = Votre code de connexion
mail-email-otp-before =
    Quelqu’un, sans doute vous, veut se connecter à { $product } avec { $to }.
    Saisissez ce code là où vous avez commencé :
mail-email-otp-after =
    Le code fonctionne une fois, pendant { $time }. Ne le donnez à personne : nous ne le demandons jamais.
    Si ce n’était pas vous, ne faites rien : sans le code, personne ne peut se connecter.
mail-unproven-dropped-subject = Votre adresse est confirmée et votre compte n’est qu’à vous
mail-unproven-dropped-before =
    Vous vous êtes connecté à { $product } avec un e-mail à { $to }. Jusque-là, personne n’avait montré que cette adresse était la sienne.
    Pour être sûr que personne d’autre n’a préparé le compte, son mot de passe et tout ce qui permettait d’y entrer ont été retirés, et toutes les autres sessions sont terminées.
mail-unproven-dropped-action = Voir votre compte
mail-unproven-dropped-after = Vous pouvez y choisir un nouveau mot de passe ou ajouter une clé d’accès.
mail-email-change-subject = Confirmez votre nouvelle adresse e-mail
mail-email-change-before = Quelqu’un, sans doute vous, veut utiliser { $to } pour son compte chez { $product }. Ouvrez ceci en étant connecté :
mail-email-change-action = Utiliser cette adresse
mail-email-change-after =
    Le lien fonctionne une fois, pendant { $time }.
    Si ce n’était pas vous, ne faites rien : sans le lien, rien ne change.
mail-email-change-requested-subject = Une autre adresse e-mail a été demandée
mail-email-change-requested-before = Le { $at }, quelqu’un, sans doute vous, a demandé une autre adresse e-mail pour le compte { $to } chez { $product }. Rien n’a encore changé.
mail-email-change-requested-action = Voir votre compte
mail-email-change-requested-after = Si ce n’était pas vous, quelqu’un d’autre est connecté à votre compte : fermez toutes les sessions et changez aussitôt votre mot de passe.
mail-email-changed-subject = Votre adresse e-mail a été modifiée
mail-email-changed-before =
    Le compte chez { $product } qui avait l’adresse { $to } en a une autre depuis le { $at }.
    Toutes les autres sessions du compte sont terminées. C’est le dernier e-mail à ce sujet à cette adresse.
mail-email-changed-action = Se connecter
mail-email-changed-after = Si ce n’était pas vous, prévenez aussitôt l’administration de ce service.
mail-phone-changed-subject = Votre numéro de téléphone a été modifié
mail-phone-changed-before = Le numéro de téléphone du compte { $to } chez { $product } a été modifié le { $at }.
mail-phone-changed-action = Voir votre compte
mail-phone-changed-after = Si ce n’était pas vous, fermez toutes les sessions et changez aussitôt votre mot de passe.
mail-phone-removed-subject = Votre numéro de téléphone a été retiré
mail-phone-removed-before = Le numéro de téléphone du compte { $to } chez { $product } a été retiré le { $at }.
mail-phone-removed-action = Voir votre compte
mail-phone-removed-after = Si ce n’était pas vous, fermez toutes les sessions et changez aussitôt votre mot de passe.
mail-test-subject = Un e-mail pour essayer les réglages
mail-test-before = L’administration de { $product } a envoyé cet e-mail à { $to } pour voir si les e-mails arrivent. Ils arrivent.
mail-test-action = Ouvrir la console
mail-test-after = Il n’y a rien à faire.
sms-code = { $code } est votre code { $product }. Il fonctionne une fois, pendant { $time }. Ne le donnez à personne.
sms-phone-removed = Ce numéro n’appartient plus à un compte { $product }. Si ce n’était pas vous, prévenez l’administration de ce service.
sms-test = L’administration de { $product } a envoyé ceci pour voir si les SMS arrivent. Ils arrivent.
mail-totp-enabled-subject = La validation en deux étapes est activée
mail-totp-enabled-before =
    Une application d’authentification a été configurée pour le compte { $to } chez { $product } le { $at } : désormais, la connexion demande un code de cette application.
    Toutes les autres sessions sont terminées.
mail-totp-enabled-action = Voir votre compte
mail-totp-enabled-after = Si ce n’était pas vous, quelqu’un d’autre peut utiliser votre compte : ouvrez-le, fermez toutes les sessions et prévenez aussitôt l’administration de ce service.
mail-totp-disabled-subject = La validation en deux étapes est désactivée
mail-totp-disabled-before =
    L’application d’authentification et les codes de secours du compte { $to } chez { $product } ont été retirés le { $at } : la connexion ne demande plus qu’une étape.
    Toutes les autres sessions sont terminées.
mail-totp-disabled-action = Voir votre compte
mail-totp-disabled-after = Si ce n’était pas vous, quelqu’un d’autre peut utiliser votre compte : ouvrez-le, fermez toutes les sessions et prévenez aussitôt l’administration de ce service.
mail-backup-codes-created-subject = Vous avez de nouveaux codes de secours
mail-backup-codes-created-before = Des codes de secours ont été créés pour le compte { $to } chez { $product } le { $at }. Les précédents ne valent plus rien.
mail-backup-codes-created-action = Voir votre compte
mail-backup-codes-created-after = Si ce n’était pas vous, quelqu’un d’autre peut utiliser votre compte : ouvrez-le, fermez toutes les sessions et prévenez aussitôt l’administration de ce service.
mail-backup-code-used-subject = Un code de secours a été utilisé
mail-backup-code-used-before = Quelqu’un s’est connecté au compte { $to } chez { $product } avec un code de secours le { $at }. Ce code ne vaut plus rien.
mail-backup-code-used-action = Voir votre compte
mail-backup-code-used-after = Si ce n’était pas vous, quelqu’un d’autre peut utiliser votre compte : ouvrez-le, fermez toutes les sessions et prévenez aussitôt l’administration de ce service.
mail-passkey-added-subject = Une clé d’accès a été ajoutée
mail-passkey-added-before = Une clé d’accès a été ajoutée au compte { $to } chez { $product } le { $at }. Elle permet désormais de se connecter.
mail-passkey-added-action = Voir votre compte
mail-passkey-added-after = Si ce n’était pas vous, quelqu’un d’autre peut utiliser votre compte : ouvrez-le, fermez toutes les sessions et prévenez aussitôt l’administration de ce service.
mail-passkey-removed-subject = Une clé d’accès a été retirée
mail-passkey-removed-before =
    Une clé d’accès du compte { $to } chez { $product } a été retirée le { $at }.
    Toutes les autres sessions sont terminées.
mail-passkey-removed-action = Voir votre compte
mail-passkey-removed-after = Si ce n’était pas vous, quelqu’un d’autre peut utiliser votre compte : ouvrez-le, fermez toutes les sessions et prévenez aussitôt l’administration de ce service.
mail-identity-linked-subject = Une nouvelle façon de se connecter a été ajoutée
mail-identity-linked-before = Depuis le { $at }, { $client } ouvre le compte { $to } chez { $product }.
mail-identity-linked-action = Voir votre compte
mail-identity-linked-after = Si ce n’était pas vous, retirez-la sur la page de votre compte et changez votre mot de passe.
mail-identity-unlinked-subject = Une façon de se connecter a été retirée
mail-identity-unlinked-before =
    Depuis le { $at }, { $client } n’ouvre plus le compte { $to } chez { $product }.
    Toutes les autres sessions du compte sont terminées.
mail-identity-unlinked-action = Voir votre compte
mail-identity-unlinked-after = Si ce n’était pas vous, quelqu’un d’autre est connecté à votre compte : changez aussitôt votre mot de passe.
