"""A mixed load on a running fleet that checks every answer and remembers every promise."""
