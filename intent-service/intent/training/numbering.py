"""Labels by their number, as models know them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from intent.labels import Label
from intent.training.data.examples import Example
from intent.training.data.refusals import DataError
from intent.training.data.splitting import Splits

Indices = NDArray[np.int64]


def labels_of(splits: Splits) -> list[Label]:
    """Return the labels that a model of the data knows, numbers before names; raises DataError where there is one."""
    labels = {example.label for example in (*splits.training, *splits.validation) if example.label is not None}
    if len(labels) < 2:
        raise DataError(f"there is only the label {next(iter(labels))!r} to train on; a classifier needs two")
    return sorted(labels, key=lambda label: (isinstance(label, str), label))


def numbered(examples: Sequence[Example], labels: Sequence[Label]) -> tuple[list[str], Indices]:
    """Return the texts, and the number of each one's label; what has none of `labels` is left out."""
    numbers = {label: number for number, label in enumerate(labels)}
    known = [(example.text, numbers[example.label]) for example in examples if example.label in numbers]
    return [text for text, _ in known], np.array([number for _, number in known], np.int64)
