"""Data that arrives packed, and perhaps encrypted: unpacked for as long as it is needed, and no longer."""

import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Final

from intent.training.data.archives import unpack
from intent.training.data.decryption import decrypt, find_passphrase
from intent.training.data.refusals import DataError
from intent.training.data.sources import SUFFIXES

ENCRYPTED: Final = (".gpg", ".pgp", ".asc")
ARCHIVES: Final = (".tgz", ".tar.gz", ".tar", ".zip")

_ENDING: Final = (signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Opened:
    """The folder to read, or the file where nothing was packed; what is confidential must not be stored elsewhere."""

    folder: Path
    confidential: bool


@contextmanager
def opened(source: Path, environment: Mapping[str, str] = os.environ) -> Iterator[Opened]:
    """Yield what `source` holds: decrypted, unpacked, or, where it is neither encrypted nor packed, as it is.

    What is decrypted or unpacked lies in a temporary folder that nobody else can look into; TMPDIR says where. It is
    removed in the end, also after an error, Ctrl-C or a signal that ends the process. The passphrase comes from the
    file that DATA_PASSPHRASE_FILE names, or else from DATA_PASSPHRASE. Raises DataError where that is missing or wrong,
    or the file is damaged.
    """
    name = source.name.casefold()
    encrypted = name.endswith(ENCRYPTED)
    if not encrypted and not name.endswith(ARCHIVES):
        yield Opened(source, confidential=False)
        return
    _check_readable(source)
    with _ending_unwinds(), TemporaryDirectory(prefix="intent-data-") as temporary:
        folder = Path(temporary, "data")
        folder.mkdir()
        if encrypted:
            _unpack_encrypted(source, folder, environment)
        else:
            unpack(source, folder, source.name)
        yield Opened(folder, confidential=encrypted)


def _check_readable(source: Path) -> None:
    try:
        source.open("rb").close()
    except OSError as error:
        raise DataError(f"{source} cannot be read: {error.strerror}") from error


def _unpack_encrypted(source: Path, folder: Path, environment: Mapping[str, str]) -> None:
    """Take what is not named like data for an archive."""
    clear = folder.parent / "clear"
    decrypt(source, clear, find_passphrase(environment))
    if source.stem.casefold().endswith(SUFFIXES):
        clear.rename(folder / source.stem)
    else:
        unpack(clear, folder, source.name)
        clear.unlink()


@contextmanager
def _ending_unwinds() -> Iterator[None]:
    """Let signals that end the process at once end it as an error does, so that it cleans up."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in _ENDING}
    for number in (each for each, handler in before.items() if handler is signal.SIG_DFL):
        signal.signal(number, _exit)
    try:
        yield
    finally:
        for number, handler in before.items():
            if handler is signal.SIG_DFL:
                signal.signal(number, handler)


def _exit(number: int, _: FrameType | None) -> None:
    sys.exit(128 + number)
