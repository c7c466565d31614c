"""The document of the whole fleet as it is served: current, whole, and there at once."""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import orjson

from gateway.documents.answers import Security
from gateway.documents.last_good import LastGood
from gateway.documents.merging import merge
from gateway.documents.source import Fetch, Source

MAX_AGE_SECONDS: Final = 5.0

_Version = tuple[int, dict[str, str]]
"""Another whenever the document has to be made again: by the number of changed terms and each service's version."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """The document's JSON in UTF-8, and its strong entity tag (RFC 9110, section 8.8.3)."""

    body: bytes
    etag: str

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """Return `document` as it is sent."""
        body = orjson.dumps(document)
        return cls(body, f'"{hashlib.sha256(body).hexdigest()[:32]}"')

    def is_known(self, if_none_match: str) -> bool:
        """Tell whether the client has it: 304 is the answer to its `If-None-Match` (RFC 9110, section 13.1.2)."""
        tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
        return self.etag in tags or tags == ["*"]


class FleetDocument:
    """Merges the services' documents when one of them is another than before, and else sends the same bytes.

    Whoever asks sets off the refresh of what is older than `max_age_seconds`, and waits for it, but for each service
    2 s at most; after that its last good document serves until it answers. One event loop's, and no other thread's.
    """

    def __init__(
        self,
        own: Mapping[str, Any],
        urls: Mapping[str, str],
        security: Security,
        fetch: Fetch,
        *,
        max_age_seconds: float = MAX_AGE_SECONDS,
        folder: Path | None = None,
    ) -> None:
        """Take the gateway's `own` document and the services' `urls` (no slash at the end) under their names.

        `fetch` returns the body that a URL answers 200 with, and raises for all else; it should not read more than
        `checking.MAX_BYTES`, beyond which a document is not used. Good documents are kept in `folder`, if one is given.
        """
        self._own = own
        self._security = security
        self._fetch = fetch
        self._max_age_seconds = max_age_seconds
        self._last_good = LastGood(folder) if folder else None
        self._sources: dict[str, Source] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._merging: asyncio.Task[None] | None = None
        self._terms = 0
        self._merged: _Version | None = None
        self._rendered = Rendered(b"", "")
        self.move(urls)

    async def read(self) -> Rendered:
        """Return the document as it is now."""
        await asyncio.gather(*(source.load() for source in self._sources.values()))
        await self._refresh()
        while self._merged != self._version():
            self._merging = self._merging or asyncio.create_task(self._merge())
            await asyncio.shield(self._merging)
        return self._rendered

    def move(self, urls: Mapping[str, str]) -> None:
        """Ask the services at `urls` from now on; what is known of those that were there before stays."""
        for service in self._sources.keys() - urls.keys():
            task = asyncio.create_task(self._sources.pop(service).close())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)
        for service, url in urls.items():
            if service in self._sources:
                self._sources[service].move(url)
            else:
                self._sources[service] = Source(service, url, self._fetch, self._last_good)

    def renew(self) -> None:
        """Merge anew, as after a change of who needs a credential where."""
        self._terms += 1

    async def close(self) -> None:
        """Stop asking the services."""
        await asyncio.gather(*self._closing, *(source.close() for source in self._sources.values()))
        if self._merging:
            await asyncio.wait([self._merging])

    async def _refresh(self) -> None:
        sources = self._sources.values()
        asked = [(source, wait) for source in sources if (wait := source.refresh(self._max_age_seconds))]
        late = await asyncio.gather(*(_is_late(*wait) for _, wait in asked))
        for source, _ in (one for one, is_late in zip(asked, late) if is_late):
            source.give_up()

    def _version(self) -> _Version:
        return self._terms, {service: source.version for service, source in self._sources.items()}

    async def _merge(self) -> None:
        try:
            version, sources = self._version(), self._sources.values()
            documents = {source.service: source.document for source in sources if source.document is not None}
            absent = {source.service: source.absent for source in sources if source.document is None}
            self._rendered = await asyncio.to_thread(self._render, documents, absent)
            self._merged = version
        finally:
            self._merging = None

    def _render(self, documents: Mapping[str, object], absent: Mapping[str, str]) -> Rendered:
        return Rendered.of(merge(self._own, documents, self._security, absent))


async def _is_late(task: asyncio.Task[None], seconds: float) -> bool:
    _, pending = await asyncio.wait([task], timeout=seconds)
    return bool(pending)
