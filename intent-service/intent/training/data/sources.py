"""The files of a data set, read whole, in the order of their names."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from intent.training.data.decoding import decode
from intent.training.data.parts import Part, part_in
from intent.training.data.refusals import DataError

MAX_FILES: Final = 1_000
MAX_FILE_BYTES: Final = 64 << 20
MAX_BYTES: Final = 256 << 20
"""Of all files of a source together."""

SUFFIXES: Final = (".csv", ".tsv", ".json", ".jsonl", ".ndjson")
"""Of the files of a folder that are read; a file that is named itself may have any."""


@dataclass(frozen=True)
class SourceFile:
    """A file's text, its name within the source as people may see it, the part that this speaks of, and its bytes."""

    name: str
    text: str
    part: Part | None
    size: int
    sha256: str


def find(source: Path) -> list[SourceFile]:
    """Read the file, or the folder's files and those of its folders, but no hidden ones.

    Raises DataError when there are none, or too many, or one cannot be read or is too large.
    """
    try:
        return _find(source)
    except OSError as error:
        raise DataError(f"{source} cannot be read: {error.strerror}") from error


def digest(files: Sequence[SourceFile]) -> str:
    """Return the SHA-256 of a single file, or of the hashes of several in their order."""
    if len(files) == 1:
        return files[0].sha256
    return hashlib.sha256("".join(file.sha256 for file in files).encode()).hexdigest()


def _find(source: Path) -> list[SourceFile]:
    if source.is_file():
        return [_read(source, source.name, None)]
    if not source.is_dir():
        raise DataError(f"there is neither a file nor a folder at {source}")
    paths = sorted(_walk(source), key=lambda path: path.relative_to(source).parts)
    if not paths:
        raise DataError(f"the folder {source} has no file that ends in {', '.join(SUFFIXES)}")
    if len(paths) > MAX_FILES:
        raise DataError(
            f"the folder {source} has {len(paths):,} files, more than {MAX_FILES:,}: name one of its folders"
        )
    return list(_read_all(source, paths))


def _walk(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not _is_hidden(name)]
        for name in names:
            path = Path(root, name)
            if path.suffix.casefold() in SUFFIXES and not _is_hidden(name) and path.is_file():
                yield path


def _is_hidden(name: str) -> bool:
    return name.startswith((".", "__MACOSX"))


def _read_all(folder: Path, paths: Sequence[Path]) -> Iterator[SourceFile]:
    total = 0
    for path in paths:
        name = path.relative_to(folder).as_posix()
        file = _read(path, name, part_in(name))
        yield file
        total += file.size
        if total > MAX_BYTES:
            raise DataError(f"the files of {folder} have more than {MAX_BYTES:,} bytes together: name one of them")


def _read(path: Path, name: str, part: Part | None) -> SourceFile:
    shown = "".join(character if character.isprintable() else "?" for character in name)
    with path.open("rb") as file:
        data = file.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise DataError(f"{shown} has more than {MAX_FILE_BYTES:,} bytes: split it into several files of a folder")
    return SourceFile(shown, decode(data, shown), part, len(data), hashlib.sha256(data).hexdigest())
