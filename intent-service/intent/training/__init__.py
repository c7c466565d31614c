"""From a file of labelled texts to a model that is measured honestly."""
