"""The debugger: how well it finds wrong labels, and how fast its audit is, beside cleanlab."""
