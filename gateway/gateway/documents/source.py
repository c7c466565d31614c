"""One service's document: asked for when it is old, and kept when the service does not answer."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any, Final

import structlog

from gateway.documents.checking import DocumentError
from gateway.documents.last_good import LastGood
from gateway.documents.preparing import read_document

PATIENCE_SECONDS: Final = 2.0
"""What a service may cost whoever asks for the document, once."""
LATE_PATIENCE_SECONDS: Final = 0.1
"""The same after it did not answer: time for one that is there again, and hardly noticed."""
FETCH_SECONDS: Final = 20.0
"""After that nobody waits any more, not even in the background."""

Fetch = Callable[[str], Awaitable[bytes]]
_log = structlog.get_logger(source="documents")


class Source:
    """The last good document of a service; where there is none, `absent` says why."""

    def __init__(self, service: str, url: str, fetch: Fetch, last_good: LastGood | None) -> None:
        """Take `fetch`, which returns the body of a 200 and raises for all else; nothing is asked for yet."""
        self.service = service
        self.document: dict[str, Any] | None = None
        self.absent = "it has not answered yet"
        self._url = f"{url}/openapi.json"
        self._fetch = fetch
        self._last_good = last_good
        self._digest = ""
        self._patience = PATIENCE_SECONDS
        self._asked = float("-inf")
        self._task: asyncio.Task[None] | None = None
        self._loading: asyncio.Task[None] | None = None

    def move(self, url: str) -> None:
        """Ask at `url` from now on; the last good document stays."""
        if (place := f"{url}/openapi.json") != self._url:
            self._url = place
            self._asked = float("-inf")
            if self._task:
                self._task.cancel()
                self._task = None

    @property
    def version(self) -> str:
        """Another text whenever what is to be shown of the service is another."""
        return self.absent if self.document is None else self._digest

    async def load(self) -> None:
        """Take the document of an earlier run, if one was kept; looks for it once."""
        self._loading = self._loading or asyncio.create_task(self._load())
        await asyncio.shield(self._loading)

    def refresh(self, max_age_seconds: float) -> tuple[asyncio.Task[None], float] | None:
        """Ask the service if the document is old; return what to wait for and how long, None when not to wait."""
        now = monotonic()
        if self._task is None and now - self._asked >= max_age_seconds:
            self._asked = now
            self._task = asyncio.create_task(self._ask())
        left = self._asked + self._patience - now
        return (self._task, left) if self._task and left > 0 else None

    def give_up(self) -> None:
        """Wait less for it until it answers again."""
        self._patience = LATE_PATIENCE_SECONDS

    async def close(self) -> None:
        """Stop asking."""
        if self._task:
            self._task.cancel()
        if unfinished := {task for task in (self._task, self._loading) if task}:
            await asyncio.wait(unfinished)

    async def _load(self) -> None:
        if self._last_good and (kept := await asyncio.to_thread(self._last_good.load, self.service)):
            self._digest, self.document = _digest(kept[0]), kept[1]

    async def _ask(self) -> None:
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                raw = await self._fetch(self._url)
            await self._take(raw)
        except DocumentError as error:
            self._fail(str(error))
        except TimeoutError:
            self._fail("it did not answer in time")
        except Exception as error:  # noqa: BLE001 whatever its client raises, the others' documents are served
            self._fail("it does not answer", repr(error))
        finally:
            if self._task is asyncio.current_task():  # else another is asked by now
                self._task = None

    async def _take(self, raw: bytes) -> None:
        if (digest := _digest(raw)) != self._digest:
            self.document = await asyncio.to_thread(read_document, self.service, raw)
            self._digest = digest
            if self._last_good:
                await asyncio.to_thread(self._last_good.keep, self.service, raw)
        self._patience = PATIENCE_SECONDS

    def _fail(self, reason: str, error: str | None = None) -> None:
        self.give_up()
        _log.info("document not renewed", service=self.service, reason=reason, error=error)
        self.absent = reason


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
