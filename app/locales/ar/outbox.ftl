outbox-title = صندوق الصادر
outbox-heading = صندوق الصادر للتطوير
outbox-warning = لم يُضبط خادم بريد، لذلك تنتهي الرسائل هنا. هذا الجهاز وحده يستطيع فتح هذه الصفحة.
outbox-empty = لا رسائل بعد
outbox-empty-hint = أنشئ حسابًا أو اطلب رسالة تحقق، فتظهر هنا.
outbox-to = إلى { $address }
outbox-code = الرمز
