date = { $day } { $month } { $year }
month-1 = jan.
month-2 = fev.
month-3 = mar.
month-4 = abr.
month-5 = mai.
month-6 = jun.
month-7 = jul.
month-8 = ago.
month-9 = set.
month-10 = out.
month-11 = nov.
month-12 = dez.
time-just-now = agora mesmo
time-in-a-moment = daqui a pouco
time-minutes-ago =
    { $count ->
        [one] há { $count } minuto
       *[other] há { $count } minutos
    }
time-in-minutes =
    { $count ->
        [one] daqui a { $count } minuto
       *[other] daqui a { $count } minutos
    }
time-hours-ago =
    { $count ->
        [one] há { $count } hora
       *[other] há { $count } horas
    }
time-in-hours =
    { $count ->
        [one] daqui a { $count } hora
       *[other] daqui a { $count } horas
    }
time-days-ago =
    { $count ->
        [one] há { $count } dia
       *[other] há { $count } dias
    }
time-in-days =
    { $count ->
        [one] daqui a { $count } dia
       *[other] daqui a { $count } dias
    }
time-months-ago =
    { $count ->
        [one] há { $count } mês
       *[other] há { $count } meses
    }
time-in-months =
    { $count ->
        [one] daqui a { $count } mês
       *[other] daqui a { $count } meses
    }
time-years-ago =
    { $count ->
        [one] há { $count } ano
       *[other] há { $count } anos
    }
time-in-years =
    { $count ->
        [one] daqui a { $count } ano
       *[other] daqui a { $count } anos
    }
