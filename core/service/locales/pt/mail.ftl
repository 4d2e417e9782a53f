mail-time = { $unit ->
    [hour] { $count ->
        [one] uma hora
        *[other] { $count } horas
    }
   *[minute] { $count ->
        [one] um minuto
        *[other] { $count } minutos
    }
}
mail-or-open = Ou abra este endereço:
mail-or-type = Ou escreva este código onde começou:
mail-code = Código
mail-verify-email-subject = Confirme o seu endereço de e-mail
mail-verify-email-before = Alguém, provavelmente você, indicou { $to } como o seu endereço de e-mail em { $product }. É seu?
mail-verify-email-action = Confirmar este endereço
mail-verify-email-after =
    A ligação funciona uma vez, durante { $time }.
    Se não foi você, não faça nada: sem a ligação o endereço não é confirmado.
mail-sign-up-existing-subject = Já tem uma conta
mail-sign-up-existing-before =
    Alguém, provavelmente você, tentou registar-se em { $product } com { $to }.
    Já existe uma conta com este endereço, por isso nada mudou. Inicie sessão como antes.
mail-sign-up-existing-action = Iniciar sessão
mail-sign-up-existing-after = Se não foi você, não há nada a fazer: quem quer que fosse nada soube da sua conta.
mail-password-changed-subject = A sua palavra-passe foi alterada
mail-password-changed-before =
    A palavra-passe da conta { $to } em { $product } foi alterada a { $at }.
    Todas as outras sessões da conta terminaram.
mail-password-changed-action = Ver a sua conta
mail-password-changed-after = Se não foi você, outra pessoa sabe a sua palavra-passe: avise de imediato a administração deste serviço e altere-a onde mais a use.
mail-password-set-subject = Foi definida uma palavra-passe
mail-password-set-before =
    Foi definida uma palavra-passe para a conta { $to } em { $product } a { $at }. Até então não tinha nenhuma.
    Todas as outras sessões da conta terminaram.
mail-password-set-action = Ver a sua conta
mail-password-set-after = Se não foi você, outra pessoa pode usar a sua conta: abra-a, termine sessão em todo o lado e avise de imediato a administração deste serviço.
mail-account-deleted-subject = A sua conta foi eliminada
mail-account-deleted-before =
    A conta { $to } em { $product } foi eliminada a { $at } por alguém que tinha sessão iniciada nela.
    Já não é possível iniciar sessão de forma alguma, os seus agentes pararam e o que se sabia de si foi apagado. Este é o último e-mail sobre ela.
mail-account-deleted-after = Se não foi você, avise de imediato a administração deste serviço.
mail-reset-password-subject = Escolha uma nova palavra-passe
mail-reset-password-before = Alguém, provavelmente você, pediu para escolher uma nova palavra-passe para a conta { $to } em { $product }.
mail-reset-password-action = Escolher uma nova palavra-passe
mail-reset-password-after =
    A ligação funciona uma vez, durante { $time }. Um e-mail mais recente substitui-a.
    Se não foi você, não faça nada: a sua palavra-passe fica como está.
mail-enrolment-link-subject = Foi criada uma ligação para a sua conta
mail-enrolment-link-before =
    A administração criou a { $at } uma ligação com que se pode definir uma vez a palavra-passe da conta { $to } em { $product }.
    Quem o ajuda vai dar-lha. Não está neste e-mail.
mail-enrolment-link-action = Ver a sua conta
mail-enrolment-link-after = Se não pediu ajuda, avise de imediato a administração deste serviço.
mail-device-approved-subject = Foi dado acesso a um dispositivo
mail-device-approved-before = Foi dado acesso a { $client } à conta { $to } em { $product } a { $at }.
mail-device-approved-action = Ver a sua conta
mail-device-approved-after = Se não começou isto num dispositivo seu, alguém o enganou: avise de imediato a administração deste serviço.
mail-password-breached-subject = Escolha outra palavra-passe
mail-password-breached-before =
    A palavra-passe da conta { $to } em { $product } está numa lista de palavras-passe roubadas noutros sítios.
    Tanto quanto sabemos, ninguém entrou na sua conta com ela, mas os atacantes experimentam primeiro essas palavras-passe. Escolha outra.
mail-password-breached-action = Alterar a palavra-passe
mail-password-breached-after = Se usa a mesma palavra-passe noutro sítio, altere-a lá também.
mail-approval-required-subject = Um agente pede a sua aprovação
mail-approval-required-before = Um agente pelo qual responde a conta { $to } em { $product } quer fazer algo que uma pessoa tem de aprovar primeiro.
mail-approval-required-action = Ver o que pede
mail-approval-required-after =
    Pode decidir durante { $time }; depois disso a resposta é não.
    Aprove apenas o que espera. Sem a sua resposta nada é feito.
mail-new-admin-subject = Agora faz parte da administração
mail-new-admin-before = A conta { $to } em { $product } tem agora direitos de administração.
mail-new-admin-action = Abrir a consola
mail-new-admin-after = Se não o esperava, avise quem gere este serviço.
mail-magic-link-subject = A sua ligação para iniciar sessão
mail-magic-link-before = Alguém, provavelmente você, quer iniciar sessão em { $product } com { $to }.
mail-magic-link-action = Iniciar sessão
mail-magic-link-after =
    A ligação e o código funcionam uma vez, durante { $time }. Não dê o código a ninguém: nunca o pedimos.
    Se não foi você, não faça nada: sem este e-mail ninguém pode iniciar sessão.
mail-email-otp-subject = O seu código para iniciar sessão
mail-email-otp-before =
    Alguém, provavelmente você, quer iniciar sessão em { $product } com { $to }.
    Escreva este código onde começou:
mail-email-otp-after =
    O código funciona uma vez, durante { $time }. Não o dê a ninguém: nunca o pedimos.
    Se não foi você, não faça nada: sem o código ninguém pode iniciar sessão.
mail-unproven-dropped-subject = O seu endereço está confirmado e a conta é só sua
mail-unproven-dropped-before =
    Iniciou sessão em { $product } com um e-mail para { $to }. Até então ninguém tinha mostrado que este endereço era seu.
    Para garantir que mais ninguém preparou a conta, a palavra-passe e tudo o mais com que se podia entrar foram retirados, e todas as outras sessões terminaram.
mail-unproven-dropped-action = Ver a sua conta
mail-unproven-dropped-after = Aí pode escolher uma nova palavra-passe ou acrescentar uma chave de acesso.
mail-email-change-subject = Confirme o seu novo endereço de e-mail
mail-email-change-before = Alguém, provavelmente você, quer usar { $to } para a sua conta em { $product }. Abra isto com a sessão iniciada:
mail-email-change-action = Usar este endereço
mail-email-change-after =
    A ligação funciona uma vez, durante { $time }.
    Se não foi você, não faça nada: sem a ligação nada muda.
mail-email-change-requested-subject = Foi pedido outro endereço de e-mail
mail-email-change-requested-before = A { $at } alguém, provavelmente você, pediu outro endereço de e-mail para a conta { $to } em { $product }. Ainda nada mudou.
mail-email-change-requested-action = Ver a sua conta
mail-email-change-requested-after = Se não foi você, outra pessoa tem sessão iniciada na sua conta: termine todas as sessões e altere a palavra-passe de imediato.
mail-email-changed-subject = O seu endereço de e-mail foi alterado
mail-email-changed-before =
    A conta em { $product } que tinha o endereço { $to } tem outro desde { $at }.
    Todas as outras sessões da conta terminaram. Este é o último e-mail sobre ela para este endereço.
mail-email-changed-action = Iniciar sessão
mail-email-changed-after = Se não foi você, avise de imediato a administração deste serviço.
mail-phone-changed-subject = O seu número de telefone foi alterado
mail-phone-changed-before = O número de telefone da conta { $to } em { $product } foi alterado a { $at }.
mail-phone-changed-action = Ver a sua conta
mail-phone-changed-after = Se não foi você, termine todas as sessões e altere a palavra-passe de imediato.
mail-phone-removed-subject = O seu número de telefone foi removido
mail-phone-removed-before = O número de telefone da conta { $to } em { $product } foi removido a { $at }.
mail-phone-removed-action = Ver a sua conta
mail-phone-removed-after = Se não foi você, termine todas as sessões e altere a palavra-passe de imediato.
mail-test-subject = Um e-mail para experimentar as definições
mail-test-before = A administração de { $product } enviou este e-mail para { $to } para ver se o e-mail chega. Chega.
mail-test-action = Abrir a consola
mail-test-after = Não há nada a fazer.
sms-code = { $code } é o seu código de { $product }. Funciona uma vez, durante { $time }. Não o dê a ninguém.
sms-phone-removed = Este número já não pertence a uma conta de { $product }. Se não foi você, avise a administração desse serviço.
sms-test = A administração de { $product } enviou isto para ver se os SMS chegam. Chegam.
mail-totp-enabled-subject = A verificação em dois passos está ligada
mail-totp-enabled-before =
    Foi configurada uma aplicação de autenticação para a conta { $to } em { $product } a { $at }: a partir de agora, iniciar sessão pede um código dela.
    Todas as outras sessões terminaram.
mail-totp-enabled-action = Ver a sua conta
mail-totp-enabled-after = Se não foi você, outra pessoa pode usar a sua conta: abra-a, termine todas as sessões e avise de imediato a administração deste serviço.
mail-totp-disabled-subject = A verificação em dois passos está desligada
mail-totp-disabled-before =
    A aplicação de autenticação e os códigos de reserva da conta { $to } em { $product } foram removidos a { $at }: iniciar sessão pede só um passo.
    Todas as outras sessões terminaram.
mail-totp-disabled-action = Ver a sua conta
mail-totp-disabled-after = Se não foi você, outra pessoa pode usar a sua conta: abra-a, termine todas as sessões e avise de imediato a administração deste serviço.
mail-backup-codes-created-subject = Tem novos códigos de reserva
mail-backup-codes-created-before = Foram criados códigos de reserva para a conta { $to } em { $product } a { $at }. Os anteriores já não valem.
mail-backup-codes-created-action = Ver a sua conta
mail-backup-codes-created-after = Se não foi você, outra pessoa pode usar a sua conta: abra-a, termine todas as sessões e avise de imediato a administração deste serviço.
mail-backup-code-used-subject = Foi usado um código de reserva
mail-backup-code-used-before = Alguém iniciou sessão na conta { $to } em { $product } com um código de reserva a { $at }. Esse código já não vale.
mail-backup-code-used-action = Ver a sua conta
mail-backup-code-used-after = Se não foi você, outra pessoa pode usar a sua conta: abra-a, termine todas as sessões e avise de imediato a administração deste serviço.
mail-passkey-added-subject = Foi acrescentada uma chave de acesso
mail-passkey-added-before = Foi acrescentada uma chave de acesso à conta { $to } em { $product } a { $at }. A partir de agora pode iniciar-se sessão com ela.
mail-passkey-added-action = Ver a sua conta
mail-passkey-added-after = Se não foi você, outra pessoa pode usar a sua conta: abra-a, termine todas as sessões e avise de imediato a administração deste serviço.
mail-passkey-removed-subject = Foi removida uma chave de acesso
mail-passkey-removed-before =
    Uma chave de acesso da conta { $to } em { $product } foi removida a { $at }.
    Todas as outras sessões terminaram.
mail-passkey-removed-action = Ver a sua conta
mail-passkey-removed-after = Se não foi você, outra pessoa pode usar a sua conta: abra-a, termine todas as sessões e avise de imediato a administração deste serviço.
mail-identity-linked-subject = Foi acrescentada uma nova forma de iniciar sessão
mail-identity-linked-before = Desde { $at }, { $client } abre a conta { $to } em { $product }.
mail-identity-linked-action = Ver a sua conta
mail-identity-linked-after = Se não foi você, retire-a na página da sua conta e altere a palavra-passe.
mail-identity-unlinked-subject = Foi removida uma forma de iniciar sessão
mail-identity-unlinked-before =
    Desde { $at }, { $client } já não abre a conta { $to } em { $product }.
    Todas as outras sessões da conta terminaram.
mail-identity-unlinked-action = Ver a sua conta
mail-identity-unlinked-after = Se não foi você, outra pessoa tem sessão iniciada na sua conta: altere a palavra-passe de imediato.
