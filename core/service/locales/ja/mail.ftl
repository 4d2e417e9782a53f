mail-time = { $unit ->
    [hour] { $count ->
        *[other] { $count } 時間
    }
   *[minute] { $count ->
        *[other] { $count } 分
    }
}
mail-or-open = または次のアドレスを開いてください：
mail-or-type = または、操作を始めた画面に次のコードを入力してください：
mail-code = コード
mail-verify-email-subject = メールアドレスの確認
mail-verify-email-before = どなたか（おそらくご本人）が { $product } で { $to } をメールアドレスとして登録しました。あなたのアドレスですか？
mail-verify-email-action = このアドレスを確認
mail-verify-email-after =
    リンクは一度だけ、{ $time }有効です。
    心当たりがない場合は何もしないでください。リンクを開かなければアドレスは確認されません。
mail-sign-up-existing-subject = アカウントはすでにあります
mail-sign-up-existing-before =
    どなたか（おそらくご本人）が { $to } で { $product } に登録しようとしました。
    このアドレスのアカウントはすでにあるため、何も変更していません。これまでどおりサインインしてください。
mail-sign-up-existing-action = サインイン
mail-sign-up-existing-after = 心当たりがなくても、することはありません。相手はあなたのアカウントについて何も知りません。
mail-password-changed-subject = パスワードが変更されました
mail-password-changed-before =
    { $product } のアカウント { $to } のパスワードが { $at } に変更されました。
    アカウントの他のセッションはすべて終了しました。
mail-password-changed-action = アカウントを確認
mail-password-changed-after = 心当たりがない場合、他人がパスワードを知っています。ただちにこのサービスの管理者に知らせ、ほかで使っている場合はそちらも変更してください。
mail-password-set-subject = パスワードが設定されました
mail-password-set-before =
    { $at } に { $product } のアカウント { $to } にパスワードが設定されました。それまでパスワードはありませんでした。
    アカウントの他のセッションはすべて終了しました。
mail-password-set-action = アカウントを確認
mail-password-set-after = 心当たりがない場合、他人がアカウントを使えます。アカウントを開いてすべての場所でサインアウトし、ただちにこのサービスの管理者に知らせてください。
mail-account-deleted-subject = アカウントが削除されました
mail-account-deleted-before =
    { $product } のアカウント { $to } は、サインインしていた人によって { $at } に削除されました。
    サインインの手段はすべて終了し、エージェントは停止し、ご本人について記録されていた情報は消去されました。この件に関するメールはこれが最後です。
mail-account-deleted-after = 心当たりがない場合は、ただちにこのサービスの管理者に知らせてください。
mail-reset-password-subject = 新しいパスワードを選んでください
mail-reset-password-before = どなたか（おそらくご本人）が { $product } のアカウント { $to } の新しいパスワードを選ぶことを求めました。
mail-reset-password-action = 新しいパスワードを選ぶ
mail-reset-password-after =
    リンクは一度だけ、{ $time }有効です。新しいメールが届くと無効になります。
    心当たりがない場合は何もしないでください。パスワードは変わりません。
mail-enrolment-link-subject = アカウントへのリンクが作成されました
mail-enrolment-link-before =
    管理者が { $at } に、{ $product } のアカウント { $to } のパスワードを一度だけ設定できるリンクを作成しました。
    リンクは担当者からお渡しします。このメールには含まれていません。
mail-enrolment-link-action = アカウントを確認
mail-enrolment-link-after = 助けを求めていない場合は、ただちにこのサービスの管理者に知らせてください。
mail-device-approved-subject = 端末がアカウントに許可されました
mail-device-approved-before = { $at } に { $client } が { $product } のアカウント { $to } に許可されました。
mail-device-approved-action = アカウントを確認
mail-device-approved-after = ご自身の端末で始めたことでなければ、だまされています。ただちにこのサービスの管理者に知らせてください。
mail-password-breached-subject = 別のパスワードを選んでください
mail-password-breached-before =
    { $product } のアカウント { $to } のパスワードが、他所で盗まれたパスワードの一覧にあります。
    知る限り、これでアカウントに侵入した人はいませんが、攻撃者はまずそうしたパスワードを試します。別のものを選んでください。
mail-password-breached-action = パスワードを変更
mail-password-breached-after = 同じパスワードをほかでも使っている場合は、そちらも変更してください。
mail-approval-required-subject = エージェントが承認を求めています
mail-approval-required-before = { $product } のアカウント { $to } が責任を負うエージェントが、先に人の承認が必要なことをしようとしています。
mail-approval-required-action = 求めている内容を見る
mail-approval-required-after =
    { $time }の間に決められます。過ぎると拒否になります。
    心当たりのあるものだけを承認してください。回答がなければ何も行われません。
mail-new-admin-subject = 管理者になりました
mail-new-admin-before = { $product } のアカウント { $to } が管理者になりました。
mail-new-admin-action = コンソールを開く
mail-new-admin-after = 心当たりがない場合は、このサービスの運営者に知らせてください。
mail-magic-link-subject = サインイン用リンク
mail-magic-link-before = どなたか（おそらくご本人）が { $to } で { $product } にサインインしようとしています。
mail-magic-link-action = サインイン
mail-magic-link-after =
    リンクとコードは一度だけ、{ $time }有効です。コードは誰にも教えないでください。こちらからお尋ねすることはありません。
    心当たりがない場合は何もしないでください。このメールがなければ誰もサインインできません。
mail-email-otp-subject = サインイン用コード
mail-email-otp-before =
    どなたか（おそらくご本人）が { $to } で { $product } にサインインしようとしています。
    操作を始めた画面に次のコードを入力してください：
mail-email-otp-after =
    コードは一度だけ、{ $time }有効です。誰にも教えないでください。こちらからお尋ねすることはありません。
    心当たりがない場合は何もしないでください。コードがなければ誰もサインインできません。
mail-unproven-dropped-subject = アドレスが確認され、アカウントはあなただけのものになりました
mail-unproven-dropped-before =
    { $to } 宛てのメールで { $product } にサインインしました。それまで、このアドレスの持ち主であることは誰も示していませんでした。
    ほかの人が設定したものでないことを確かにするため、パスワードなど、入るために使えたものをすべて取り除き、他のセッションをすべて終了しました。
mail-unproven-dropped-action = アカウントを確認
mail-unproven-dropped-after = そこで新しいパスワードを選ぶか、パスキーを追加できます。
mail-email-change-subject = 新しいメールアドレスの確認
mail-email-change-before = どなたか（おそらくご本人）が { $product } のアカウントに { $to } を使おうとしています。サインインした状態で開いてください：
mail-email-change-action = このアドレスを使う
mail-email-change-after =
    リンクは一度だけ、{ $time }有効です。
    心当たりがない場合は何もしないでください。リンクを開かなければ何も変わりません。
mail-email-change-requested-subject = 別のメールアドレスが申請されました
mail-email-change-requested-before = { $at } に、どなたか（おそらくご本人）が { $product } のアカウント { $to } のメールアドレスの変更を申請しました。まだ何も変わっていません。
mail-email-change-requested-action = アカウントを確認
mail-email-change-requested-after = 心当たりがない場合、他人があなたのアカウントにサインインしています。すべてからサインアウトし、ただちにパスワードを変更してください。
mail-email-changed-subject = メールアドレスが変更されました
mail-email-changed-before =
    アドレスが { $to } だった { $product } のアカウントは、{ $at } から別のアドレスになりました。
    アカウントの他のセッションはすべて終了しました。このアドレスへのこの件に関するメールはこれが最後です。
mail-email-changed-action = サインイン
mail-email-changed-after = 心当たりがない場合は、ただちにこのサービスの管理者に知らせてください。
mail-phone-changed-subject = 電話番号が変更されました
mail-phone-changed-before = { $product } のアカウント { $to } の電話番号が { $at } に変更されました。
mail-phone-changed-action = アカウントを確認
mail-phone-changed-after = 心当たりがない場合は、すべてからサインアウトし、ただちにパスワードを変更してください。
mail-phone-removed-subject = 電話番号が削除されました
mail-phone-removed-before = { $product } のアカウント { $to } の電話番号が { $at } に削除されました。
mail-phone-removed-action = アカウントを確認
mail-phone-removed-after = 心当たりがない場合は、すべてからサインアウトし、ただちにパスワードを変更してください。
mail-test-subject = 設定を試すためのメール
mail-test-before = { $product } の管理者が、メールが届くかを確かめるためにこのメールを { $to } に送りました。届いています。
mail-test-action = コンソールを開く
mail-test-after = することはありません。
sms-code = { $product } のコードは { $code } です。一度だけ、{ $time }有効です。誰にも教えないでください。
sms-phone-removed = この番号は { $product } のアカウントから外れました。心当たりがない場合は、そのサービスの管理者に知らせてください。
sms-test = { $product } の管理者が、SMS が届くかを確かめるために送りました。届いています。
mail-totp-enabled-subject = 二段階認証が有効になりました
mail-totp-enabled-before =
    { $at } に { $product } のアカウント { $to } に認証アプリが設定されました。今後、サインインにはそのコードが必要です。
    他のセッションはすべて終了しました。
mail-totp-enabled-action = アカウントを確認
mail-totp-enabled-after = 心当たりがない場合、他人がアカウントを使える状態です。アカウントを開いてすべてからサインアウトし、ただちにこのサービスの管理者に知らせてください。
mail-totp-disabled-subject = 二段階認証が無効になりました
mail-totp-disabled-before =
    { $at } に { $product } のアカウント { $to } の認証アプリとバックアップコードが取り除かれました。サインインは一段階だけになります。
    他のセッションはすべて終了しました。
mail-totp-disabled-action = アカウントを確認
mail-totp-disabled-after = 心当たりがない場合、他人がアカウントを使える状態です。アカウントを開いてすべてからサインアウトし、ただちにこのサービスの管理者に知らせてください。
mail-backup-codes-created-subject = 新しいバックアップコードがあります
mail-backup-codes-created-before = { $at } に { $product } のアカウント { $to } のバックアップコードが作成されました。以前のものはもう使えません。
mail-backup-codes-created-action = アカウントを確認
mail-backup-codes-created-after = 心当たりがない場合、他人がアカウントを使える状態です。アカウントを開いてすべてからサインアウトし、ただちにこのサービスの管理者に知らせてください。
mail-backup-code-used-subject = バックアップコードが使われました
mail-backup-code-used-before = { $at } に、バックアップコードで { $product } のアカウント { $to } にサインインがありました。そのコードはもう使えません。
mail-backup-code-used-action = アカウントを確認
mail-backup-code-used-after = 心当たりがない場合、他人がアカウントを使える状態です。アカウントを開いてすべてからサインアウトし、ただちにこのサービスの管理者に知らせてください。
mail-passkey-added-subject = パスキーが追加されました
mail-passkey-added-before = { $at } に { $product } のアカウント { $to } にパスキーが追加されました。今後、これでサインインできます。
mail-passkey-added-action = アカウントを確認
mail-passkey-added-after = 心当たりがない場合、他人がアカウントを使える状態です。アカウントを開いてすべてからサインアウトし、ただちにこのサービスの管理者に知らせてください。
mail-passkey-removed-subject = パスキーが削除されました
mail-passkey-removed-before =
    { $at } に { $product } のアカウント { $to } のパスキーが削除されました。
    他のセッションはすべて終了しました。
mail-passkey-removed-action = アカウントを確認
mail-passkey-removed-after = 心当たりがない場合、他人がアカウントを使える状態です。アカウントを開いてすべてからサインアウトし、ただちにこのサービスの管理者に知らせてください。
mail-identity-linked-subject = 新しいサインイン方法が追加されました
mail-identity-linked-before = { $at } から { $client } で { $product } のアカウント { $to } に入れます。
mail-identity-linked-action = アカウントを確認
mail-identity-linked-after = 心当たりがない場合は、アカウントのページで取り除き、パスワードを変更してください。
mail-identity-unlinked-subject = サインイン方法が削除されました
mail-identity-unlinked-before =
    { $at } から { $client } では { $product } のアカウント { $to } に入れません。
    アカウントの他のセッションはすべて終了しました。
mail-identity-unlinked-action = アカウントを確認
mail-identity-unlinked-after = 心当たりがない場合、他人があなたのアカウントにサインインしています。ただちにパスワードを変更してください。
