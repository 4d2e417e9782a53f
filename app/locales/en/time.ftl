### Points in time.

date = { $day } { $month } { $year }
month-1 = Jan
month-2 = Feb
month-3 = Mar
month-4 = Apr
month-5 = May
month-6 = Jun
month-7 = Jul
month-8 = Aug
month-9 = Sep
month-10 = Oct
month-11 = Nov
month-12 = Dec

time-just-now = just now
time-in-a-moment = in a moment
time-minutes-ago =
    { $count ->
        [one] { $count } minute ago
       *[other] { $count } minutes ago
    }
time-in-minutes =
    { $count ->
        [one] in { $count } minute
       *[other] in { $count } minutes
    }
time-hours-ago =
    { $count ->
        [one] { $count } hour ago
       *[other] { $count } hours ago
    }
time-in-hours =
    { $count ->
        [one] in { $count } hour
       *[other] in { $count } hours
    }
time-days-ago =
    { $count ->
        [one] { $count } day ago
       *[other] { $count } days ago
    }
time-in-days =
    { $count ->
        [one] in { $count } day
       *[other] in { $count } days
    }
time-months-ago =
    { $count ->
        [one] { $count } month ago
       *[other] { $count } months ago
    }
time-in-months =
    { $count ->
        [one] in { $count } month
       *[other] in { $count } months
    }
time-years-ago =
    { $count ->
        [one] { $count } year ago
       *[other] { $count } years ago
    }
time-in-years =
    { $count ->
        [one] in { $count } year
       *[other] in { $count } years
    }
