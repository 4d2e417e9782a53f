brand-tagline = هوية للأشخاص والوكلاء. كل قرار مسجَّل.
start-page = { $brand }، صفحة البداية
skip-to-content = الانتقال إلى المحتوى
go-to-start = الذهاب إلى البداية
language = اللغة
optional = اختياري
or = أو
copy = نسخ
copy-done = تم النسخ
pages-first = الصفحة الأولى
pages-next = الصفحة التالية
password-hint =
    { $least ->
        [few] { $least } أحرف على الأقل. بضع كلمات متتالية سهلة الحفظ وصعبة التخمين.
        [many] { $least } حرفًا على الأقل. بضع كلمات متتالية سهلة الحفظ وصعبة التخمين.
       *[other] { $least } حرف على الأقل. بضع كلمات متتالية سهلة الحفظ وصعبة التخمين.
    }
password-show = إظهار
password-hide = إخفاء
password-show-label = إظهار كلمة المرور
password-hide-label = إخفاء كلمة المرور
not-found-title = غير موجود
not-found-heading = لا شيء هنا
not-found-text = ربما كُتب العنوان خطأً، أو أن ما كان هنا لم يعد موجودًا.
problem-title = تعذّر عرض هذه الصفحة
problem-request = الطلب
problem-again = حاول مرة أخرى
