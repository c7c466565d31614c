"""`python -m gateway.keys`: make, list, rotate, revoke and prune the gateway's API keys."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rich.console import Console

from gateway.keys.arguments import VARIABLE, parse
from gateway.keys.changes import Holder, NewKey, create, prune, revoke, rotate
from gateway.keys.listing import as_json, as_table
from gateway.keys.manifest import secret_manifest
from gateway.keys.reading import read_entries
from gateway.keys.refusals import KeyChangeError, KeyFileError
from gateway.keys.spans import in_words
from gateway.keys.writing import change

WIDE: Final = 200
"""Columns of the table where it goes into a file or a pipe."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what is asked for; return the exit status: 0, or 1 where it could not be done. A wrong call exits with 2."""
    now = datetime.now(UTC).replace(microsecond=0)
    options = parse(arguments, os.environ.get(VARIABLE), now)
    try:
        _COMMANDS[options.command](options, options.file, now)
    except (KeyChangeError, KeyFileError) as error:
        return _fail(str(error))
    except OSError as error:
        return _fail(f"What was asked for cannot be written out: {error.strerror}.")
    return 0


def _create(options: argparse.Namespace, file: Path, now: datetime) -> None:
    holder = Holder(options.consumer, tuple(options.scope), options.note)
    key = change(file, lambda entries: create(entries, holder, options.expires, now), create=True)
    _show(key, "made")


def _rotate(options: argparse.Namespace, file: Path, now: datetime) -> None:
    key = change(file, lambda entries: rotate(entries, options.id, options.overlap, now))
    _show(key, f"made in place of {options.id}, which ends in {in_words(options.overlap)} at the latest,")


def _revoke(options: argparse.Namespace, file: Path, now: datetime) -> None:
    entry = change(file, lambda entries: revoke(entries, options.id, now))
    _say(f"The key {entry.id} of {entry.consumer} is revoked since {_written(entry.revoked_at)}.")


def _prune(options: argparse.Namespace, file: Path, now: datetime) -> None:
    gone = change(file, lambda entries: prune(entries, options.older_than, now))
    for entry in gone:
        _say(f"Removed {entry.id} of {entry.consumer}, {entry.state(now)}.")
    _say(f"{len(gone)} removed.")


def _list(options: argparse.Namespace, file: Path, now: datetime) -> None:
    entries = read_entries(file).keys
    if options.json:
        _out(as_json(entries, now))
        return
    Console(width=None if sys.stdout.isatty() else WIDE, highlight=False).print(as_table(entries, now))


def _secret(options: argparse.Namespace, file: Path, _: datetime) -> None:
    _out(secret_manifest(read_entries(file), options.name, options.namespace))


_COMMANDS: Final[dict[str, Callable[[argparse.Namespace, Path, datetime], None]]] = {
    "create": _create,
    "list": _list,
    "rotate": _rotate,
    "revoke": _revoke,
    "prune": _prune,
    "secret": _secret,
}


def _show(key: NewKey, how: str) -> None:
    """Write the key alone to stdout, so that it can be piped, and the rest to stderr."""
    entry = key.entry
    scopes, end = " ".join(entry.scopes), _written(entry.expires_at)
    _say(f"The key {entry.id} was {how} for {entry.consumer}: {scopes}; it expires: {end}.")
    try:
        _out(key.text)
    except OSError as error:
        reason = f"The key could not be shown ({error.strerror}) and is lost: revoke {entry.id} and make another."
        raise KeyChangeError(reason) from error
    _say("It is shown this once: only its hash is kept.")


def _written(time: datetime | None) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%SZ}" if time else "never"


def _out(text: str) -> None:
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except OSError:
        # The interpreter would try again at its end, fail, and exit with 120.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _fail(reason: str) -> int:
    _say(f"Error: {reason}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
