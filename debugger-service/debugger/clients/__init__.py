"""Other services, as the debugger sees them."""
