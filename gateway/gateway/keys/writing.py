"""The file of keys changes by one process at a time, and in one step: who reads finds the old one or the new one."""

import fcntl
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from time import monotonic, sleep
from typing import Final, TypeVar

from gateway.keys.entries import Entries
from gateway.keys.reading import read_entries
from gateway.keys.refusals import KeyFileError, MissingKeyFileError

LOCK_SECONDS: Final = 30.0
"""How long to wait for another process; a change takes milliseconds."""

MODE: Final = 0o600
_POLL_SECONDS: Final = 0.02

T = TypeVar("T")


def change(path: Path, step: Callable[[Entries], tuple[Entries, T]], *, create: bool = False) -> T:
    """Write what `step` makes of the entries at `path`, and return what else it returns.

    A new file, where `create` allows one, has mode 0600; one that is there keeps its mode and owner, and a symbolic
    link stays one. Raises KeyFileError, and whatever `step` raises: then nothing is changed.
    """
    real = Path(os.path.realpath(path))
    try:
        with _locked(real):
            before = _read(real, create=create)
            after, result = step(before)
            if after != before or not real.exists():
                _write(real, after.to_json())
    except FileNotFoundError:
        raise KeyFileError(f"{path} cannot be written: there is no folder {real.parent}, make it first.") from None
    except OSError as error:
        raise KeyFileError(f"{path} cannot be written: {error.strerror}.") from error
    return result


def _read(path: Path, *, create: bool) -> Entries:
    try:
        return read_entries(path)
    except MissingKeyFileError:
        if not create:
            raise
        return Entries()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock beside `path`, a file that stays, empty; the kernel takes it back when the process ends."""
    lock = os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, MODE)
    try:
        deadline = monotonic() + LOCK_SECONDS
        while not _taken(lock):
            if monotonic() > deadline:
                raise KeyFileError(f"Another command has been changing {path} for {LOCK_SECONDS:g} seconds.")
            sleep(_POLL_SECONDS)
        yield
    finally:
        os.close(lock)


def _taken(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _write(path: Path, text: str) -> None:
    with NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}.", encoding="utf-8", delete=False) as file:
        try:
            _take_over(path, file.fileno())
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
    _sync_folder(path.parent)


def _take_over(path: Path, descriptor: int) -> None:
    """Give the file that `descriptor` is of the mode and, where the system lets us, the owner of the one at `path`."""
    try:
        there = path.stat()
    except FileNotFoundError:
        os.fchmod(descriptor, MODE)
        return
    with suppress(PermissionError):
        os.fchown(descriptor, there.st_uid, there.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(there.st_mode))


def _sync_folder(folder: Path) -> None:
    """Make the new name last also when the power fails."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
