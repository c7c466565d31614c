"""Decrypts what `gpg --symmetric` wrote, with a passphrase that no command line, message or child process shows."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import SecretBytes

from intent.training.data.archives import MAX_UNPACKED_BYTES, Bounded
from intent.training.data.refusals import DataError

FILE_VARIABLE: Final = "DATA_PASSPHRASE_FILE"
VARIABLE: Final = "DATA_PASSPHRASE"
MAX_PASSPHRASE_BYTES: Final = 1_024
"""Far below what a pipe takes before anybody reads from it."""


@dataclass(frozen=True)
class Passphrase:
    """The secret, and where it comes from, for people."""

    secret: SecretBytes
    origin: str


def find_passphrase(environment: Mapping[str, str]) -> Passphrase:
    """Return what is in the file that DATA_PASSPHRASE_FILE names, or else DATA_PASSPHRASE; raises DataError."""
    path = environment.get(FILE_VARIABLE)
    if path:
        return _checked(_read(Path(path)), f"the file that {FILE_VARIABLE} names")
    if environment.get(VARIABLE):
        return _checked(os.fsencode(environment[VARIABLE]), f"the variable {VARIABLE}")
    raise DataError(f"the data is encrypted: set {FILE_VARIABLE} to a file with the passphrase, or {VARIABLE} to it")


def decrypt(source: Path, target: Path, passphrase: Passphrase) -> None:
    """Decrypt `source` to the new file `target`, in whose folder GnuPG keeps what it needs meanwhile.

    Raises DataError where GnuPG is not installed, the passphrase is wrong, or the file is damaged or too large.
    """
    gpg = shutil.which("gpg")
    if gpg is None:
        raise DataError("decrypting needs GnuPG: install it (apt install gnupg, brew install gnupg)")
    home = target.parent / "gnupg"
    home.mkdir(mode=0o700)
    with (
        source.open("rb") as file,
        (home / "status").open("w+b") as status,
        _pipe(passphrase.secret.get_secret_value() + b"\n") as secret,
        subprocess.Popen(
            [gpg, *_OPTIONS, "--homedir", home, "--passphrase-fd", str(secret), "--decrypt"],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=status,
            pass_fds=(secret,),
            env={"PATH": os.environ.get("PATH", os.defpath)},
        ) as process,
    ):
        assert process.stdout is not None
        try:
            Bounded(process.stdout, MAX_UNPACKED_BYTES).copy_to(target)
        except BaseException:
            process.kill()
            raise
        code = process.wait()
        status.seek(0)
        said = status.read()
    if code:
        raise DataError(f"{source.name} cannot be decrypted: {_reason(said, passphrase.origin)}")


_OPTIONS: Final = (
    "--batch",
    "--no-options",
    "--no-autostart",
    "--no-tty",
    "--pinentry-mode=loopback",
    "--status-fd=2",
)


@contextmanager
def _pipe(content: bytes) -> Iterator[int]:
    """Yield the number of a file from which `content` can be read once."""
    reading, writing = os.pipe()
    try:
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(content)
        yield reading
    finally:
        os.close(reading)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_PASSPHRASE_BYTES + 3).rstrip(b"\r\n")
    except OSError as error:
        raise DataError(f"{path}, which {FILE_VARIABLE} names, cannot be read: {error.strerror}") from None


def _checked(secret: bytes, origin: str) -> Passphrase:
    if not secret:
        raise DataError(f"{origin} holds no passphrase")
    if len(secret) > MAX_PASSPHRASE_BYTES or any(byte in secret for byte in (b"\n", b"\r", b"\0")):
        raise DataError(f"{origin} must hold a single line of at most {MAX_PASSPHRASE_BYTES:,} bytes")
    return Passphrase(SecretBytes(secret), origin)


def _reason(status: bytes, origin: str) -> str:
    if b"] NODATA" in status:
        return "it is no file that gpg wrote, or it is damaged"
    if b"] NO_SECKEY" in status:
        return "it was made for somebody's key, not with a passphrase; make it with `gpg --symmetric`"
    return f"the passphrase from {origin} is wrong, or the file is damaged"
