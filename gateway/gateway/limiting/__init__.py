"""How many requests somebody may make in a time: rates, quotas, and failed attempts to sign in."""
