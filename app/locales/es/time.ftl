date = { $day } { $month } { $year }
month-1 = ene
month-2 = feb
month-3 = mar
month-4 = abr
month-5 = may
month-6 = jun
month-7 = jul
month-8 = ago
month-9 = sept
month-10 = oct
month-11 = nov
month-12 = dic
time-just-now = ahora mismo
time-in-a-moment = en un momento
time-minutes-ago =
    { $count ->
        [one] hace { $count } minuto
       *[other] hace { $count } minutos
    }
time-in-minutes =
    { $count ->
        [one] en { $count } minuto
       *[other] en { $count } minutos
    }
time-hours-ago =
    { $count ->
        [one] hace { $count } hora
       *[other] hace { $count } horas
    }
time-in-hours =
    { $count ->
        [one] en { $count } hora
       *[other] en { $count } horas
    }
time-days-ago =
    { $count ->
        [one] hace { $count } día
       *[other] hace { $count } días
    }
time-in-days =
    { $count ->
        [one] en { $count } día
       *[other] en { $count } días
    }
time-months-ago =
    { $count ->
        [one] hace { $count } mes
       *[other] hace { $count } meses
    }
time-in-months =
    { $count ->
        [one] en { $count } mes
       *[other] en { $count } meses
    }
time-years-ago =
    { $count ->
        [one] hace { $count } año
       *[other] hace { $count } años
    }
time-in-years =
    { $count ->
        [one] en { $count } año
       *[other] en { $count } años
    }
