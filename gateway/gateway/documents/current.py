"""The document of the fleet as it is configured now."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gateway.documents.answers import Security
from gateway.documents.fleet_document import FleetDocument, Rendered
from gateway.documents.source import Fetch


class Documents:
    """Keeps one `FleetDocument`, and begins another when services are at other places or on other terms."""

    def __init__(self, own: Mapping[str, Any], security: Security, fetch: Fetch, folder: Path | None) -> None:
        self._own = own
        self._security = security
        self._fetch = fetch
        self._folder = folder
        self._urls: Mapping[str, str] = {}
        self._document: FleetDocument | None = None
        self._closing: set[asyncio.Task[None]] = set()

    async def read(self, urls: Mapping[str, str]) -> Rendered:
        """Return the document of the services at `urls` by name, which have no slash at their ends."""
        if urls != self._urls:
            self.renew()
        if self._document is None:
            self._urls = urls
            self._document = FleetDocument(self._own, urls, self._security, self._fetch, folder=self._folder)
        return await self._document.read()

    def renew(self) -> None:
        """Begin anew, as after a change of who needs a credential where."""
        if self._document:
            task = asyncio.create_task(self._document.close())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)
            self._document = None

    async def close(self) -> None:
        """Stop asking the services."""
        if self._document:
            await self._document.close()
        await asyncio.gather(*self._closing)
