"""The project's own data set: messages to a shop's chatbot, from a grammar, in English and French."""
