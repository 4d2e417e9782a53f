date = { $day } { $month } { $year }
month-1 = जन॰
month-2 = फ़र॰
month-3 = मार्च
month-4 = अप्रैल
month-5 = मई
month-6 = जून
month-7 = जुल॰
month-8 = अग॰
month-9 = सित॰
month-10 = अक्तू॰
month-11 = नव॰
month-12 = दिस॰
time-just-now = अभी-अभी
time-in-a-moment = कुछ ही पल में
time-minutes-ago =
    { $count ->
        [one] { $count } मिनट पहले
       *[other] { $count } मिनट पहले
    }
time-in-minutes =
    { $count ->
        [one] { $count } मिनट में
       *[other] { $count } मिनट में
    }
time-hours-ago =
    { $count ->
        [one] { $count } घंटा पहले
       *[other] { $count } घंटे पहले
    }
time-in-hours =
    { $count ->
        [one] { $count } घंटे में
       *[other] { $count } घंटों में
    }
time-days-ago =
    { $count ->
        [one] { $count } दिन पहले
       *[other] { $count } दिन पहले
    }
time-in-days =
    { $count ->
        [one] { $count } दिन में
       *[other] { $count } दिनों में
    }
time-months-ago =
    { $count ->
        [one] { $count } महीना पहले
       *[other] { $count } महीने पहले
    }
time-in-months =
    { $count ->
        [one] { $count } महीने में
       *[other] { $count } महीनों में
    }
time-years-ago =
    { $count ->
        [one] { $count } साल पहले
       *[other] { $count } साल पहले
    }
time-in-years =
    { $count ->
        [one] { $count } साल में
       *[other] { $count } सालों में
    }
