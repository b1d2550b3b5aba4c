### Вахта: аккаунты, проверки, площадки, уведомления, графики, таблицы.

## Проверки, аккаунты, уведомления.

run-started =
    🔄 Автопроверка запущена

    📊 Аккаунтов к проверке: { $total }
    ⏰ Время: { $time }
run-done =
    ✅ Автопроверка завершена

    📊 Результаты:
    • Проверено: { $checked }
    • Найдено: { $found }
    • Не найдено: { $not_found }
    • Ошибок: { $errors }
run-interrupted = ⏹ Проверка прервана, остальные аккаунты будут проверены в следующий раз.
run-offline = 📡 Посмотреть не удалось: похоже, нет нашей собственной сети. Следующая проверка попробует снова.
run-duration = ⏱ Длительность: { $span }
run-error = ⚠️ { $site }: { $reason } — { $n }
run-errors-more = … и ещё причин: { $n }
run-skipped = ⏭ Не успели проверить: { $n }
run-missed-ticks = 🕒 Пропущено запусков за время проверки: { $n }
run-next = ⏭ Следующая проверка: { $time }
run-crashed = ⚠️ Проверка № { $run } прервалась из-за внутренней ошибки. Следующая пройдёт по расписанию.
digest =
    📅 Сводка за день

    • Проверок: { $runs }
    • Найдено: { $found }
    • Не найдено: { $not_found }
    • Ошибок: { $errors }
digest-calm = Всё спокойно: вахта идёт.
found =
    ✅ Аккаунт найден

    👤 Имя пользователя: { $name }
    🌐 Площадка: { $site }
    📅 Начало работ: { $started }
    📝 Заявлено: { $period }
    🏁 Завершено за: { $took }
    📅 Конец работ: { $ends }
found-many = ✅ Найдено: { $accounts }
found-gist = Найдены: { $names }
found-line = • { $name } · { $site } · { $took }
found-other-line = • { $name } · { $site } · другой владелец
found-more = … и ещё { $n }
took-days = { $n ->
    [0] меньше дня
    [one] { $n } день
    [few] { $n } дня
   *[many] { $n } дней
}
remind-soon = ⏳ Скоро конец срока
remind-last-day = ⏰ Последний день срока
remind-overdue = ⌛️ Срок прошёл, проверяю дальше
remind-line = • { $name } · { $site } · до { $ends }
add-ask =
    ➕ Кого добавить?

    Отправьте имя, <code>имя площадка</code>, <code>имя площадка дней</code> или ссылку на профиль. Можно много строк сразу или файл CSV.
add-ask-site = 🌐 На какой площадке искать { $name }?
add-ask-days = 📝 На сколько дней договорились? { $name } · { $site }
add-done =
    ✅ Добавлено

    { $name } · { $site } · { $period }
add-known = Этот аккаунт у вас уже есть: { $name } · { $site }
add-many = ➕ Добавлено: { $added }, уже были: { $known }, с ошибками: { $bad }
add-over = 🚧 Сверх предела: { $over }. Аккаунтов у одного человека — не больше { $limit }, вы можете добавить ещё { $left }.
add-bad-line = • строка { $line }: { $problem }
add-bad-more = … и ещё строк с ошибками: { $n }
add-note = ℹ️ { $site }: { $note }
add-name-only = ℹ️ { $site } знает только, занято ли имя: возвращение профиля здесь не видно.
add-protected = ℹ️ { $site } стоит за защитой ({ $by }): ждите «посмотреть не удалось».
protected-unnamed = защита от программ
protected-login = вход по паролю
bad-line-empty = пустая строка
bad-line-long = слишком много слов; нужно: имя, площадка, дней
bad-site = нет такой площадки: { $site }
bad-site-near = нет такой площадки: { $site }; может быть, { $near }?
bad-days = дней — от 1 до 3650, а здесь: { $days }
bad-name = такого имени на площадке { $site } быть не может: { $name }
bad-name-hidden = в имени невидимый знак, { $site } его не примет: { $name }
bad-url = ссылка не на профиль известной мне площадки
list-empty =
    📋 Пока пусто.

    Добавить: <code>/add имя площадка</code>
list-title = 📋 <b>Ваши аккаунты</b>: { $n }
list-title-all = 🗂 <b>Аккаунты всех</b>: { $n }
account-button = { $mark } { $name } · { $site }
account-card =
    { $mark } <b>{ $name }</b>

    🌐 Площадка: { $site }
    📅 Начало работ: { $started }
    📝 Заявлено: { $period }
    📅 Конец работ: { $ends }
account-owner = 👤 Владелец: { $who } (<code>{ $id }</code>)
account-checked = 🔍 { $time }: { $verdict }
account-never-checked = 🔍 Ещё не проверялся
account-done = 🏁 Найден { $date }
account-paused = ⏸ На паузе
account-held = ✋ Ждёт решения администратора: на площадке сразу изменилось слишком много
account-gone = Этого аккаунта больше нет.
verdict-found = найден
verdict-not-found = не найден
verdict-error = посмотреть не удалось: { $reason }
button-account-check = 🔍 Проверить
button-pause = ⏸ Пауза
button-resume = ▶️ Продолжить
button-again = 🔁 Ждать снова
button-extend = +{ $n } дн.
button-delete = 🗑 Удалить { $name }
check-accepted = 🔍 Проверяю: { $accounts }
check-queued = 🔍 Идёт другая проверка, ваша начнётся сразу после неё: { $accounts }
check-nothing = Проверять нечего: нет аккаунтов, которые ждут.
status =
    📊 <b>Состояние</b>

    Ждут: { $pending }, найдены: { $done }, на паузе: { $paused }
status-running = 🔄 Идёт проверка: { $checked } из { $total }
status-last = Последняя проверка: { $time } — найдено { $found }, не найдено { $not_found }, ошибок { $errors }
status-last-interrupted = Последняя проверка: { $time } — прервана
status-last-offline = Последняя проверка: { $time } — не было нашей собственной сети
status-no-run = Проверок ещё не было
status-next = Следующая проверка: { $time }
status-distrusted = ⚠️ Нет вердиктов, контрольные имена определяются неверно: { $sites }
rows-run = проверок
status-outbox = 📮 Сообщений в очереди: { $pending }, без подтверждения: { $unconfirmed }, не доставлено: { $dead }

## Почему посмотреть не удалось: по машинным ключам.

reason-dns = у площадки нет адреса (DNS)
reason-tls = нет защищённого соединения (сертификат)
reason-connect = площадка не принимает соединений
reason-reset = соединение оборвано до ответа
reason-timeout = нет полного ответа вовремя
reason-redirect-loop = перенаправления по кругу
reason-too-many-redirects = слишком много перенаправлений
reason-body-too-large = ответ слишком велик
reason-cut-body = ответ обрезан
reason-bad-body = ответ не удалось прочитать
reason-block-page = страница-заслон вместо ответа
reason-login-wall = площадка требует входа
reason-rate-limited = слишком много запросов (429)
reason-forbidden = площадка отказывает нам (401, 403, 407)
reason-server-error = ошибка на стороне площадки (5xx)
reason-status = ответ, который ничего не говорит
reason-empty-body = пустая страница
reason-both-rules-match = подходят оба правила: описание площадки сломано
reason-no-rule-matches = не подходит ни одно правило: площадка изменилась
reason-missing-or-hidden = аккаунта нет или он скрыт: ответ один и тот же
reason-unlike-controls = страница не похожа ни на аккаунт, ни на его отсутствие
reason-breaker-open = площадка отказывала раз за разом, даём ей отдохнуть
reason-looks-disagree = проверки дали разные ответы
reason-private-target = по этому адресу смотреть нельзя
reason-unknown-site = такой площадки нет в каталоге
reason-bad-name = такого имени на площадке быть не может
reason-control-failed = контрольное имя площадки определилось неверно
reason-names-alike = про похожее случайное имя площадка не сказала, что его нет
reason-mass-change = сразу изменилось слишком много, ждём решения администратора
reason-eyes-disagree = страница и привязанный аккаунт Telegram показали разное
reason-restricted = площадка ограничила доступ к аккаунту
reason-offline = нет нашей собственной сети
reason-other = неизвестная причина

## Когда нельзя верить площадке или своей сети.

controls-failed = ⚠️ Контрольные имена определились неверно. Пока так, площадка не даёт вердиктов, и её аккаунты не меняются:
controls-failed-line = • { $site }: { $fault }
controls-well = ✅ Контрольные имена снова определяются верно: { $sites }
control-known-missing = имени, которое точно есть, будто бы нет
control-known-unclear = ответ на имя, которое точно есть, не подходит ни под одно правило
control-random-found = случайное имя будто бы есть: площадка отвечает так про всех
control-random-unclear = ответ на случайное имя не подходит ни под одно правило
mass-change =
    ✋ { $site }: сразу нашлось { $changed } из { $answered }

    Раньше их не находили. Чаще так выглядит поломка площадки, поэтому владельцы ещё ничего не знают. Это правда?
mass-change-applied = ✅ Да, решил(а) { $by }: владельцы узнают.
mass-change-discarded = 🔁 Нет, решил(а) { $by }: следующая проверка посмотрит снова.
mass-changes-none = Вопросов нет.
button-mass-apply = ✅ Да, сообщить владельцам
button-mass-discard = 🔁 Нет, проверить снова
button-mass-changes = ✋ Массовые изменения: { $n }
offline =
    📡 Похоже, нет нашей собственной сети

    Ни до одной площадки не дойти, поэтому проверка закончена. Аккаунты не изменились. Скажу, когда сеть вернётся.
online = 📡 Наша сеть снова есть. Её не было { $span }.

## Где площадкам нельзя верить до конца.

site-note-telegram = Видны только публичные имена. Люди, боты, группы и каналы выглядят одинаково; аккаунт, закрытый лишь в некоторых странах, виден.
site-note-vk = Заблокированная или удалённая страница может отвечать как страница; сообщества не видны. Из дата-центров часто требуют капчу: это «посмотреть не удалось».
site-note-github = Приостановленный или скрытый аккаунт отвечает так, будто его нет.
site-note-gitlab = О заблокированных аккаунтах ответа не будет; группы не видны.
site-note-reddit = С мая 2026 года отказывает всем, кто без входа (403): ждите «посмотреть не удалось». О приостановленном аккаунте ответа не будет.
site-note-youtube = Только имена вида @имя, без старых /c/ и /user/. Страница согласия или капча — это «посмотреть не удалось».
site-note-tiktok = Знает только, что аккаунт виден: закрытый отвечает так же, как отсутствующий, и это «посмотреть не удалось». Дата-центрам часто отказывают.
site-note-instagram = Отказывает большинству дата-центров и многим домашним сетям: ждите «посмотреть не удалось». Отключённый аккаунт отвечает так, будто его нет.
site-note-x = Знает только, занято ли имя. Заблокированный аккаунт сохраняет имя, поэтому его возвращение не видно.
site-note-twitch = Заблокированный аккаунт отвечает так, будто его нет.
site-note-pinterest = Знает только, что аккаунт виден: закрытый или заблокированный отвечает так же, как отсутствующий, и это «посмотреть не удалось».
site-note-steam = Только именные адреса (/id/имя), не номера. Владелец может сменить адрес; блокировки и закрытые профили всё равно находятся.

## What the watch adds to screens of others.

delete-me-accounts = { $accounts ->
        [one] { $accounts } аккаунт
        [few] { $accounts } аккаунта
       *[many] { $accounts } аккаунтов
    } с историей
panel-accounts = Аккаунтов: { $accounts }
person-accounts = Аккаунтов: { $accounts }

## Аккаунты: списки, карточки, чего ждать.

until-found = когда появится
until-gone = когда исчезнет
until-change = любое изменение
until-ask = 👁 Чего ждать? { $name } · { $site }
gone =
    👋 Аккаунт исчез

    👤 Имя пользователя: { $name }
    🌐 Площадка: { $site }
    📅 Начало работ: { $started }
    📝 Заявлено: { $period }
    🏁 Завершено за: { $took }
    📅 Конец работ: { $ends }
other-owner = ⚠️ Имя теперь у другого владельца: не у того, кого видели раньше.
gone-many = 👋 Исчезло: { $accounts }
appeared =
    🔔 Аккаунт появился

    👤 Имя пользователя: { $name }
    🌐 Площадка: { $site }

    Жду дальше: скажу, если снова что-то изменится.
appeared-many = 🔔 Появилось: { $accounts }
disappeared =
    🔕 Аккаунт пропал

    👤 Имя пользователя: { $name }
    🌐 Площадка: { $site }

    Жду дальше: скажу, если снова что-то изменится.
disappeared-many = 🔕 Пропало: { $accounts }
change-line = • { $name } · { $site }
news-gist = Изменились: { $names }
mass-change-gone =
    ✋ { $site }: сразу исчезло { $changed } из { $answered }

    До сих пор ничто на это не указывало. Чаще так выглядит поломка площадки, поэтому владельцы ещё ничего не знают. Это правда?
mass-change-mixed =
    ✋ { $site }: сразу изменилось { $changed } из { $answered }

    Одни появились, другие исчезли. Чаще так выглядит поломка площадки, поэтому владельцы ещё ничего не знают. Это правда?
list-title-owner = 🗂 <b>Аккаунты</b> { $who }: { $n }
list-nothing = Ничего не нашлось.
list-choose-site = 🌐 Аккаунты какой площадки показать?
filter-pending = ⏳ Ждут
filter-overdue = ⌛️ Просрочены
filter-done = ✅ Завершены
filter-paused = ⏸ На паузе
filtered-site = 🌐 Площадка: { $site }
filtered-text = 🔎 Поиск: { $text }
button-by-site = 🌐 Площадка
button-find = 🔎 Поиск
button-all = 🗂 Все
button-to-list = 📋 К списку
find-ask = 🔎 Что искать? Отправьте часть имени или заметки.
account-until = 👁 Жду: { $until }
account-note = 🗒 Заметка: { $note }
account-seen = 👀 Последний раз видели: { $time }
account-never-seen = 👀 Ещё не видели
account-looks = 📈 { $looks } (█ есть, ▁ нет, · не удалось)
account-history = 🕘 История:
account-done-gone = 🏁 Исчез { $date }
history-line = • { $time } — { $what } · { $who }
change-added = добавлен
change-found = появился
change-other = имя у другого владельца
change-gone = исчез
change-paused = пауза
change-resumed = снова проверяется
change-again = ждём снова
change-extended = срок +{ $n } дн.
change-noted = заметка изменена
change-until = ждём: { $until }
change-removed = удалён
change-restored = возвращён
by-run = проверка
by-you = вы
by-nobody = кто-то, кого здесь больше нет
button-until = 👁 Чего ждать
button-extend-other = ➕ Другой срок
button-note = 🗒 Заметка
button-clear-note = ✖️ Убрать заметку
button-restore = ↩️ Вернуть (отменить удаление)
button-card = 📄 Карточка
button-add-more = ➕ Добавить ещё
account-removed = 🗑 Удалён: { $name } · { $site }

    Вернуть можно ещё неделю.
days-ask = ➕ На сколько дней продлить? { $name } · { $site }
note-ask = 🗒 Что записать? До 200 знаков. { $name } · { $site }
note-changed = Заметку тем временем изменил кто-то другой. Отправьте свою ещё раз, если её нужно заменить.
bad-note = в заметке должно быть от 1 до { $most } знаков, а здесь { $n }
kept-removed = удалённые аккаунты, чтобы их можно было вернуть
kept-searches = что вы искали в списках
rows-account = аккаунтов
rows-search = поисков
button-download = 📤 Скачать CSV
button-apply = ✅ Применить: добавить { $n }
table-caption = 📤 Аккаунты. Этот файл можно изменить и прислать сюда же.
expected-table = Здесь нужен текст или файл CSV со столбцами <code>site,username,days,until</code>. Прервать: /cancel
table-shown =
    📥 <b>Файл прочитан, пока ничего не добавлено</b>

    Новых: { $new }
    Уже есть: { $known }
    С ошибками: { $bad }
table-nothing = Добавлять нечего.
table-changed = ⚠️ Тем временем ваши аккаунты изменились, поэтому посчитано заново.
table-not-utf8 = Файл не в кодировке UTF-8. Сохраните его как «CSV UTF-8» и пришлите снова.
table-too-large = Файл слишком большой: принимаю до { $kb } КБ. Разделите его на части.
table-out-of-reach = Telegram не отдал файл. Пришлите его, пожалуйста, ещё раз.
bad-columns = в заголовке должны быть столбцы site,username,days,until; нет «{ $column }»
bad-cell = пусто в столбце { $column }
bad-until = ждать можно found, gone или change, а здесь: { $until }
search-partial = ℹ️ Ищу только среди { $n } последних. Остальные — в списке их владельца.

## Таблицы аккаунтов, которые больше, чем добавляется за один раз.

table-large =
    ⏳ { $n ->
        [one] Добавляю { $n } аккаунт
        [few] Добавляю { $n } аккаунта
       *[other] Добавляю { $n } аккаунтов
    }. Итог придёт отдельным сообщением, перезапуск этому не помешает.
table-busy = Ваша прошлая таблица ещё добавляется. Итог придёт отдельным сообщением, тогда примените эту.

## Предохранители площадок, как их видят администраторы.

site-breaker = ⏳ С { $since } не спрашивается: запросы подряд не удались ({ $reason }). Пробный запрос — не раньше { $time }

## Площадки и ход проверок, как их видят администраторы.

kept-days = суммы проверок по дням и площадкам, без имён
rows-site_day = дневных сумм
digest-night =
    🌙 Итог тихих часов

    • Проверок: { $runs }
    • Найдено: { $found }
    • Не найдено: { $not_found }
    • Ошибок: { $errors }
digest-own =
    📅 Ваши аккаунты за день

    • Ждут: { $pending }
    • Найдено: { $found }
    • Посмотреть не удалось: { $errors }
remind-waiting = ⌛️ Всё ещё жду: срок давно прошёл
remind-off = Не напоминать: /settings
button-thread = 🩺 Ход проверок
button-sites = 🌐 Площадки
button-stop-run = ⏹ Остановить
run-stopping = ⏹ Останавливаю: что уже проверено, сохранено.
run-over = Эта проверка уже закончена.
run-stopped = ⏹ Остановил(а) { $by }: проверено { $checked } из { $total }, остальное — в следующий раз.
run-muted = 🔇 Отключены администратором, не проверялись: { $sites }
thread = 🩺 <b>Ход проверок</b>
thread-late = ⏱ Опоздание последнего запуска: { $span }
thread-runs = Последние проверки:
thread-run = • { $time } — { $span }, проверено { $checked }, ошибок { $errors }
thread-slow = Отвечают дольше всех:
thread-site = • { $site } — { $span }
sites = 🌐 <b>Площадки</b>: { $n }. Проверено и ошибок — со вчерашнего дня.
sites-none = 🌐 Со вчерашнего дня ни одна площадка не проверялась.
site-button = { $mark } { $site } · { $checked } · ошибок { $errors }
site-card =
    🌐 <b>{ $site }</b>

    Со вчерашнего дня: найдено { $found }, не найдено { $not_found }, ошибок { $errors }
site-look = Ответ в среднем: { $span }
site-muted = 🔇 Не проверяется { $until }
site-silent = ⏳ Просит не спрашивать до { $time } (Retry-After)
site-controls-failed = ⚠️ С { $time } нет вердиктов: { $fault }
site-controls-well = ✅ Контрольные имена верны с { $time }
site-errors = Ошибки за сутки:
site-error = • { $reason } — { $n }
site-not-muted = проверяется
account-muted = 🔇 { $site } сейчас не проверяется { $until }
until = до { $time }
until-unmuted = пока администратор не включит снова
button-mute-day = 🔇 Не проверять день
button-mute-week = 🔇 Не проверять неделю
button-mute = 🔇 Не проверять, пока не включу
button-unmute = 🔊 Снова проверять
stats-accounts = 🗂 Аккаунтов { $all }: ждут { $pending }, найдены { $done }, на паузе { $paused }
stats-today = 🔍 Сегодня: проверок аккаунтов { $checked }, найдено { $found }, ошибок { $errors }
stats-week = 🗓 За 7 дней: проверок аккаунтов { $checked }, найдено { $found }, ошибок { $errors }
button-accounts-of = 🗂 Аккаунты

## Графики.

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

## Что хранится о проверках.

kept-runs = итоги проверок, без имён

## Единицы и кнопки.

button-status = 📊 Состояние
help-add = /add — добавить аккаунт: <code>/add имя</code>, <code>/add имя площадка</code>, <code>/add имя площадка дней</code>, ссылку на профиль или много строк сразу
help-list = /list — ваши аккаунты
help-check = /check — проверить ваши аккаунты сейчас
help-status = /status — состояние проверок
help-verdict = Аккаунт найден, только если это подтвердили несколько проверок. Если посмотреть не удалось, я так и скажу: это ошибка проверки, а не ответ.
help-sites = Площадки: { $sites }
command-add = Добавить аккаунт
command-list = Мои аккаунты
command-check = Проверить сейчас
command-status = Состояние проверок
button-check-all = 🔍 Проверить все сейчас
button-accounts = 🗂 Аккаунты всех
n-accounts = { $n ->
    [one] { $n } аккаунт
    [few] { $n } аккаунта
   *[many] { $n } аккаунтов
}

import-put-aside = ⚠️ На вашей таблице программа дважды оборвалась, поэтому я её отложил. Что уже добавлено, то добавлено. Администраторы знают.
put-aside-import = ⚠️ Программа дважды оборвалась на таблице из чата { $chat }. Таблица отложена.
