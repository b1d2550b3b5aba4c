### Ассистент: вопросы в чатах, доступ, страница для браузера.

## Ассистент: что слышат админы, и что о вопросах хранится.

kept-questions = вопросы ассистенту и ответы на них
rows-question = вопросы ассистенту
kept-spend = сколько стоили вопросы за день
rows-question_spend = суммы расходов ассистента по дням
assistant-trouble-key = ⚠️ Ассистент: сервер моделей не принимает ключ (401). Вопросы остаются без ответа. Проверьте VAKHTA_ASSISTANT_API_KEY.
assistant-trouble-credits = ⚠️ Ассистент: на счёте сервера моделей нет денег (402). Вопросы остаются без ответа, пока счёт не пополнен.
assistant-trouble-no-model = ⚠️ Ассистент: сервер моделей не знает такой модели (404). Проверьте assistant.model и assistant.fallbacks.
assistant-trouble-rejected = ⚠️ Ассистент: сервер моделей отвергает запрос. Проверьте assistant.url и модель.
assistant-trouble-interrupted = ⚠️ Ассистент: попытка ответить дважды пропала, возможно, вместе с программой. Вопрос отложен, автору об этом сказано.
assistant-thinking = 🤔 Думаю...
assistant-usage = 🤖 Напишите вопрос: <code>/ask почему море солёное?</code>
assistant-too-many = ⏳ У вас уже много вопросов без ответа. Дождитесь хотя бы одного.
button-ask-stop = ⏹ Остановить
button-ask-again = 🔁 Ещё раз
button-ask-more = ➡️ Продолжить
assistant-truncated = ✂️ Ответ не уместился целиком.
assistant-failed-stopped = ⏹ Остановлено.
assistant-failed-interrupted = ❌ Не получилось: работа прервалась трижды.
assistant-failed-busy = ❌ Сервер моделей занят. Попробуйте позже.
assistant-failed-unavailable = ❌ Сервер моделей недоступен или отвечает ошибкой.
assistant-failed-silent = ❌ Сервер моделей слишком долго молчал.
assistant-failed-slow = ❌ Ответ готовился слишком долго.
assistant-failed-cut = ❌ Ответ оборвался.
assistant-failed-empty = ❌ Модель ничего не ответила.
assistant-failed-thoughts = 💭 Модель думала, но до ответа не дошла. Спросите короче или ещё раз.
assistant-failed-unreadable = ❌ Сервер моделей ответил непонятно.
assistant-failed-refused = 🚫 Модель не хочет на это отвечать. Спросите иначе.
assistant-failed-too-long = ✂️ Вопрос или ответ слишком длинный. Спросите короче.
assistant-failed-key = ❌ Ассистент не настроен: сервер моделей не принимает ключ. Администраторы уже знают.
assistant-failed-credits = ❌ На счёте ассистента кончились деньги. Администраторы уже знают.
assistant-failed-no-model = ❌ Сервер моделей не знает такой модели. Администраторы уже знают.
assistant-failed-rejected = ❌ Сервер моделей отверг запрос. Администраторы уже знают.
assistant-failed-budget = ⏳ На сегодня всё: дневной предел вопросов исчерпан. Завтра можно снова.

## Вопросы в чатах: чем кончаются и кто может спросить.

assistant-failed-off = ⏹ Ассистента выключили: ответа не будет.
assistant-answered-elsewhere = ✅ Ответ — в другом сообщении.
assistant-members-only = 🔒 Спрашивать меня могут те, кого впустили. Напишите мне в личном чате: /start
assistant-of-another = Это вопрос другого человека.
assistant-state = 🤖 Вопросов ассистенту: { $open }, старший ждёт { $oldest }; без ответа за сутки: { $failed }
assistant-state-idle = 🤖 Вопросов ассистенту нет; без ответа за сутки: { $failed }

## Ассистент и данные вахты: что уходит на сервер моделей, и кому нельзя.

privacy-assistant = Вопросы ассистенту и ответы на них обрабатывает сервер языковой модели, который выбрал тот, кто запустил бота.
privacy-assistant-tools = Вопросы ассистенту и ответы на них обрабатывает сервер языковой модели, который выбрал тот, кто запустил бота. Чтобы ответить, модель читает то же, что вы видите в боте: ваши аккаунты с заметками и историей, проверки, площадки, а у администраторов — ещё и чужие аккаунты с именами людей и статистику карточек.
assistant-failed-not-allowed = 🚫 Вам больше нельзя спрашивать.

## Страница ассистента для браузера. Что в фигурных скобках, вставляет она сама.

page-title = Вахта: ассистент
page-name = Вахта
page-no-script = Этой странице нужен JavaScript.
page-sign-out = Выйти
page-sign-in = Войти
page-sign-in-title = Вход
page-sign-in-note = Нужен токен. Его печатает на сервере команда
page-sign-in-name = ИМЯ
page-token = Токен
page-welcome = Спросите о чём угодно
page-welcome-note = Каждый вопрос — сам по себе: предыдущих модель не помнит.
page-log = Вопросы и ответы
page-you = Вопрос
page-question = Ваш вопрос
page-placeholder = Спросите...
page-send = Отправить
page-stop = Остановить
page-again = Ещё раз
page-more = Продолжить
page-hint = Enter — отправить, Shift+Enter — новая строка, Esc — остановить
page-busy = Дождитесь ответа или остановите его, и можно спросить снова
page-thinking = Думаю...
page-writing = Отвечаю...
page-slow = Модель отвечает дольше обычного
page-elapsed = · { $seconds } с
page-attempt = Пробую ещё раз ({ $attempt } из { $most })
page-stopping = Останавливаю...
page-offline-sending = Нет связи с сервером. Вопрос отправится, как только она появится.
page-offline-open = Нет связи с сервером. Ответ не потеряется.
page-no-connection = Нет связи с сервером. Попробуйте ещё раз.
page-retry-helps = Можно спросить ещё раз.
page-retry-useless = Повторять то же самое сейчас бесполезно.
page-signed-out = Вход больше не действует. Войдите снова: разговор сохранился.
page-token-form = Это не токен: он начинается с vakhta_, и в нём 71 знак.
page-problem-token = Такого токена нет: возможно, он отозван.
page-problem-scope = С этим токеном нельзя задавать вопросы.
page-problem-person = Тому, кому выдан токен, больше нельзя пользоваться ботом.
page-problem-message = Вопрос слишком длинный.
page-problem-too-often = Слишком много вопросов за минуту. Снова можно в { $time }.
page-problem-too-many-open = Слишком много вопросов без ответа. Снова можно в { $time }.
page-problem-budget = На сегодня всё: дневной предел исчерпан. Снова можно в { $time }.
page-problem-no-such-question = Этого вопроса больше нет: вопросы хранятся месяц.
page-problem-other = Сервер отказал (код { $status }).
