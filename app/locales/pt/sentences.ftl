notice-verification-sent = Enviámos-lhe um e-mail com uma ligação. É válida por pouco tempo.
notice-email-verified = O seu endereço de e-mail está verificado.
notice-welcome = A sua conta está pronta. Enviámos-lhe um e-mail para verificar o seu endereço.
notice-set-up-done = A primeira conta de administração existe, e é a sua. Crie agora o seu primeiro agente.
notice-profile-saved = O seu perfil está guardado.
notice-password-changed = A sua palavra-passe foi alterada. As outras sessões foram terminadas.
notice-password-set = A sua palavra-passe está definida.
notice-account-deleted = A sua conta está eliminada.
notice-session-ended = Essa sessão está terminada.
notice-other-sessions-ended = Todas as outras sessões estão terminadas.
notice-signed-out = A sua sessão está terminada.
error-invalid-request = Não foi possível ler o formulário. Tente de novo.
error-validation-failed = Verifique o campo assinalado.
error-not-supported = Isso ainda não é suportado aqui.
error-unauthenticated = Inicie sessão para continuar.
error-invalid-credentials = O endereço de e-mail, o nome de utilizador ou a palavra-passe não está certo.
error-mfa-required = Termine primeiro o início de sessão com o segundo passo.
error-code-invalid = Esse código não está certo ou expirou.
error-method-disabled = Esta forma de iniciar sessão está desligada aqui.
error-forbidden = A sua conta não pode fazer isso.
error-reauthentication-required = Confirme a sua palavra-passe para continuar.
error-origin-mismatch = O pedido veio de outro site, por isso nada foi feito.
error-not-found = Não há nada aqui, ou nada que possa ver.
error-method-not-allowed = Isso não é possível aqui.
error-conflict = Isso não é possível no estado atual. Recarregue a página e veja de novo.
error-idempotency-conflict = Isto já foi enviado com outro conteúdo.
error-link-invalid = Esta ligação já foi usada ou expirou. Peça uma nova.
error-payload-too-large = É mais do que podemos receber de uma vez. Encurte, por favor.
error-unsupported-media-type = O formulário chegou num formato que não lemos.
error-password-too-short = A palavra-passe é demasiado curta.
error-password-too-long = A palavra-passe é demasiado longa. Use no máximo 1024 caracteres.
error-password-breached = Esta palavra-passe é conhecida de uma fuga de dados. Escolha outra.
error-password-contextual = A palavra-passe não pode conter o seu nome, o seu endereço nem o nome deste serviço.
error-rate-limited = Demasiadas tentativas. Aguarde um momento.
error-slow-down = Foi pedido de novo cedo demais. Aguarde alguns segundos.
error-internal = Algo correu mal do nosso lado. Tente de novo.
error-unavailable = O serviço não respondeu a tempo. Veja se foi feito antes de tentar de novo.
error-unknown = Não resultou. Tente de novo.
wrong-password = Essa não é a sua palavra-passe.
retry-after-seconds =
    { $seconds ->
        [one] Demasiadas tentativas. Tente de novo dentro de { $seconds } segundo.
       *[other] Demasiadas tentativas. Tente de novo dentro de { $seconds } segundos.
    }
retry-after-minutes =
    { $minutes ->
        [one] Demasiadas tentativas. Tente de novo dentro de { $minutes } minuto.
       *[other] Demasiadas tentativas. Tente de novo dentro de { $minutes } minutos.
    }
field-identifier = Escreva o endereço de e-mail ou o nome de utilizador da sua conta.
field-email = Escreva um endereço de e-mail, como nome@example.com.
field-name = Escreva um nome de 1 a 100 caracteres.
field-password = Escreva uma palavra-passe.
field-account = Escreva exatamente como aparece por baixo do campo.
field-other = Este valor não é válido.
