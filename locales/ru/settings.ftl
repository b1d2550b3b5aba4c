# Настройки чата: часовой пояс, тихие часы, сводка, напоминания, группы.
settings-zone = Часовой пояс: { $zone }, сейчас { $time }
settings-starts = О начале проверки: { $is }
settings-digest = Сводка раз в день: { $is }
settings-quiet = Тихие часы: { $is }
settings-reminders = Напоминания о сроке: { $is }
settings-none = нет
starts-yes = без звука
starts-no = не сообщать
reminders-yes = да
reminders-no = нет
quiet-hold = новости ждут конца
quiet-silent = новости без звука
button-starts-yes = 🔄 Сообщать о начале проверки
button-starts-no = 🔄 Не сообщать о начале проверки
button-digest-yes = 📅 Сводка раз в день
button-digest-no = 📅 Без сводки
button-digest-hour = ⏰ Час сводки
button-quiet-hours = 🌙 Тихие часы
button-zone = 🕒 Часовой пояс
button-reminders-yes = ⏳ Напоминать о сроке
button-reminders-no = ⏳ Не напоминать о сроке
button-groups = 👥 Группы с отчётами
digest-hour-ask = ⏰ В котором часу присылать сводку? Она придёт с первой проверкой после этого часа.
zone-ask = Выберите город или напишите часовой пояс: <code>Europe/Berlin</code>, <code>UTC+3</code>
zone-choose = Выберите город:
zone-unknown = Не знаю такого часового пояса. Напишите, например, <code>Europe/Berlin</code> или <code>UTC+3</code>. Прервать: /cancel
quiet-hours =
    🌙 <b>Тихие часы</b>: { $is }
    Часовой пояс: { $zone }

    Новости в это время ждут конца или приходят без звука. Ответы вам приходят всегда, как и срочное: нет нашей сети, сбой самой проверки. Если новости ждут, итоги проверок за эти часы придут одной сводкой.
button-quiet-from = с { $hour }
button-quiet-to = до { $hour }
button-quiet-hold = ⏸ Новости ждут конца
button-quiet-silent = 🔕 Новости без звука
button-quiet-off = ✖️ Выключить тихие часы
groups =
    👥 <b>Группы с отчётами</b>: { $n }

    Итоги проверок и тревоги могут приходить и в группу, и в одну из её тем. Добавьте бота в группу и отправьте там /here — в самой группе или в нужной теме. Перестать: /here off там же или кнопка здесь. Кнопки в группе слушаются только администраторов.
button-unbind = 🗑 Больше не писать: { $title }
city-kaliningrad = Калининград
city-moscow = Москва
city-samara = Самара
city-yekaterinburg = Екатеринбург
city-omsk = Омск
city-novosibirsk = Новосибирск
city-irkutsk = Иркутск
city-yakutsk = Якутск
city-vladivostok = Владивосток
city-magadan = Магадан
city-kamchatka = Камчатка
city-almaty = Алматы
city-tbilisi = Тбилиси
city-london = Лондон
city-berlin = Берлин
city-new-york = Нью-Йорк
city-utc = Гринвич
here-on = ✅ Итоги проверок и тревоги будут приходить сюда. Настроить: /settings. Перестать: /here off
here-off = Итоги проверок сюда больше не приходят.
here-not = Итоги проверок сюда и так не приходят. Начать: /here
only-in-private = Это — в личном чате со мной.
topic-gone = ℹ️ Темы, куда это шло, больше нет: пишу в саму группу. Другая тема: отправьте в ней /here
