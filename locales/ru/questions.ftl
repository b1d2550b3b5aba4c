# Вопросы в чатах: чем кончаются и кто может спросить.
assistant-failed-off = ⏹ Ассистента выключили: ответа не будет.
assistant-answered-elsewhere = ✅ Ответ — в другом сообщении.
assistant-members-only = 🔒 Спрашивать меня могут те, кого впустили. Напишите мне в личном чате: /start
assistant-of-another = Это вопрос другого человека.
