"""The last good document of each service, over restarts."""

import os
from pathlib import Path
from typing import Any

import structlog

from gateway.documents.checking import MAX_BYTES, DocumentError
from gateway.documents.preparing import read_document

_log = structlog.get_logger(source="documents")


class LastGood:
    """Files `{service}.json` in a folder, which is made when there is something to keep."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, service: str) -> tuple[bytes, dict[str, Any]] | None:
        """Return the document as it was sent and as JSON, None when there is none that can be used."""
        path = self._folder / f"{service}.json"
        try:
            with path.open("rb") as file:
                raw = file.read(MAX_BYTES + 1)
            return raw, read_document(service, raw)
        except FileNotFoundError:
            return None
        except (OSError, DocumentError) as error:
            _log.warning("kept document not used", service=service, path=str(path), reason=str(error))
            return None

    def keep(self, service: str, raw: bytes) -> None:
        """Replace the service's file in one step; where that is impossible the log tells."""
        unfinished = self._folder / f".{service}.{os.getpid()}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(raw)
            unfinished.replace(self._folder / f"{service}.json")
        except OSError as error:
            _log.warning("document not kept", service=service, folder=str(self._folder), reason=str(error))
