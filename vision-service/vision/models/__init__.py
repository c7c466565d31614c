"""The models that can be served: where their weights come from, their export, and the card that describes one."""
