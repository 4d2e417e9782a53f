outbox-title = 送信トレイ
outbox-heading = 開発用の送信トレイ
outbox-warning = メールサーバーが設定されていないため、メールはここに残ります。このページを開けるのはこのコンピューターだけです。
outbox-empty = まだメールはありません
outbox-empty-hint = アカウントを作成するか、確認メールを請求すると、ここに表示されます。
outbox-to = 宛先 { $address }
outbox-code = コード
