"""Lets one process at a time write to the file of a search."""

import fcntl
import os

from optuna.storages.journal import JournalFileOpenLock


class KernelLock(JournalFileOpenLock):
    """A lock that the kernel takes back when a process is killed; Optuna's own are broken after 30 seconds only."""

    def __init__(self, path: str) -> None:
        """Lock by the file `path`.lock beside the file `path`; it stays, empty."""
        super().__init__(path)
        self._path = f"{path}.lock"
        self._descriptor: int | None = None

    def acquire(self) -> bool:
        """Wait for the lock. Raises OSError where the file system has no locks."""
        descriptor = os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o666)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Let the next one write."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
