outbox-title = Caixa de saída
outbox-heading = Caixa de saída de desenvolvimento
outbox-warning = Não há servidor de e-mail configurado, por isso as mensagens terminam aqui. Só este computador pode abrir esta página.
outbox-empty = Ainda não há mensagens
outbox-empty-hint = Crie uma conta ou peça um e-mail de verificação, e aparece aqui.
outbox-to = Para { $address }
outbox-code = Código
