# The assistant: what admins hear, and what is kept of questions.
kept-questions = questions to the assistant and their answers
rows-question = questions to the assistant
kept-spend = what questions of a day cost
rows-question_spend = sums of the assistant's cost by day
assistant-trouble-key = ⚠️ Assistant: the model server does not accept the key (401). Questions stay without an answer. Check VAKHTA_ASSISTANT_API_KEY.
assistant-trouble-credits = ⚠️ Assistant: the account at the model server has no money left (402). Questions stay without an answer until it is topped up.
assistant-trouble-no-model = ⚠️ Assistant: the model server does not know the model (404). Check assistant.model and assistant.fallbacks.
assistant-trouble-rejected = ⚠️ Assistant: the model server rejects our requests. Check assistant.url and the model.
