mail-time = { $unit ->
    [hour] { $count ->
        *[other] { $count } 小时
    }
   *[minute] { $count ->
        *[other] { $count } 分钟
    }
}
mail-or-open = 或打开此地址：
mail-or-type = 或在您开始操作的地方输入此代码：
mail-code = 代码
mail-verify-email-subject = 请确认您的电子邮件地址
mail-verify-email-before = 有人（很可能是您）在 { $product } 将 { $to } 填写为电子邮件地址。这是您的地址吗？
mail-verify-email-action = 确认此地址
mail-verify-email-after =
    链接只能使用一次，{ $time }内有效。
    如果不是您，请不必理会：没有此链接，地址不会被确认。
mail-sign-up-existing-subject = 您已有账号
mail-sign-up-existing-before =
    有人（很可能是您）试图用 { $to } 在 { $product } 注册。
    此地址已有账号，因此未作任何更改。请照常登录。
mail-sign-up-existing-action = 登录
mail-sign-up-existing-after = 如果不是您，也无需任何操作：对方对您的账号一无所知。
mail-password-changed-subject = 您的密码已更改
mail-password-changed-before =
    { $product } 账号 { $to } 的密码已于 { $at } 更改。
    该账号的所有其他会话均已结束。
mail-password-changed-action = 查看您的账号
mail-password-changed-after = 如果不是您，则他人知道了您的密码：请立即告知本服务的管理员，并在其他使用该密码的地方也进行更改。
mail-password-set-subject = 已设置密码
mail-password-set-before =
    { $product } 账号 { $to } 已于 { $at } 设置密码。此前该账号没有密码。
    该账号的所有其他会话均已结束。
mail-password-set-action = 查看您的账号
mail-password-set-after = 如果不是您，则他人可以使用您的账号：请打开账号，在所有位置退出登录，并立即告知本服务的管理员。
mail-account-deleted-subject = 您的账号已删除
mail-account-deleted-before =
    { $product } 账号 { $to } 已于 { $at } 由一位已登录该账号的人删除。
    所有登录方式均已失效，其智能体已停止，关于您的信息已被清除。这是关于该账号的最后一封邮件。
mail-account-deleted-after = 如果不是您，请立即告知本服务的管理员。
mail-reset-password-subject = 请选择新密码
mail-reset-password-before = 有人（很可能是您）请求为 { $product } 账号 { $to } 选择新密码。
mail-reset-password-action = 选择新密码
mail-reset-password-after =
    链接只能使用一次，{ $time }内有效，新邮件会取代它。
    如果不是您，请不必理会：您的密码保持不变。
mail-enrolment-link-subject = 已为您的账号创建链接
mail-enrolment-link-before =
    管理员于 { $at } 创建了一个链接，可用于设置一次 { $product } 账号 { $to } 的密码。
    帮助您的人会把它交给您。它不在这封邮件中。
mail-enrolment-link-action = 查看您的账号
mail-enrolment-link-after = 如果您没有请求帮助，请立即告知本服务的管理员。
mail-device-approved-subject = 一台设备已获准进入您的账号
mail-device-approved-before = { $client } 已于 { $at } 获准进入 { $product } 账号 { $to }。
mail-device-approved-action = 查看您的账号
mail-device-approved-after = 如果这不是您在自己的设备上发起的，说明您被欺骗了：请立即告知本服务的管理员。
mail-password-breached-subject = 请另选密码
mail-password-breached-before =
    { $product } 账号 { $to } 的密码出现在别处被盗密码的列表中。
    据我们所知，没有人借此进入您的账号，但攻击者会先尝试这类密码。请另选一个。
mail-password-breached-action = 更改密码
mail-password-breached-after = 如果您在其他地方使用相同的密码，请一并更改。
mail-approval-required-subject = 有智能体请求您批准
mail-approval-required-before = { $product } 账号 { $to } 所负责的一个智能体想做一件必须先由人批准的事。
mail-approval-required-action = 查看请求内容
mail-approval-required-after =
    您可以在 { $time }内决定；之后的答复为否。
    只批准您预期的事。没有您的答复，什么都不会做。
mail-new-admin-subject = 您现在是管理员
mail-new-admin-before = { $product } 账号 { $to } 已成为管理员。
mail-new-admin-action = 打开控制台
mail-new-admin-after = 如果这出乎您的意料，请告知本服务的运营者。
mail-magic-link-subject = 您的登录链接
mail-magic-link-before = 有人（很可能是您）想用 { $to } 登录 { $product }。
mail-magic-link-action = 登录
mail-magic-link-after =
    链接和代码只能使用一次，{ $time }内有效。不要把代码告诉任何人：我们从不索要。
    如果不是您，请不必理会：没有这封邮件，谁也无法登录。
mail-email-otp-subject = 您的登录代码
mail-email-otp-before =
    有人（很可能是您）想用 { $to } 登录 { $product }。
    请在您开始操作的地方输入此代码：
mail-email-otp-after =
    代码只能使用一次，{ $time }内有效。不要告诉任何人：我们从不索要。
    如果不是您，请不必理会：没有代码，谁也无法登录。
mail-unproven-dropped-subject = 您的地址已确认，账号只属于您
mail-unproven-dropped-before =
    您通过发往 { $to } 的邮件登录了 { $product }。在此之前，没有人证明过此地址属于自己。
    为确保没有他人设置过该账号，其密码以及一切可用于进入的方式均已移除，所有其他会话也已结束。
mail-unproven-dropped-action = 查看您的账号
mail-unproven-dropped-after = 您可以在那里选择新密码或添加通行密钥。
mail-email-change-subject = 请确认您的新电子邮件地址
mail-email-change-before = 有人（很可能是您）想将 { $to } 用于其 { $product } 账号。请在登录状态下打开：
mail-email-change-action = 使用此地址
mail-email-change-after =
    链接只能使用一次，{ $time }内有效。
    如果不是您，请不必理会：没有此链接，什么都不会改变。
mail-email-change-requested-subject = 有人请求更换电子邮件地址
mail-email-change-requested-before = { $at }，有人（很可能是您）请求为 { $product } 账号 { $to } 更换电子邮件地址。目前尚未更改。
mail-email-change-requested-action = 查看您的账号
mail-email-change-requested-after = 如果不是您，则他人已登录您的账号：请退出所有会话并立即更改密码。
mail-email-changed-subject = 您的电子邮件地址已更改
mail-email-changed-before =
    原地址为 { $to } 的 { $product } 账号自 { $at } 起使用另一地址。
    该账号的所有其他会话均已结束。这是发往此地址的最后一封相关邮件。
mail-email-changed-action = 登录
mail-email-changed-after = 如果不是您本人操作，请立即告知本服务的管理员。
mail-phone-changed-subject = 您的手机号已更改
mail-phone-changed-before = { $product } 账号 { $to } 的手机号已于 { $at } 更改。
mail-phone-changed-action = 查看您的账号
mail-phone-changed-after = 如果不是您本人操作，请退出所有会话并立即更改密码。
mail-phone-removed-subject = 您的手机号已移除
mail-phone-removed-before = { $product } 账号 { $to } 的手机号已于 { $at } 移除。
mail-phone-removed-action = 查看您的账号
mail-phone-removed-after = 如果不是您本人操作，请退出所有会话并立即更改密码。
mail-test-subject = 用于测试设置的邮件
mail-test-before = { $product } 的管理员向 { $to } 发送了此邮件，以查看邮件能否送达。已送达。
mail-test-action = 打开控制台
mail-test-after = 无需任何操作。
sms-code = { $code } 是您的 { $product } 代码，只能使用一次，{ $time }内有效。请勿告诉任何人。
sms-phone-removed = 此号码不再属于 { $product } 的账号。如果不是您本人操作，请告知该服务的管理员。
sms-test = { $product } 的管理员发送此短信，以查看短信能否送达。已送达。
mail-totp-enabled-subject = 两步验证已开启
mail-totp-enabled-before =
    { $product } 账号 { $to } 已于 { $at } 设置身份验证应用：今后登录需要其代码。
    所有其他会话均已结束。
mail-totp-enabled-action = 查看您的账号
mail-totp-enabled-after = 如果不是您本人操作，则他人可以使用您的账号：请打开账号，退出所有会话，并立即告知本服务的管理员。
mail-totp-disabled-subject = 两步验证已关闭
mail-totp-disabled-before =
    { $product } 账号 { $to } 的身份验证应用和备用代码已于 { $at } 移除：登录只需一步。
    所有其他会话均已结束。
mail-totp-disabled-action = 查看您的账号
mail-totp-disabled-after = 如果不是您本人操作，则他人可以使用您的账号：请打开账号，退出所有会话，并立即告知本服务的管理员。
mail-backup-codes-created-subject = 您有新的备用代码
mail-backup-codes-created-before = { $product } 账号 { $to } 的备用代码已于 { $at } 生成。之前的代码已失效。
mail-backup-codes-created-action = 查看您的账号
mail-backup-codes-created-after = 如果不是您本人操作，则他人可以使用您的账号：请打开账号，退出所有会话，并立即告知本服务的管理员。
mail-backup-code-used-subject = 有备用代码被使用
mail-backup-code-used-before = 有人于 { $at } 使用备用代码登录了 { $product } 账号 { $to }。该代码已失效。
mail-backup-code-used-action = 查看您的账号
mail-backup-code-used-after = 如果不是您本人操作，则他人可以使用您的账号：请打开账号，退出所有会话，并立即告知本服务的管理员。
mail-passkey-added-subject = 已添加通行密钥
mail-passkey-added-before = { $product } 账号 { $to } 已于 { $at } 添加通行密钥，今后可用其登录。
mail-passkey-added-action = 查看您的账号
mail-passkey-added-after = 如果不是您本人操作，则他人可以使用您的账号：请打开账号，退出所有会话，并立即告知本服务的管理员。
mail-passkey-removed-subject = 已移除通行密钥
mail-passkey-removed-before =
    { $product } 账号 { $to } 的一个通行密钥已于 { $at } 移除。
    所有其他会话均已结束。
mail-passkey-removed-action = 查看您的账号
mail-passkey-removed-after = 如果不是您本人操作，则他人可以使用您的账号：请打开账号，退出所有会话，并立即告知本服务的管理员。
mail-identity-linked-subject = 已添加新的登录方式
mail-identity-linked-before = 自 { $at } 起，{ $client } 可打开 { $product } 账号 { $to }。
mail-identity-linked-action = 查看您的账号
mail-identity-linked-after = 如果不是您本人操作，请在账号页面移除它并更改密码。
mail-identity-unlinked-subject = 已移除一种登录方式
mail-identity-unlinked-before =
    自 { $at } 起，{ $client } 不再能打开 { $product } 账号 { $to }。
    该账号的所有其他会话均已结束。
mail-identity-unlinked-action = 查看您的账号
mail-identity-unlinked-after = 如果不是您本人操作，则他人已登录您的账号：请立即更改密码。
