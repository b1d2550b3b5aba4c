# Questions in chats: how they end, and who may ask.
assistant-failed-off = ⏹ The assistant was switched off: there will be no answer.
assistant-answered-elsewhere = ✅ The answer is in another message.
assistant-members-only = 🔒 Only people who were let in can ask me. Write to me in a chat of our own: /start
assistant-of-another = This is somebody else’s question.
assistant-state = 🤖 Questions to the assistant: { $open }, the oldest waits { $oldest }; failed in 24 hours: { $failed }
assistant-state-idle = 🤖 No questions to the assistant; failed in 24 hours: { $failed }
