"""API keys: their text, the file that knows them by hash only, and the commands that change it."""
