"""Lines that an export knows early and may only send late, kept on disk so that memory stays constant."""

from collections.abc import AsyncGenerator
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import Final, Self

from anyio import to_thread

from debugger.exports.chunks import CHUNK

IN_MEMORY: Final = 1 << 20
"""Bytes up to which no file is made."""


class Spool:
    """Lines that are written once and then read once, in a file without a name that is gone when closed."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile[bytes](max_size=IN_MEMORY)
        self._waiting = bytearray()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    async def write(self, line: str) -> None:
        """Append a line, which must hold no line end."""
        self._waiting += line.encode() + b"\n"
        if len(self._waiting) >= CHUNK:
            await self._flush()

    async def read(self) -> AsyncGenerator[list[str], None]:
        """Yield all lines, without their ends, as many at once as have a little more than `CHUNK` bytes."""
        await self._flush()
        await to_thread.run_sync(self._file.seek, 0)
        while lines := await to_thread.run_sync(self._file.readlines, CHUNK):
            yield [line.decode().removesuffix("\n") for line in lines]

    async def _flush(self) -> None:
        data, self._waiting = self._waiting, bytearray()
        await to_thread.run_sync(self._file.write, data)
