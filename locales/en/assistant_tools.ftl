# The assistant and the data of the watch: what goes to the model server, and who may not ask.
privacy-assistant = Questions to the assistant and their answers are processed by the server of a language model, which whoever runs the bot has chosen.
privacy-assistant-tools = Questions to the assistant and their answers are processed by the server of a language model, which whoever runs the bot has chosen. To answer, the model reads what you see in the bot: your accounts with notes and history, runs, sites, and for admins the accounts of others with people’s names and the statistics of cards.
assistant-failed-not-allowed = 🚫 You may not ask any longer.
