mail-time = { $unit ->
    [hour] { $count ->
        [one] ساعة واحدة
        [two] ساعتين
        [few] { $count } ساعات
        *[other] { $count } ساعة
    }
   *[minute] { $count ->
        [one] دقيقة واحدة
        [two] دقيقتين
        [few] { $count } دقائق
        *[other] { $count } دقيقة
    }
}
mail-or-open = أو افتح هذا العنوان:
mail-or-type = أو اكتب هذا الرمز حيث بدأت:
mail-code = الرمز
mail-verify-email-subject = أكّد عنوان بريدك الإلكتروني
mail-verify-email-before = ذكر شخص ما، وهو أنت على الأرجح، { $to } عنوانًا لبريده الإلكتروني في { $product }. هل هو عنوانك؟
mail-verify-email-action = تأكيد هذا العنوان
mail-verify-email-after =
    يعمل الرابط مرة واحدة لمدة { $time }.
    إن لم تكن أنت، فلا تفعل شيئًا: من دون الرابط لا يُؤكَّد العنوان.
mail-sign-up-existing-subject = لديك حساب بالفعل
mail-sign-up-existing-before =
    حاول شخص ما، وهو أنت على الأرجح، التسجيل في { $product } بالعنوان { $to }.
    هناك حساب بهذا العنوان بالفعل، لذلك لم يتغير شيء. سجّل الدخول كما في السابق.
mail-sign-up-existing-action = تسجيل الدخول
mail-sign-up-existing-after = إن لم تكن أنت، فلا شيء عليك فعله: أيًّا كان، لم يعرف شيئًا عن حسابك.
mail-password-changed-subject = تم تغيير كلمة مرورك
mail-password-changed-before =
    تم تغيير كلمة مرور حساب { $product } ذي العنوان { $to } في { $at }.
    انتهت جميع جلسات الحساب الأخرى.
mail-password-changed-action = عرض حسابك
mail-password-changed-after = إن لم تكن أنت، فشخص آخر يعرف كلمة مرورك: أخبر مسؤول هذه الخدمة فورًا، وغيّرها حيثما تستخدمها.
mail-password-set-subject = تم تعيين كلمة مرور
mail-password-set-before =
    تم تعيين كلمة مرور لحساب { $product } ذي العنوان { $to } في { $at }. لم تكن له كلمة مرور من قبل.
    انتهت جميع جلسات الحساب الأخرى.
mail-password-set-action = عرض حسابك
mail-password-set-after = إن لم تكن أنت، فبإمكان شخص آخر استخدام حسابك: افتحه وسجّل الخروج من كل مكان وأخبر مسؤول هذه الخدمة فورًا.
mail-account-deleted-subject = تم حذف حسابك
mail-account-deleted-before =
    حُذف حساب { $product } ذو العنوان { $to } في { $at } على يد شخص كان قد سجّل الدخول إليه.
    انتهت كل طرق تسجيل الدخول، وتوقف وكلاؤه، ومُحي ما كان معروفًا عنك. هذه آخر رسالة عنه.
mail-account-deleted-after = إن لم تكن أنت، فأخبر مسؤول هذه الخدمة فورًا.
mail-reset-password-subject = اختر كلمة مرور جديدة
mail-reset-password-before = طلب شخص ما، وهو أنت على الأرجح، اختيار كلمة مرور جديدة لحساب { $product } ذي العنوان { $to }.
mail-reset-password-action = اختيار كلمة مرور جديدة
mail-reset-password-after =
    يعمل الرابط مرة واحدة لمدة { $time }. تحل محله رسالة أحدث.
    إن لم تكن أنت، فلا تفعل شيئًا: تبقى كلمة مرورك كما هي.
mail-enrolment-link-subject = أُنشئ رابط إلى حسابك
mail-enrolment-link-before =
    أنشأ مسؤول في { $at } رابطًا يمكن به تعيين كلمة مرور حساب { $product } ذي العنوان { $to } مرة واحدة.
    يعطيك إياه من يساعدك. ليس في هذه الرسالة.
mail-enrolment-link-action = عرض حسابك
mail-enrolment-link-after = إن لم تطلب المساعدة، فأخبر مسؤول هذه الخدمة فورًا.
mail-device-approved-subject = سُمح لجهاز بدخول حسابك
mail-device-approved-before = سُمح لـ { $client } بدخول حساب { $product } ذي العنوان { $to } في { $at }.
mail-device-approved-action = عرض حسابك
mail-device-approved-after = إن لم تبدأ هذا على جهاز لك، فقد خدعك أحد: أخبر مسؤول هذه الخدمة فورًا.
mail-password-breached-subject = اختر كلمة مرور أخرى
mail-password-breached-before =
    كلمة مرور حساب { $product } ذي العنوان { $to } موجودة في قائمة كلمات مرور سُرقت في مكان آخر.
    على حد علمنا لم يدخل أحد حسابك بها، لكن المهاجمين يجرّبون مثلها أولًا. اختر أخرى.
mail-password-breached-action = تغيير كلمة المرور
mail-password-breached-after = إن كنت تستخدم كلمة المرور نفسها في مكان آخر، فغيّرها هناك أيضًا.
mail-approval-required-subject = وكيل يطلب موافقتك
mail-approval-required-before = وكيل يُسأل عنه حساب { $product } ذو العنوان { $to } يريد فعل شيء يجب أن يوافق عليه شخص أولًا.
mail-approval-required-action = عرض ما يطلبه
mail-approval-required-after =
    يمكنك أن تقرر خلال { $time }؛ وبعدها يكون الجواب لا.
    وافق فقط على ما تتوقعه. من دون جوابك لا يُفعل شيء.
mail-new-admin-subject = أنت الآن مسؤول
mail-new-admin-before = أصبح حساب { $product } ذو العنوان { $to } مسؤولًا.
mail-new-admin-action = فتح لوحة التحكم
mail-new-admin-after = إن لم تتوقع ذلك، فأخبر من يدير هذه الخدمة.
mail-magic-link-subject = رابط تسجيل الدخول
mail-magic-link-before = يريد شخص ما، وهو أنت على الأرجح، تسجيل الدخول إلى { $product } بالعنوان { $to }.
mail-magic-link-action = تسجيل الدخول
mail-magic-link-after =
    يعمل الرابط والرمز مرة واحدة لمدة { $time }. لا تعطِ الرمز لأحد: لا نطلبه أبدًا.
    إن لم تكن أنت، فلا تفعل شيئًا: من دون هذه الرسالة لا يستطيع أحد تسجيل الدخول.
mail-email-otp-subject = رمز تسجيل الدخول
mail-email-otp-before =
    يريد شخص ما، وهو أنت على الأرجح، تسجيل الدخول إلى { $product } بالعنوان { $to }.
    اكتب هذا الرمز حيث بدأت:
mail-email-otp-after =
    يعمل الرمز مرة واحدة لمدة { $time }. لا تعطه لأحد: لا نطلبه أبدًا.
    إن لم تكن أنت، فلا تفعل شيئًا: من دون الرمز لا يستطيع أحد تسجيل الدخول.
mail-unproven-dropped-subject = تأكد عنوانك، وحسابك لك وحدك
mail-unproven-dropped-before =
    سجّلت الدخول إلى { $product } برسالة إلى { $to }. حتى ذلك الحين لم يُثبت أحد أن هذا العنوان له.
    للتأكد من أن أحدًا غيرك لم يُعدّ الحساب، أُزيلت كلمة مروره وكل ما كان يمكن الدخول به، وانتهت جميع الجلسات الأخرى.
mail-unproven-dropped-action = عرض حسابك
mail-unproven-dropped-after = يمكنك هناك اختيار كلمة مرور جديدة أو إضافة مفتاح مرور.
mail-email-change-subject = أكّد عنوان بريدك الإلكتروني الجديد
mail-email-change-before = يريد شخص ما، وهو أنت على الأرجح، استخدام { $to } لحسابه في { $product }. افتح هذا وأنت مسجّل الدخول:
mail-email-change-action = استخدام هذا العنوان
mail-email-change-after =
    يعمل الرابط مرة واحدة لمدة { $time }.
    إن لم تكن أنت، فلا تفعل شيئًا: من دون الرابط لا يتغير شيء.
mail-email-change-requested-subject = طُلب عنوان بريد إلكتروني آخر
mail-email-change-requested-before = في { $at } طلب شخص ما، وهو أنت على الأرجح، عنوان بريد إلكتروني آخر لحساب { $product } ذي العنوان { $to }. لم يتغير شيء بعد.
mail-email-change-requested-action = عرض حسابك
mail-email-change-requested-after = إن لم تكن أنت، فشخص آخر مسجّل الدخول إلى حسابك: سجّل الخروج من كل مكان وغيّر كلمة مرورك فورًا.
mail-email-changed-subject = تم تغيير عنوان بريدك الإلكتروني
mail-email-changed-before =
    حساب { $product } الذي كان عنوانه { $to } له عنوان آخر منذ { $at }.
    انتهت جميع جلسات الحساب الأخرى. هذه آخر رسالة عنه إلى هذا العنوان.
mail-email-changed-action = تسجيل الدخول
mail-email-changed-after = إن لم تكن أنت، فأخبر مسؤول هذه الخدمة فورًا.
mail-phone-changed-subject = تم تغيير رقم هاتفك
mail-phone-changed-before = تم تغيير رقم هاتف حساب { $product } ذي العنوان { $to } في { $at }.
mail-phone-changed-action = عرض حسابك
mail-phone-changed-after = إن لم تكن أنت، فسجّل الخروج من كل مكان وغيّر كلمة مرورك فورًا.
mail-phone-removed-subject = تمت إزالة رقم هاتفك
mail-phone-removed-before = تمت إزالة رقم هاتف حساب { $product } ذي العنوان { $to } في { $at }.
mail-phone-removed-action = عرض حسابك
mail-phone-removed-after = إن لم تكن أنت، فسجّل الخروج من كل مكان وغيّر كلمة مرورك فورًا.
mail-test-subject = رسالة لتجربة الإعدادات
mail-test-before = أرسل مسؤول في { $product } هذه الرسالة إلى { $to } ليرى هل تصل الرسائل. إنها تصل.
mail-test-action = فتح لوحة التحكم
mail-test-after = لا شيء عليك فعله.
sms-code = { $code } هو رمزك في { $product }. يعمل مرة واحدة لمدة { $time }. لا تعطه لأحد.
sms-phone-removed = لم يعد هذا الرقم تابعًا لحساب في { $product }. إن لم تكن أنت، فأخبر مسؤول تلك الخدمة.
sms-test = أرسل مسؤول في { $product } هذا ليرى هل تصل الرسائل النصية. إنها تصل.
mail-totp-enabled-subject = التحقق بخطوتين مفعّل
mail-totp-enabled-before =
    أُعدّ تطبيق مصادقة لحساب { $product } ذي العنوان { $to } في { $at }: من الآن يتطلب تسجيل الدخول رمزًا منه.
    انتهت جميع الجلسات الأخرى.
mail-totp-enabled-action = عرض حسابك
mail-totp-enabled-after = إن لم تكن أنت، فبإمكان شخص آخر استخدام حسابك: افتحه، وسجّل الخروج من كل مكان، وأخبر مسؤول هذه الخدمة فورًا.
mail-totp-disabled-subject = التحقق بخطوتين متوقف
mail-totp-disabled-before =
    أُزيل تطبيق المصادقة والرموز الاحتياطية لحساب { $product } ذي العنوان { $to } في { $at }: يتطلب تسجيل الدخول خطوة واحدة فقط.
    انتهت جميع الجلسات الأخرى.
mail-totp-disabled-action = عرض حسابك
mail-totp-disabled-after = إن لم تكن أنت، فبإمكان شخص آخر استخدام حسابك: افتحه، وسجّل الخروج من كل مكان، وأخبر مسؤول هذه الخدمة فورًا.
mail-backup-codes-created-subject = لديك رموز احتياطية جديدة
mail-backup-codes-created-before = أُنشئت رموز احتياطية لحساب { $product } ذي العنوان { $to } في { $at }. لم تعد الرموز السابقة صالحة.
mail-backup-codes-created-action = عرض حسابك
mail-backup-codes-created-after = إن لم تكن أنت، فبإمكان شخص آخر استخدام حسابك: افتحه، وسجّل الخروج من كل مكان، وأخبر مسؤول هذه الخدمة فورًا.
mail-backup-code-used-subject = استُخدم رمز احتياطي
mail-backup-code-used-before = سجّل شخص ما الدخول إلى حساب { $product } ذي العنوان { $to } برمز احتياطي في { $at }. لم يعد ذلك الرمز صالحًا.
mail-backup-code-used-action = عرض حسابك
mail-backup-code-used-after = إن لم تكن أنت، فبإمكان شخص آخر استخدام حسابك: افتحه، وسجّل الخروج من كل مكان، وأخبر مسؤول هذه الخدمة فورًا.
mail-passkey-added-subject = أُضيف مفتاح مرور
mail-passkey-added-before = أُضيف مفتاح مرور إلى حساب { $product } ذي العنوان { $to } في { $at }. يمكن من الآن تسجيل الدخول به.
mail-passkey-added-action = عرض حسابك
mail-passkey-added-after = إن لم تكن أنت، فبإمكان شخص آخر استخدام حسابك: افتحه، وسجّل الخروج من كل مكان، وأخبر مسؤول هذه الخدمة فورًا.
mail-passkey-removed-subject = أُزيل مفتاح مرور
mail-passkey-removed-before =
    أُزيل مفتاح مرور من حساب { $product } ذي العنوان { $to } في { $at }.
    انتهت جميع الجلسات الأخرى.
mail-passkey-removed-action = عرض حسابك
mail-passkey-removed-after = إن لم تكن أنت، فبإمكان شخص آخر استخدام حسابك: افتحه، وسجّل الخروج من كل مكان، وأخبر مسؤول هذه الخدمة فورًا.
mail-identity-linked-subject = أُضيفت طريقة جديدة لتسجيل الدخول
mail-identity-linked-before = منذ { $at } يفتح { $client } حساب { $product } ذا العنوان { $to }.
mail-identity-linked-action = عرض حسابك
mail-identity-linked-after = إن لم تكن أنت، فأزلها في صفحة حسابك وغيّر كلمة مرورك.
mail-identity-unlinked-subject = أُزيلت طريقة لتسجيل الدخول
mail-identity-unlinked-before =
    منذ { $at } لم يعد { $client } يفتح حساب { $product } ذا العنوان { $to }.
    انتهت جميع جلسات الحساب الأخرى.
mail-identity-unlinked-action = عرض حسابك
mail-identity-unlinked-after = إن لم تكن أنت، فشخص آخر مسجّل الدخول إلى حسابك: غيّر كلمة مرورك فورًا.
