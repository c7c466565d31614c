"""From an fp32 model to one in int8 that answers the same."""
