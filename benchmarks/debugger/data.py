"""The training parts of public data sets; their test parts are not touched."""

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Data:
    """Texts with the class of each, a number below `len(classes)`."""

    name: str
    texts: tuple[str, ...]
    labels: NDArray[np.int32]
    classes: tuple[str, ...]


def banking77(folder: Path) -> Data:
    """Read 10,003 rows of 77 classes."""
    with (folder / "banking77_train.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["text"], row["category"]) for row in csv.DictReader(file)]
    return _data("Banking77", rows)


def clinc150(folder: Path) -> Data:
    """Read 15,000 rows of 150 classes."""
    content = json.loads((folder / "clinc150_full.json").read_text(encoding="utf-8"))
    return _data("CLINC150", [(text, label) for text, label in content["train"]])


def _data(name: str, rows: Sequence[tuple[str, str]]) -> Data:
    classes, labels = np.unique([label for _, label in rows], return_inverse=True)
    return Data(name, tuple(text for text, _ in rows), labels.astype(np.int32), tuple(classes.tolist()))
