"""Sentence encoders: where they come from, how they are fine-tuned, and the form in which they are served."""

import shared.torch_operators  # noqa: F401 transformers does not import everywhere without it
