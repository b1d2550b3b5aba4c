# Вопросы в чатах: чем кончаются и кто может спросить.
assistant-failed-off = ⏹ Ассистента выключили: ответа не будет.
assistant-answered-elsewhere = ✅ Ответ — в другом сообщении.
assistant-members-only = 🔒 Спрашивать меня могут те, кого впустили. Напишите мне в личном чате: /start
assistant-of-another = Это вопрос другого человека.
assistant-state = 🤖 Вопросов ассистенту: { $open }, старший ждёт { $oldest }; без ответа за сутки: { $failed }
assistant-state-idle = 🤖 Вопросов ассистенту нет; без ответа за сутки: { $failed }
