"""Sessions of browsers: people sign in to the services' pages with an API key and get a cookie for it."""
