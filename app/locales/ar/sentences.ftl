notice-verification-sent = أرسلنا إليك رسالة تحتوي على رابط صالح لفترة قصيرة.
notice-email-verified = تم التحقق من عنوان بريدك الإلكتروني.
notice-welcome = حسابك جاهز. أرسلنا إليك رسالة للتحقق من عنوانك.
notice-set-up-done = أنت المسؤول الأول. أنشئ الآن أول وكيل لك.
notice-profile-saved = تم حفظ ملفك الشخصي.
notice-password-changed = تم تغيير كلمة مرورك، وسُجّل الخروج من الجلسات الأخرى.
notice-password-set = تم تعيين كلمة مرورك.
notice-account-deleted = تم حذف حسابك.
notice-session-ended = تم تسجيل الخروج من تلك الجلسة.
notice-other-sessions-ended = تم تسجيل الخروج من جميع الجلسات الأخرى.
notice-signed-out = تم تسجيل خروجك.
error-invalid-request = تعذّرت قراءة النموذج. يرجى المحاولة مرة أخرى.
error-validation-failed = يرجى مراجعة الحقل المحدَّد.
error-not-supported = هذا غير مدعوم هنا بعد.
error-unauthenticated = يرجى تسجيل الدخول للمتابعة.
error-invalid-credentials = عنوان البريد الإلكتروني أو اسم المستخدم أو كلمة المرور غير صحيح.
error-mfa-required = يرجى إكمال تسجيل الدخول بالخطوة الثانية أولًا.
error-code-invalid = هذا الرمز غير صحيح أو انتهت صلاحيته.
error-method-disabled = طريقة تسجيل الدخول هذه متوقفة هنا.
error-forbidden = لا يُسمح لحسابك بذلك.
error-reauthentication-required = يرجى تأكيد كلمة مرورك للمتابعة.
error-origin-mismatch = جاء الطلب من موقع آخر، لذلك لم يُنفَّذ شيء.
error-not-found = لا شيء هنا، أو لا شيء يحق لك رؤيته.
error-method-not-allowed = هذا غير ممكن هنا.
error-conflict = هذا غير ممكن في الحالة الراهنة. أعد تحميل الصفحة وانظر مجددًا.
error-idempotency-conflict = سبق إرسال هذا بمحتوى مختلف.
error-link-invalid = هذا الرابط استُخدم من قبل أو انتهت صلاحيته. اطلب رابطًا جديدًا.
error-payload-too-large = هذا أكثر مما نستطيع استقباله دفعة واحدة. يرجى اختصاره.
error-unsupported-media-type = وصل النموذج بصيغة لا نقرؤها.
error-password-too-short = كلمة المرور قصيرة جدًا.
error-password-too-long = كلمة المرور طويلة جدًا. استخدم 1024 حرفًا على الأكثر.
error-password-breached = كلمة المرور هذه معروفة من تسريب بيانات. يرجى اختيار أخرى.
error-password-contextual = يجب ألا تحتوي كلمة المرور على اسمك أو عنوانك أو اسم هذه الخدمة.
error-rate-limited = محاولات كثيرة جدًا. يرجى الانتظار لحظة.
error-slow-down = تكرر الطلب بسرعة. يرجى الانتظار بضع ثوانٍ.
error-internal = حدث خطأ من جانبنا. يرجى المحاولة مرة أخرى.
error-unavailable = لم تستجب الخدمة في الوقت المناسب. تحقق مما إذا كان الأمر قد تم قبل المحاولة مجددًا.
error-unknown = لم ينجح ذلك. يرجى المحاولة مرة أخرى.
wrong-password = هذه ليست كلمة مرورك.
retry-after-seconds =
    { $seconds ->
        [zero] محاولات كثيرة جدًا. حاول مرة أخرى الآن ({ $seconds }).
        [one] محاولات كثيرة جدًا. حاول مرة أخرى بعد ثانية واحدة.
        [two] محاولات كثيرة جدًا. حاول مرة أخرى بعد ثانيتين.
        [few] محاولات كثيرة جدًا. حاول مرة أخرى بعد { $seconds } ثوانٍ.
       *[other] محاولات كثيرة جدًا. حاول مرة أخرى بعد { $seconds } ثانية.
    }
retry-after-minutes =
    { $minutes ->
        [one] محاولات كثيرة جدًا. حاول مرة أخرى بعد دقيقة واحدة.
        [two] محاولات كثيرة جدًا. حاول مرة أخرى بعد دقيقتين.
        [few] محاولات كثيرة جدًا. حاول مرة أخرى بعد { $minutes } دقائق.
       *[other] محاولات كثيرة جدًا. حاول مرة أخرى بعد { $minutes } دقيقة.
    }
field-identifier = أدخل عنوان البريد الإلكتروني أو اسم المستخدم لحسابك.
field-email = أدخل عنوان بريد إلكتروني، مثل name@example.com.
field-name = أدخل اسمًا من حرف واحد إلى 100 حرف.
field-password = أدخل كلمة مرور.
field-account = اكتبه تمامًا كما يظهر أسفل الحقل.
field-other = هذه القيمة غير صالحة.
