"""The file of keys while the gateway runs: a new version is taken over, a bad one is not."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final, NoReturn

import structlog

from gateway.file_marks import Mark, mark_of
from gateway.keys.lookup import Keys
from gateway.keys.refusals import KeyFileError

POLL_SECONDS: Final = 1.0

_log = structlog.get_logger(source="keys")


def _ignore(_: Keys) -> None: ...


class KeyFile:
    """The keys in the file at `path`, which are read at once; a file that cannot be read is a `problem`, no error.

    Then the keys that were read last go on being valid: none at the start. `keys` is replaced as a whole, so take it
    anew for each request.
    """

    def __init__(self, path: Path, poll_seconds: float = POLL_SECONDS) -> None:
        self.path = path
        self.keys = Keys()
        self.problem: str | None = None
        """Why the file as it is now is not in use, for readiness and metrics."""
        self._poll_seconds = poll_seconds
        self._on_change: Callable[[Keys], None] = _ignore
        self._mark: Mark | None = None
        self._readings = 0
        self.reload()

    def reload(self) -> bool:
        """Read the file now, whether it has changed or not; return whether that went well. Blocks for milliseconds."""
        mark = mark_of(self.path)
        return self._take(mark, _read(self.path))

    async def watch(self, on_change: Callable[[Keys], None] = _ignore) -> NoReturn:
        """Look each second whether the file is another, and call `on_change` with what was read; ends by cancelling.

        Looking asks for the file's metadata alone. A symbolic link is followed, so that Kubernetes' change of a mounted
        Secret, which replaces a link to the folder, is seen.
        """
        self._on_change = on_change
        while True:
            await asyncio.sleep(self._poll_seconds)
            mark = mark_of(self.path)
            if mark != self._mark:
                await self._read_aside(mark)

    async def _read_aside(self, mark: Mark | None) -> None:
        before = self._readings
        found = await asyncio.to_thread(_read, self.path)
        if self._readings == before:  # else `reload` has read a newer one meanwhile
            self._take(mark, found)

    def _take(self, mark: Mark | None, found: Keys | KeyFileError) -> bool:
        self._mark = mark
        self._readings += 1
        if isinstance(found, KeyFileError):
            self.problem = str(found)
            _log.error("the keys were not read, those known stay valid", reason=self.problem, keys=len(self.keys))
            return False
        self.keys, self.problem = found, None
        _log.info("keys read", file=str(self.path), keys=len(found))
        try:
            self._on_change(found)
        except Exception:  # noqa: BLE001 if the watch ended here, keys could not be revoked any more
            _log.exception("the change of keys was not acted upon")
        return True


def _read(path: Path) -> Keys | KeyFileError:
    try:
        return Keys.read(path)
    except KeyFileError as error:
        return error
