"""Arrays that take long to compute, kept in a folder as long as the code that makes them is the same."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from debugger.evidence import cross_validation, features, linear, terms


@dataclass(frozen=True)
class Cache:
    """A folder of arrays."""

    folder: Path

    def get(self, make: Callable[[], NDArray[Any]], *key: object) -> NDArray[Any]:
        """Return what `make` returned when it was called with this key for the first time."""
        name = sha256(repr((*key, _code())).encode()).hexdigest()[:24]
        path = self.folder / f"{name}.npy"
        if path.exists():
            found: NDArray[Any] = np.load(path)
            return found
        made = make()
        self.folder.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial.npy")
        np.save(partial, made)
        partial.replace(path)
        return made


@cache
def _code() -> str:
    digest = sha256()
    for module in (cross_validation, features, linear, terms):
        digest.update(Path(str(module.__file__)).read_bytes())
    return digest.hexdigest()
