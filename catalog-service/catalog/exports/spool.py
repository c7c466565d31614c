"""What an export knows early and may only send late, kept on disk so that memory stays constant."""

from collections.abc import AsyncGenerator
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import Final, Self

from anyio import to_thread

from catalog.exports.chunks import CHUNK

IN_MEMORY: Final = 1 << 20
"""Bytes up to which no file is made."""


class Spool:
    """Bytes that are written once and then read once, in a file without a name that is gone when closed."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile[bytes](max_size=IN_MEMORY)
        self._pending = bytearray()
        self.size = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    async def write(self, data: bytes) -> None:
        """Append `data`."""
        self._pending += data
        self.size += len(data)
        if len(self._pending) >= CHUNK:
            await self._flush()

    async def read(self) -> AsyncGenerator[bytes, None]:
        """Yield all that was written in chunks of `CHUNK` bytes and a last one."""
        await self._flush()
        await to_thread.run_sync(self._file.seek, 0)
        while chunk := await to_thread.run_sync(self._file.read, CHUNK):
            yield chunk

    async def _flush(self) -> None:
        data, self._pending = self._pending, bytearray()
        await to_thread.run_sync(self._file.write, data)
