"""Trainings on disk: a folder for each, beside the models, so that a restart of the service forgets none."""

import fcntl
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from uuid import UUID

import structlog
from pydantic import ValidationError

from intent.retraining.refusals import TrainingsUnavailableError
from intent.retraining.trainings import Training
from intent.writing import write_whole

FOLDER: Final = ".trainings"
"""Within that of the models, where a name with a dot is none of theirs."""
STATE: Final = "training.json"
DATA: Final = "data.jsonl"
MODELS: Final = "models"
TEMPORARY: Final = "tmp"
_LOCK: Final = "lock"

_log = structlog.get_logger(source="trainings")


class Kept:
    """The trainings in `folder`, which one process at a time owns. All that it does blocks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock: int | None = None

    @property
    def is_owned(self) -> bool:
        """Whether this process owns them."""
        return self._lock is not None

    def own(self) -> None:
        """Make the folder if need be and own it; raises TrainingsUnavailableError."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = os.open(self.folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise TrainingsUnavailableError(f"{self.folder} cannot be written to: {error.strerror}.") from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(lock)
            reason = f"Another process trains into {self.folder.parent}: ask that one, or wait until it has ended."
            raise TrainingsUnavailableError(reason) from error
        self._lock = lock

    def release(self) -> None:
        """Leave the folder to another process."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def read(self) -> Sequence[Training]:
        """Return all trainings, the oldest first; what cannot be read is passed over."""
        found = [self._read(path) for path in self.folder.glob(f"*/{STATE}")]
        return sorted((each for each in found if each is not None), key=lambda each: each.id)

    def write(self, training: Training) -> None:
        """Keep `training` as it is now; raises OSError."""
        folder = self.of(training.id)
        folder.mkdir(exist_ok=True)
        write_whole(folder / STATE, training.model_dump_json(indent=1))

    def of(self, identifier: UUID) -> Path:
        """Return the folder of a training."""
        return self.folder / str(identifier)

    def prepare(self, identifier: UUID) -> Path:
        """Return the folder of a training with nothing of an earlier run in it; raises OSError."""
        folder = self.of(identifier)
        self._clear(folder, MODELS, TEMPORARY)
        for name in (MODELS, TEMPORARY):
            (folder / name).mkdir(parents=True)
        return folder

    def tidy(self, identifier: UUID) -> None:
        """Remove what a training that has ended needs no more: its texts, and what its run left."""
        self._clear(self.of(identifier), MODELS, TEMPORARY)
        (self.of(identifier) / DATA).unlink(missing_ok=True)

    def remove(self, identifier: UUID) -> None:
        """Forget a training."""
        shutil.rmtree(self.of(identifier), ignore_errors=True)

    def remove_strangers(self, known: Sequence[Training]) -> None:
        """Remove the folders of trainings that were never begun: the service ended while their data came in."""
        names = {str(training.id) for training in known}
        for path in self.folder.iterdir():
            if path.is_dir() and path.name not in names and not (path / STATE).exists():
                shutil.rmtree(path, ignore_errors=True)

    @staticmethod
    def _clear(folder: Path, *names: str) -> None:
        for name in names:
            shutil.rmtree(folder / name, ignore_errors=True)

    @staticmethod
    def _read(path: Path) -> Training | None:
        try:
            return Training.model_validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            _log.error("a training cannot be read", file=str(path), reason=type(error).__name__)
            return None
