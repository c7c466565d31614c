"""Unpacks archives that somebody may have made to do harm."""

import gzip
import lzma
import stat
import tarfile
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO, Final, Protocol, cast

from intent.training.data.refusals import DataError

MAX_MEMBERS: Final = 10_000
MAX_UNPACKED_BYTES: Final = 256 << 20

_CHUNK_BYTES: Final = 1 << 20
_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = b"PK"
_BROKEN: Final = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    ValueError,  # a name with a null byte, a number that is none
    OverflowError,
    RecursionError,
    RuntimeError,  # a zip file's own encryption, an unknown compression
)


class Readable(Protocol):
    """What bytes can be read from."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes, none at the end."""


class Bounded:
    """A stream that refuses to give more than so many bytes."""

    def __init__(self, stream: Readable, limit: int) -> None:
        self._stream = stream
        self._left = limit

    def read(self, size: int = _CHUNK_BYTES, /) -> bytes:
        """Return at most `size` bytes, none at the end; raises DataError beyond the limit."""
        data = self._stream.read(min(size, self._left + 1))
        self._left -= len(data)
        if self._left < 0:
            raise DataError(f"it unpacks to more than {MAX_UNPACKED_BYTES:,} bytes")
        return data

    def copy_to(self, target: Path) -> int:
        """Write all that is left to a new file; return how many bytes that are."""
        size = 0
        with target.open("xb") as file:
            while data := self.read():
                size += file.write(data)
        return size


def unpack(archive: Path, folder: Path, name: str) -> None:
    """Unpack a tar file, with gzip or without, or a zip file into `folder`; `name` is what errors call it.

    Raises DataError when it is damaged or too large, and for links, devices and paths that lead out of the folder.
    """
    try:
        with archive.open("rb") as file:
            magic = file.read(len(_GZIP))
        unpacker = _unpack_zip if magic == _ZIP else _unpack_gzip if magic == _GZIP else _unpack_tar
        unpacker(archive, folder)
    except DataError as error:
        raise DataError(f"{name} is not unpacked: {error}") from None
    except _BROKEN as error:
        raise DataError(f"{name} cannot be unpacked as a tar or zip file: {_reason(error)}") from None


def _unpack_gzip(archive: Path, folder: Path) -> None:
    with gzip.open(archive) as file:
        _unpack_stream(file, folder)


def _unpack_tar(archive: Path, folder: Path) -> None:
    with archive.open("rb") as file:
        _unpack_stream(file, folder)


def _unpack_stream(stream: Readable, folder: Path) -> None:
    with tarfile.open(fileobj=cast("IO[bytes]", Bounded(stream, MAX_UNPACKED_BYTES)), mode="r|") as tar:
        for number, member in enumerate(tar):
            _check(member.name, number, is_plain=member.isreg() or member.isdir())
            tar.extract(member, folder, filter="data")


def _unpack_zip(archive: Path, folder: Path) -> None:
    left = MAX_UNPACKED_BYTES
    with zipfile.ZipFile(archive) as opened:
        for number, member in enumerate(opened.infolist()):
            kind = stat.S_IFMT(member.external_attr >> 16)
            _check(member.filename, number, is_plain=kind in (0, stat.S_IFREG, stat.S_IFDIR))
            target = folder / member.filename
            if member.is_dir():
                target.mkdir(parents=True, exist_ok=True)
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            with opened.open(member) as stream:
                left -= Bounded(stream, left).copy_to(target)


def _check(name: str, number: int, *, is_plain: bool) -> None:
    path = PurePosixPath(name.replace("\\", "/"))
    if number == MAX_MEMBERS:
        raise DataError(f"it has more than {MAX_MEMBERS:,} files")
    if not is_plain:
        raise DataError("it holds a link or a device, not only files and folders")
    if path.is_absolute() or ".." in path.parts:
        raise DataError("it holds a path that leads out of its folder")


def _reason(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return f"it is damaged, or something else ({type(error).__name__})"
