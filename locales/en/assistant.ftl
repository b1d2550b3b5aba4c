### Assistant: questions in chats, access, the page for browsers.

## Troubles, outcomes, and what is kept of questions.

kept-questions = questions to the assistant and their answers
rows-question = questions to the assistant
kept-spend = the daily cost of questions
rows-question_spend = daily totals of the assistant's cost
assistant-trouble-key = ⚠️ Assistant: the model server does not accept the key (401). Questions will not be answered. Check VAKHTA_ASSISTANT_API_KEY.
assistant-trouble-credits = ⚠️ Assistant: the account at the model server has no money left (402). Questions will not be answered until it is topped up.
assistant-trouble-no-model = ⚠️ Assistant: the model server does not know the model (404). Check assistant.model and assistant.fallbacks.
assistant-trouble-rejected = ⚠️ Assistant: the model server rejects our requests. Check assistant.url and the model.
assistant-trouble-interrupted = ⚠️ Assistant: an attempt to answer was lost twice, perhaps with the whole program. The question was put aside, and its author was told.
assistant-thinking = 🤔 Thinking...
assistant-usage = 🤖 Write a question: <code>/ask why is the sea salt?</code>
assistant-too-many = ⏳ Too many of your questions are still unanswered. Wait for one of them.
button-ask-stop = ⏹ Stop
button-ask-again = 🔁 Again
button-ask-more = ➡️ Continue
assistant-truncated = ✂️ The answer did not fit.
assistant-failed-stopped = ⏹ Stopped.
assistant-failed-interrupted = ❌ It did not work: the attempt was interrupted three times.
assistant-failed-busy = ❌ The model server is busy. Try again later.
assistant-failed-unavailable = ❌ The model server cannot be reached or fails.
assistant-failed-silent = ❌ The model server said nothing for too long.
assistant-failed-slow = ❌ The answer took too long.
assistant-failed-cut = ❌ The answer was cut off.
assistant-failed-empty = ❌ The model gave an empty answer.
assistant-failed-thoughts = 💭 The model was thinking and never got to an answer. Ask for less, or again.
assistant-failed-unreadable = ❌ The model server gave an unreadable answer.
assistant-failed-refused = 🚫 The model refused to answer this. Try asking differently.
assistant-failed-too-long = ✂️ The question or its answer is too long. Ask for less.
assistant-failed-key = ❌ The assistant is not set up: the model server does not accept the key. The admins know.
assistant-failed-credits = ❌ The assistant has no money left. The admins know.
assistant-failed-no-model = ❌ The model server does not know the model. The admins know.
assistant-failed-rejected = ❌ The model server does not accept the request. The admins know.
assistant-failed-budget = ⏳ That is all for today: the daily limit is used up. You can ask again tomorrow.

## Questions in chats: how they end, and who may ask.

assistant-failed-off = ⏹ The assistant was switched off: there will be no answer.
assistant-answered-elsewhere = ✅ The answer is in another message.
assistant-members-only = 🔒 Only people with access can ask me. Write to me in a private chat: /start
assistant-of-another = This is somebody else's question.
assistant-state = 🤖 Questions to the assistant: { $open }, the oldest has waited { $oldest }; failed in 24 hours: { $failed }
assistant-state-idle = 🤖 No questions to the assistant; failed in 24 hours: { $failed }

## What goes to the model server, and who may not ask.

privacy-assistant = Questions to the assistant and their answers are processed by a language model server chosen by the person who runs the bot.
privacy-assistant-tools = Questions to the assistant and their answers are processed by a language model server chosen by the person who runs the bot. To answer, the model reads what you see in the bot: your accounts with notes and history, runs, sites, and for admins also other people's accounts with names and the card statistics.
assistant-failed-not-allowed = 🚫 You can no longer ask questions.

## The page for browsers. It fills in the words in braces itself.

page-tab-chat = Assistant
page-welcome = Ask anything
page-welcome-note = Each question stands on its own: the model does not remember earlier ones.
page-log = Questions and answers
page-you = Question
page-question = Your question
page-placeholder = Ask...
page-send = Send
page-stop = Stop
page-again = Again
page-more = Continue
page-hint = Enter sends, Shift+Enter starts a new line, Esc stops
page-busy = Wait for the answer, or stop it, to ask the next question
page-thinking = Thinking...
page-writing = Answering...
page-slow = The model is taking longer than usual
page-elapsed = · { $seconds } s
page-attempt = Trying again ({ $attempt } of { $most })
page-stopping = Stopping...
page-offline-sending = No connection to the server. The question will be sent as soon as there is one.
page-offline-open = No connection to the server. The answer will not be lost.
page-retry-helps = You can ask again.
page-retry-useless = Asking the same again will not help now.
page-problem-scope = This token does not allow asking questions.
page-problem-message = The question is too long.
page-problem-too-often = Too many questions in a minute. You can ask again at { $time }.
page-problem-too-many-open = Too many unanswered questions. You can ask again at { $time }.
page-problem-budget = That is all for today: the daily limit is used up. You can ask again at { $time }.
page-problem-no-such-question = This question is gone: questions are kept for a month.
