"""A file's records: the lines of NDJSON, and of CSV the lines that belong together by their quotes (RFC 4180)."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Final

from anyio import to_thread

from shared.refusals import RefusalError

MAX_RECORD_BYTES: Final = 1 << 20


class EndlessRecordError(RefusalError):
    """A quoted record is longer than any can be; where the next one begins is not known."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record, and where in the file the next one begins; one that is too long is cut after a byte too many."""

    data: bytes
    end: int

    @property
    def is_too_long(self) -> bool:
        """Whether it has more than MAX_RECORD_BYTES."""
        return len(self.data) > MAX_RECORD_BYTES


async def records(chunks: AsyncIterator[bytes], start: int, *, quoted: bool) -> AsyncIterator[list[Record]]:
    """Yield the records in `chunks`, which begin at the byte `start` of the file; empty lines are none.

    With `quoted` a line end within quotes does not end the record. Raises EndlessRecordError. However long a record is,
    no more of it is held than a chunk besides MAX_RECORD_BYTES.
    """
    splitter = _Splitter(start, quoted)
    async for chunk in chunks:
        yield await to_thread.run_sync(splitter.split, chunk)
    yield splitter.begun.ended(splitter.end)


class _Splitter:
    """Splits chunk after chunk; what the last one does not end is `begun`."""

    def __init__(self, start: int, quoted: bool) -> None:
        self.end = start
        self.begun = _Begun()
        self._quoted = quoted

    def split(self, chunk: bytes) -> list[Record]:
        """Return the records that `chunk` ends."""
        *lines, rest = chunk.split(b"\n")
        found: list[Record] = []
        for line in lines:
            self.end += len(line) + 1
            if not line and not self.begun.parts:
                continue
            self.begun.add(line)
            if self._quoted and self.begun.is_open:
                self.begun.go_on(self.end)
                continue
            found += self.begun.ended(self.end)
            self.begun = _Begun()
        self.end += len(rest)
        if rest:
            self.begun.add(rest)
        return found


@dataclass(slots=True)
class _Begun:
    """A record as far as it has been read: what is kept of it, how long it is, and whether a quote is open."""

    parts: list[bytes] = field(default_factory=list)
    length: int = 0
    is_open: bool = False

    def add(self, data: bytes) -> None:
        if self.length <= MAX_RECORD_BYTES:
            self.parts.append(data)
        self.length += len(data)
        self.is_open ^= bool(data.count(b'"') % 2)

    def go_on(self, end: int) -> None:
        """Take the line end before the byte `end` as part of the record."""
        if self.length > MAX_RECORD_BYTES:
            raise EndlessRecordError(
                f"The record before byte {end:,} has more than {MAX_RECORD_BYTES:,} bytes: is a quote not closed?"
            )
        self.add(b"\n")

    def ended(self, end: int) -> list[Record]:
        """Return the record, if it is one."""
        data = b"".join(self.parts)[: MAX_RECORD_BYTES + 1]
        if self.length == len(data):
            data = data.removesuffix(b"\r")
        record = Record(data, end)
        return [record] if record.is_too_long or data.strip() else []
