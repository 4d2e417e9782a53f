date = { $day } { $month } { $year }
month-1 = يناير
month-2 = فبراير
month-3 = مارس
month-4 = أبريل
month-5 = مايو
month-6 = يونيو
month-7 = يوليو
month-8 = أغسطس
month-9 = سبتمبر
month-10 = أكتوبر
month-11 = نوفمبر
month-12 = ديسمبر
time-just-now = الآن
time-in-a-moment = بعد لحظة
time-minutes-ago =
    { $count ->
        [one] قبل دقيقة واحدة
        [two] قبل دقيقتين
        [few] قبل { $count } دقائق
       *[other] قبل { $count } دقيقة
    }
time-in-minutes =
    { $count ->
        [one] بعد دقيقة واحدة
        [two] بعد دقيقتين
        [few] بعد { $count } دقائق
       *[other] بعد { $count } دقيقة
    }
time-hours-ago =
    { $count ->
        [one] قبل ساعة واحدة
        [two] قبل ساعتين
        [few] قبل { $count } ساعات
       *[other] قبل { $count } ساعة
    }
time-in-hours =
    { $count ->
        [one] بعد ساعة واحدة
        [two] بعد ساعتين
        [few] بعد { $count } ساعات
       *[other] بعد { $count } ساعة
    }
time-days-ago =
    { $count ->
        [one] قبل يوم واحد
        [two] قبل يومين
        [few] قبل { $count } أيام
        [many] قبل { $count } يومًا
       *[other] قبل { $count } يوم
    }
time-in-days =
    { $count ->
        [one] بعد يوم واحد
        [two] بعد يومين
        [few] بعد { $count } أيام
        [many] بعد { $count } يومًا
       *[other] بعد { $count } يوم
    }
time-months-ago =
    { $count ->
        [one] قبل شهر واحد
        [two] قبل شهرين
        [few] قبل { $count } أشهر
        [many] قبل { $count } شهرًا
       *[other] قبل { $count } شهر
    }
time-in-months =
    { $count ->
        [one] بعد شهر واحد
        [two] بعد شهرين
        [few] بعد { $count } أشهر
        [many] بعد { $count } شهرًا
       *[other] بعد { $count } شهر
    }
time-years-ago =
    { $count ->
        [one] قبل سنة واحدة
        [two] قبل سنتين
        [few] قبل { $count } سنوات
       *[other] قبل { $count } سنة
    }
time-in-years =
    { $count ->
        [one] بعد سنة واحدة
        [two] بعد سنتين
        [few] بعد { $count } سنوات
       *[other] بعد { $count } سنة
    }
