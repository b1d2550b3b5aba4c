# Аккаунты: списки, карточки, чего ждать.
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

    Раньше эти аккаунты были. Чаще так выглядит поломка площадки, поэтому владельцы ещё ничего не знают. Это правда?
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
