### Карточки товаров: проверка подлинности, создание карточки, коды и этикетки.

## Карточки товаров: проверка подлинности, создание карточки, печать кода.

kept-scans = проверки карточек: код, имя и номер того, кто проверил
rows-scan = проверок карточек
scan-genuine = ✅ Подлинная вещь. Проверка № { $n }, впервые проверена { $first }.
scan-repeat = ✅ Подлинная вещь. Вы только что её проверяли: этот просмотр не считается. Проверок: { $n }, впервые проверена { $first }.
scan-often = ℹ️ Код можно скопировать. Если вещь новая, а её уже проверяли другие, спросите продавца.
scan-inactive = ⚠️ Этот код сейчас не действует. Подлинность не подтверждена: спросите продавца.
scan-recalled = ⛔️ Эта вещь отозвана. Не пользуйтесь ею и обратитесь к продавцу.
scan-stolen = ⛔️ Эта вещь или её этикетка украдена. Подлинность не подтверждена.
scan-unknown = ❌ Такого кода нет. Если он напечатан на вещи, это похоже на подделку: спросите продавца.
scan-mistyped = ✏️ В коде опечатка: в нём 18 букв и цифр, например <code>0123-4567-89AB-CDEF-GH</code>. Проверьте и отправьте ещё раз.
scan-refused = ⏳ Слишком много кодов, которых нет. Попробуйте через 10 минут.
card-packaged = В упаковке
card-shared = 🔗 Этой карточкой поделились. Это не проверка вещи: для неё отсканируйте код на самой вещи.
card-shared-gone = Такой карточки нет.
button-cards = 🏷 Мои карты
button-card-add = ➕ Добавить новую карту
button-card-skip = Пропустить
button-card-save = ✅ Создать карту
button-card-qr = QR-код
button-card-labels = 🖨 Этикетки
button-card-show = 👁 Как видит покупатель
button-card-off = ⏸ Отключить
button-card-on = ▶️ Включить
button-labels-a4 = A4
button-labels-single = По одной
cards-none = 🏷 Карт ещё нет.
cards-list = 🏷 <b>Мои карты</b>: { $n }
card-button = { $name } · { $checks }
card-screen =
    🏷 <b>{ $name }</b>

    Состояние: { $state }
    Проверок: { $checks }
    Человек: { $people }
    Создана: { $made }
    Код: { $code }
card-links =
    Ссылка в QR-коде: { $scan }
    Поделиться (не считается проверкой): { $share }
card-is-active = действует
card-is-inactive = отключена
card-made = Карта создана
card-qr-caption = QR-код: { $name }. Печатайте файл как есть, не меняя пропорций.
card-labels =
    🖨 Этикетки около { $mm } мм вместе с полями; код рядом. Выберите размер, бумагу и точность принтера.

    На самом деле, мм: { $real }
card-labels-caption = Этикетки. Печатайте в масштабе 100 %.
card-preview = 👁 Так карточку увидит покупатель
card-second-taken = 📷 Второе фото из альбома взято как фото в упаковке.
card-ask-photo =
    🏷 <b>Новая карта</b> · шаг { $step } из { $steps }

    Отправьте фото вещи: как фото или картинку файлом.
card-ask-name =
    🏷 Шаг { $step } из { $steps }

    Как она называется? До { $name } знаков.
card-ask-description =
    🏷 Шаг { $step } из { $steps }

    Опишите её. До { $description } знаков.
card-ask-packaged =
    🏷 Шаг { $step } из { $steps }

    Отправьте фото в упаковке — или пропустите.
card-ask-consent =
    🏷 Шаг { $step } из { $steps }

    Всё верно?
card-expected-photo = Здесь нужно фото: отправьте его как фото или картинку файлом.
card-expected-name = Здесь нужно название: текст от 1 до { $name } знаков.
card-expected-description = Здесь нужно описание: текст от 1 до { $description } знаков.
card-expected-packaged = Здесь нужно фото в упаковке. Без него — «Пропустить».
card-expected-consent = Осталось нажать «Создать карту» — или вернуться назад.
card-photo-too-large = Файл слишком большой: до { $mb } МБ.
card-photo-too-many-pixels = В этой картинке слишком много точек: до 12 миллионов, в обычном JPEG — до 32. Уменьшите её и отправьте ещё раз.
card-photo-too-narrow = Эта картинка слишком узкая: одна сторона длиннее другой больше чем в 20 раз.
card-photo-no-picture = Это не картинка, которую я могу прочитать. Нужен файл JPEG, PNG или WebP.
card-photo-out-of-reach = Не получилось получить картинку. Отправьте её ещё раз.
cards-stats =
    📊 <b>Карты</b>

    Всего: { $cards }
    Действуют: { $active }
    Проверок: { $checks }
    Разных людей: { $people }
cards-top = Чаще всего проверяют:
cards-top-line = • { $name } — { $checks }
button-batches = 📦 Партии
button-batch-add = ➕ Новая партия
batches = 📦 <b>Партии</b>: { $name }. В партии у каждой вещи свой код.
batch-button = { $name } · { $codes } · проверок { $checks }
batch =
    📦 <b>{ $name }</b>

    Кодов: { $codes }
    Проверок: { $checks }
batch-ask = Название партии и сколько в ней вещей, например: <code>лето 100</code>. До { $most }.
batch-expected = Здесь нужны название и число от 1 до { $most }, например: <code>лето 100</code>.
batch-known = Такая партия уже есть. Нужно другое название.
scan-suspicious = ⚠️ Владелец считает этот код подозрительным: его могли скопировать. Спросите продавца.
card-alarm =
    🚨 <b>{ $name }</b>, № { $serial }: код проверяют разные люди

    За сутки: { $day }
    Всего: { $ever }

    Возможно, этикетку скопировали.
button-alarm-ignore = Не важно
button-alarm-suspicious = ⚠️ Подозрительно
button-alarm-recall = ⛔️ Отозвать
alarm-done-ignore = ✅ Больше не сообщу, сколько бы людей ни проверяло. Исключение — чужая проверка закреплённой вещи.
alarm-done-suspicious = ⚠️ Тех, кто проверит этот код, предупрежу.
alarm-done-recall = ⛔️ Вещь отозвана: так скажу каждому, кто проверит её код.
button-cards-chart = 📈 График
cards-chart = 📈 За { $days } дней проверок: { $checks }
cards-chart-none = За последние дни ничего не проверяли.
cards-chart-title = Проверки карт
cards-chart-per-day = Проверок в день
scan-own = 📌 Эта вещь закреплена за вами с { $since }.
scan-others = ⚠️ С { $since } эта вещь закреплена за другим человеком. Если вы её покупаете, спросите продавца.
button-claim = 📌 Это моя вещь
button-card-share = 🔗 Поделиться
scan-claimed = 📌 Вещь закреплена за вами. Если её код проверит кто-то другой, владелец карточки об этом узнает. Отметка хранится, пока вы не удалите свои данные: /delete_me
scan-not-claimed = Эту вещь сейчас нельзя закрепить: она уже за кем-то, или её код не действует, или вы его ещё не проверяли.
outcome-genuine = ✅ подлинная
outcome-repeat = ✅ повтор, не считается
outcome-inactive = ⏸ не действует
outcome-recalled = ⛔️ отозвана
outcome-stolen = 🚨 украдена
outcome-unknown = ❌ нет такого кода
outcome-mistyped = ✏️ опечатка
outcome-refused = ⏳ слишком часто
code-is-active = действует
code-is-inactive = не действует
code-is-recalled = вещь отозвана
code-is-stolen = украдена
button-code-active = ▶️ Действует
button-code-inactive = ⏸ Не действует
button-code-recalled = ⛔️ Отозвать
button-code-stolen = 🚨 Украдена
button-code-free = 📌 Снять закрепление
button-code-watch = 🔔 Снять пометки
button-card-code = 🔢 Код
button-card-edit = ✏️ Изменить
button-card-scans = 📜 Проверки
button-card-find = 🔎 Найти
button-cards-off = ⏸ Отключённые
button-scans-csv = 📥 Проверки, CSV
button-units = 🔢 Коды
units = 🔢 <b>{ $name }</b>: коды по номерам вещей
code-of-batch = { $card } · { $batch } № { $serial }
code-screen =
    🔢 <b>{ $name }</b>

    Код: { $code }
    Состояние: { $state }
    Проверок: { $checks }
    Первая: { $first }
code-claimed = 📌 Закреплена: { $who }, с { $since }
code-suspicious = ⚠️ Помечен как подозрительный: тех, кто проверяет, предупреждаю.
code-ignored = 🔕 О проверках этого кода не сообщаю, кроме чужих проверок закреплённой вещи.
cards-find = 🔎 Напишите часть названия или код вещи.
cards-found = 🔎 «{ $text }»: найдено карт { $n }
cards-list-off = ⏸ <b>Отключённые карты</b>: { $n }
card-button-off = ⏸ { $name } · { $checks }
card-edit = ✏️ <b>{ $name }</b>: что изменить?
card-edit-name = ✏️ Новое название: до { $name } знаков.
card-edit-description = ✏️ Новое описание: до { $description } знаков.
card-edit-photo = ✏️ Отправьте новое фото: как фото или картинку файлом.
card-edit-packaged = ✏️ Отправьте новое фото в упаковке: как фото или картинку файлом.
card-edit-now = Сейчас
card-edit-raced = ✋ Пока вы отвечали, это изменил кто-то другой. Сейчас: «{ $now }». Если всё же заменить — ответьте ещё раз.
card-edit-raced-photo = ✋ Пока вы отвечали, фото сменил кто-то другой. Если всё же заменить — пришлите ещё раз.
card-changed = ✅ Изменено
button-edit-name = Название
button-edit-description = Описание
button-edit-photo = Фото
button-edit-packaged = Фото в упаковке
button-edit-unpackaged = Убрать фото в упаковке
scans = 📜 Последние проверки: <b>{ $name }</b>
scans-none = 📜 <b>{ $name }</b>: проверок ещё не было.
scans-line = { $at } · { $outcome } · { $who }
scans-line-of-batch = { $line } · { $batch } № { $serial }
scans-caption = 📥 Проверки, новые сверху, до { $most } строк. В файле имена людей: храните его как личные данные.
card-alarm-claimed =
    🚨 <b>{ $name }</b>, № { $serial }: вещь закреплена за одним человеком, а код проверил другой

    За сутки людей: { $day }
    Всего: { $ever }

    Возможно, этикетку скопировали или вещь продали.
card-tries = 🚨 { $who } (<code>{ $id }</code>) пробует коды, которых нет: { $n } за 10 минут. Пока это продолжается, коды этому человеку не проверяю.
alarm-done-watch = 🔔 О проверках этого кода снова сообщу.
labels-size = { $mm } мм
labels-size-chosen = ✓ { $mm } мм
backup-without-photos = 📷 Фото карт в файл не входят: вместе с ними копию делает <code>vakhta backup копия.db</code> там, где работает бот.
button-card-open = 🔗 Открыть в боте
button-cards-csv = 📥 Карты, CSV
cards-caption = 📥 Все карты: код, ссылка, проверки.

## Этикетки: какого размера.

button-labels-other = 📏 Другой размер
labels-ask = 📏 Какой стороны код вместе с полями? Напишите число миллиметров, от { $least } до { $most }.
labels-expected = Здесь нужно число миллиметров от { $least } до { $most }: меньшие коды телефоны не читают.
