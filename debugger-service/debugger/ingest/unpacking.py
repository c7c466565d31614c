"""The bytes of a file that is plain, packed by gzip (RFC 1952), or the only one in a zip archive.

Whoever sent it may want to do harm: no more is held than a piece, and a file that unpacks to too much is given up.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from tempfile import SpooledTemporaryFile
from typing import IO, Final, cast

from debugger.ingest.peeking import peeked
from debugger.ingest.refusals import BrokenFileError

PIECE: Final = 64 << 10
"""Bytes that are handed on at once, at most."""

MAX_UNPACKED_BYTES: Final = 4 << 30
MAX_RATIO: Final = 200
"""Times that a file may grow; texts grow 5 to 30 times, and deflate can make 1,032 of it."""

FREE_BYTES: Final = 32 << 20
"""Up to so many unpacked bytes the ratio does not matter."""

MAX_MEMBERS: Final = 100_000
"""Of a gzip file, which may be many, one after the other."""

MAX_DIRECTORY_BYTES: Final = 1 << 20
"""Of a zip archive; its reader takes the whole directory into memory."""

IN_MEMORY: Final = 1 << 20
"""Bytes of a zip archive up to which no temporary file is made."""

_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_ENCRYPTED: Final = 1
_DEFLATED: Final = zlib.MAX_WBITS | 16
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,  # a name or a number that cannot be
    OverflowError,
    RuntimeError,  # a way of packing that is not known
)


def unpacked(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the file's bytes in pieces of at most `PIECE`; raises BrokenFileError after what could be unpacked."""
    head, chunks = peeked(chunks, b"", 4)
    if head.startswith(_GZIP):
        return _gunzipped(chunks)
    return _unzipped(chunks) if head.startswith(_ZIP) else _pieces(chunks)


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        for start in range(0, len(chunk), PIECE):
            yield chunk[start : start + PIECE]


class _Allowance:
    """What may still be unpacked."""

    def __init__(self) -> None:
        self.packed = 0
        self._unpacked = 0

    def spend(self, size: int) -> None:
        """Count `size` unpacked bytes; raises BrokenFileError."""
        self._unpacked += size
        if self._unpacked > MAX_UNPACKED_BYTES:
            raise BrokenFileError(f"The file unpacks to more than {MAX_UNPACKED_BYTES:,} bytes: split it into several.")
        if self._unpacked > FREE_BYTES and self._unpacked > self.packed * MAX_RATIO:
            raise BrokenFileError(f"The file unpacks to more than {MAX_RATIO} times its size: send it unpacked.")


def _gunzipped(chunks: Iterable[bytes]) -> Iterator[bytes]:
    unpacker, allowance = _Gunzip(), _Allowance()
    for piece in _pieces(chunks):
        allowance.packed += len(piece)
        for data in unpacker.unpack(piece):
            allowance.spend(len(data))
            yield data
    if not unpacker.is_complete:
        raise BrokenFileError("The gzip file ends too early: it was cut off; send it again whole.")


class _Gunzip:
    """Unpacks one member after the other."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(_DEFLATED)
        self._members = 1

    @property
    def is_complete(self) -> bool:
        """Whether the file may end here."""
        return self._member.eof

    def unpack(self, data: bytes) -> Iterator[bytes]:
        """Yield what `data` goes on with; raises BrokenFileError."""
        while True:
            if self._member.eof:
                data = data.lstrip(b"\0")  # which some writers fill the last block with
                if not data:
                    return
                self._begin_member()
            found = self._unpack(data)
            if found:
                yield found
            data = self._member.unused_data or self._member.unconsumed_tail
            if not self._member.eof and not data and len(found) < PIECE:
                return

    def _unpack(self, data: bytes) -> bytes:
        try:
            return self._member.decompress(data, PIECE)
        except zlib.error as error:
            raise BrokenFileError("The gzip file is damaged: pack it again, or send it unpacked.") from error

    def _begin_member(self) -> None:
        self._members += 1
        if self._members > MAX_MEMBERS:
            raise BrokenFileError(f"The gzip file has more than {MAX_MEMBERS:,} members: pack it again as one.")
        self._member = zlib.decompressobj(_DEFLATED)


def _unzipped(chunks: Iterable[bytes]) -> Iterator[bytes]:
    allowance = _Allowance()
    with SpooledTemporaryFile[bytes](max_size=IN_MEMORY) as file:
        for chunk in chunks:
            allowance.packed += file.write(chunk)
        try:
            with zipfile.ZipFile(cast("IO[bytes]", _Guarded(file))) as archive, archive.open(_only(archive)) as member:
                while data := member.read(PIECE):
                    allowance.spend(len(data))
                    yield data
        except _DAMAGED as error:
            raise BrokenFileError("The zip archive is damaged or cut off: pack it again.") from error


class _Guarded:
    """A zip archive of which no more is read at once than is sensible."""

    def __init__(self, file: SpooledTemporaryFile[bytes]) -> None:
        self._file = file
        self.seek = file.seek
        self.tell = file.tell

    def seekable(self) -> bool:
        """Return True."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return at most `size` bytes, or all that is left; raises BrokenFileError where that is too much."""
        data = self._file.read(min(size, MAX_DIRECTORY_BYTES + 1) if size >= 0 else MAX_DIRECTORY_BYTES + 1)
        if len(data) > MAX_DIRECTORY_BYTES:
            raise BrokenFileError("The zip archive holds too many files: pack only the one with the rows.")
        return data


def _only(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    """Return the one file in the archive; raises BrokenFileError."""
    members = [member for member in archive.infolist() if not member.is_dir() and not _is_litter(member.filename)]
    if len(members) != 1:
        raise BrokenFileError(f"The zip archive holds {len(members):,} files: pack the one with the rows, and only it.")
    member = members[0]
    if member.flag_bits & _ENCRYPTED:
        raise BrokenFileError("The zip archive is encrypted: pack it without a password.")
    if member.compress_type not in _METHODS:
        raise BrokenFileError("The zip archive is packed in a rare way: pack it with deflate, as most programs do.")
    return member


def _is_litter(name: str) -> bool:
    """Return whether an operating system put the file there by itself."""
    *folders, last = name.split("/")
    return "__MACOSX" in folders or last.startswith(".") or last in {"Thumbs.db", "desktop.ini"}
