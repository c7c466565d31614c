"""How good a model is, how sure that is, what changed, and what is left to review: arrays in, numbers out."""
