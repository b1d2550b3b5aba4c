# Ассистент: что слышат админы, и что о вопросах хранится.
kept-questions = вопросы ассистенту и ответы на них
rows-question = вопросы ассистенту
kept-spend = сколько стоили вопросы за день
rows-question_spend = суммы расходов ассистента по дням
assistant-trouble-key = ⚠️ Ассистент: сервер моделей не принимает ключ (401). Вопросы остаются без ответа. Проверьте VAKHTA_ASSISTANT_API_KEY.
assistant-trouble-credits = ⚠️ Ассистент: на счёте сервера моделей нет денег (402). Вопросы остаются без ответа, пока счёт не пополнен.
assistant-trouble-no-model = ⚠️ Ассистент: сервер моделей не знает такой модели (404). Проверьте assistant.model и assistant.fallbacks.
assistant-trouble-rejected = ⚠️ Ассистент: сервер моделей отвергает запрос. Проверьте assistant.url и модель.
