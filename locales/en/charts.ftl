# Charts

button-charts = 📈 Charts
button-chart-mine = 📈 Chart
button-chart-found = ✅ Found by day
button-chart-sites = 📊 Checks and errors
button-chart-duration = ⏱ Duration
charts = 📈 What shall I draw?
chart-drawing = Drawing…
chart-nothing = There is nothing to draw yet: too little data.
chart-others = others

chart-mine-title = My accounts
chart-found-title = Accounts found
chart-sites-title = Checks and errors
chart-duration-title = How long checks take
chart-found-per-day = Found per day
chart-waiting = Not found yet
chart-checks-per-day = Checks per day
chart-errors-per-day = Errors per day
chart-seconds = Seconds
chart-minutes = Minutes

chart-mine = 📈 <b>My accounts</b>

    • Found in { $days } { $days ->
        [one] day
       *[other] days
    }: { $found }
    • Not found yet: { $waiting }
chart-found = ✅ <b>Found in { $days } { $days ->
        [one] day
       *[other] days
    }: { $found }</b>
chart-found-line = • { $site }: { $n }
chart-sites = 📊 <b>In { $days } { $days ->
        [one] day
       *[other] days
    }: { $checked } checks, { $errors } errors</b>
chart-sites-line = • { $site }: { $checked }, errors { $errors }
chart-duration = ⏱ <b>How long checks take</b>

    • Checks in { $days } { $days ->
        [one] day
       *[other] days
    }: { $runs }
    • Usually: { $usual }
    • Longest: { $longest }
