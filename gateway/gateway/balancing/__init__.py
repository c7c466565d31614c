"""Which instance of a service answers a request, and what happens when none can."""
