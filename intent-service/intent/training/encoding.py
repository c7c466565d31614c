"""What a training run asks of a sentence encoder, so that a run without one needs no PyTorch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from intent.card import Encoding
from intent.classifier import Reader
from intent.features import Floats
from intent.training.fitting import Indices

Tell = Callable[[str], None]
"""Hears of each step."""


@dataclass(frozen=True)
class Lesson:
    """Texts to fine-tune an encoder on, of which each has the label of the number `truth`, from 0 below `labels`.

    `outside` are texts that have none of the labels.
    """

    texts: Sequence[str]
    truth: Indices
    labels: int
    seed: int
    outside: Sequence[str] = ()


@dataclass(frozen=True)
class Head:
    """The logits of vectors: `weights`, (dimensions, labels), and `bias`, (labels,)."""

    weights: Floats
    bias: Floats


@dataclass(frozen=True)
class Built:
    """An encoder as it will be served: the folder with its files, the encoder itself, and what the card says of it.

    `head` is what it was fine-tuned with.
    """

    folder: Path
    encoder: Reader
    encoding: Encoding
    head: Head | None = None


Build = Callable[[Path, Lesson, Tell], Built]
"""Writes an encoder to a folder, where it is fine-tuned by the lesson; what hears of each step comes last."""
