# Графики

button-charts = 📈 Графики
button-chart-mine = 📈 График
button-chart-found = ✅ Найдено по дням
button-chart-sites = 📊 Проверки и ошибки
button-chart-duration = ⏱ Длительность
charts = 📈 Что нарисовать?
chart-drawing = Рисую…
chart-nothing = Пока нечего рисовать: слишком мало данных.
chart-others = остальные

chart-mine-title = Мои аккаунты
chart-found-title = Найденные аккаунты
chart-sites-title = Проверки и ошибки
chart-duration-title = Длительность проверок
chart-found-per-day = Найдено за день
chart-waiting = Ещё не найдено
chart-checks-per-day = Проверок в день
chart-errors-per-day = Ошибок в день
chart-seconds = Секунд
chart-minutes = Минут

chart-mine = 📈 <b>Мои аккаунты</b>

    • Найдено за { $days } { $days ->
        [one] день
        [few] дня
       *[many] дней
    }: { $found }
    • Ещё не найдено: { $waiting }
chart-found = ✅ <b>Найдено за { $days } { $days ->
        [one] день
        [few] дня
       *[many] дней
    }: { $found }</b>
chart-found-line = • { $site }: { $n }
chart-sites = 📊 <b>За { $days } { $days ->
        [one] день
        [few] дня
       *[many] дней
    }: проверок { $checked }, ошибок { $errors }</b>
chart-sites-line = • { $site }: { $checked }, ошибок { $errors }
chart-duration = ⏱ <b>Длительность проверок</b>

    • Проверок за { $days } { $days ->
        [one] день
        [few] дня
       *[many] дней
    }: { $runs }
    • Обычно: { $usual }
    • Дольше всего: { $longest }
