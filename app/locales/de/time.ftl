date = { $day }. { $month } { $year }
month-1 = Jan.
month-2 = Feb.
month-3 = März
month-4 = Apr.
month-5 = Mai
month-6 = Juni
month-7 = Juli
month-8 = Aug.
month-9 = Sept.
month-10 = Okt.
month-11 = Nov.
month-12 = Dez.
time-just-now = gerade eben
time-in-a-moment = in Kürze
time-minutes-ago =
    { $count ->
        [one] vor { $count } Minute
       *[other] vor { $count } Minuten
    }
time-in-minutes =
    { $count ->
        [one] in { $count } Minute
       *[other] in { $count } Minuten
    }
time-hours-ago =
    { $count ->
        [one] vor { $count } Stunde
       *[other] vor { $count } Stunden
    }
time-in-hours =
    { $count ->
        [one] in { $count } Stunde
       *[other] in { $count } Stunden
    }
time-days-ago =
    { $count ->
        [one] vor { $count } Tag
       *[other] vor { $count } Tagen
    }
time-in-days =
    { $count ->
        [one] in { $count } Tag
       *[other] in { $count } Tagen
    }
time-months-ago =
    { $count ->
        [one] vor { $count } Monat
       *[other] vor { $count } Monaten
    }
time-in-months =
    { $count ->
        [one] in { $count } Monat
       *[other] in { $count } Monaten
    }
time-years-ago =
    { $count ->
        [one] vor { $count } Jahr
       *[other] vor { $count } Jahren
    }
time-in-years =
    { $count ->
        [one] in { $count } Jahr
       *[other] in { $count } Jahren
    }
