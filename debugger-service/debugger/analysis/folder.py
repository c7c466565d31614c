"""A folder with what is known so far in an analysis: what its rows are, and the arrays that stages made."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson
from numpy.typing import NDArray

from debugger.evidence import Evidence
from debugger.evidence.neighbours import Neighbours

ROWS: Final = "rows.json"
ENCODED: Final = "encoded"
"""The rows' vectors by a sentence encoder, where there is one; `encoded.0` and so on are the parts that came."""
SERVED: Final = "served"


@dataclass(frozen=True)
class Folder:
    """Reads and writes; arrays are mapped into memory, not read, so that processes share them."""

    path: Path

    def has(self, name: str) -> bool:
        """Whether there is an array of this name."""
        return self._file(name).exists()

    def read(self, name: str) -> NDArray[Any]:
        """Return an array, which must not be changed."""
        array: NDArray[Any] = np.load(self._file(name), mmap_mode="r", allow_pickle=False)
        return array

    def write(self, name: str, array: NDArray[Any]) -> None:
        """Write an array, wholly or not at all."""
        part = self.path / f"{name}.part.npy"
        np.save(part, array, allow_pickle=False)
        part.replace(self._file(name))

    def join_parts(self, name: str, count: int) -> None:
        """Write the array whose parts are there."""
        self.write(name, np.concatenate([self.read(f"{name}.{part}") for part in range(count)]))

    def write_texts(self, texts: list[str], classes: list[str]) -> None:
        """Write the texts of the rows and the names of the classes."""
        (self.path / ROWS).write_bytes(orjson.dumps({"texts": texts, "classes": classes}))

    def texts(self) -> tuple[str, ...]:
        """Return the texts of the rows."""
        return tuple(self._rows()["texts"])

    def classes(self) -> tuple[str, ...]:
        """Return the names of the classes."""
        return tuple(self._rows()["classes"])

    def evidence(self) -> Evidence:
        """Return all that the stages before the search for issues have found."""
        rows = self._rows()
        return Evidence(
            numbers=self.read("numbers"),
            texts=tuple(rows["texts"]),
            classes=tuple(rows["classes"]),
            labels=self.read("labels"),
            splits=self.read("splits"),
            out_of_scope=self.read("out_of_scope"),
            scores=self.read("scores"),
            probabilities=self.read("probabilities"),
            embedding=self.read("embedding"),
            neighbours=Neighbours(self.read("neighbours"), self.read("similarities")),
            served=self.read(SERVED) if self.has(SERVED) else None,
        )

    def _rows(self) -> dict[str, list[str]]:
        rows: dict[str, list[str]] = orjson.loads((self.path / ROWS).read_bytes())
        return rows

    def _file(self, name: str) -> Path:
        return self.path / f"{name}.npy"
