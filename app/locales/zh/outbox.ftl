outbox-title = 发件箱
outbox-heading = 开发用发件箱
outbox-warning = 未配置邮件服务器，因此邮件停留在此处。只有本机可以打开此页面。
outbox-empty = 暂无邮件
outbox-empty-hint = 创建账号或请求验证邮件后，会显示在这里。
outbox-to = 收件人 { $address }
outbox-code = 代码
