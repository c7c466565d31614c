"""Training on behalf of clients: one run at a time, in a process of its own, and what is told of each."""
