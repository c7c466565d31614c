"""Reads the files that people bring: hostile ones too, of any length, in bounded memory, a row at a time."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from debugger.ingest import chatbot, clinc, comma_separated, lines
from debugger.ingest.decoding import decoded
from debugger.ingest.formats import HEAD_CHARACTERS, Format, detect
from debugger.ingest.peeking import peeked
from debugger.ingest.record import BrokenRecord, Record
from debugger.ingest.refusals import BrokenFileError
from debugger.ingest.unpacking import unpacked

__all__ = ["BrokenFileError", "BrokenRecord", "Format", "OpenedFile", "Record", "open_file", "open_records"]


@dataclass(frozen=True)
class OpenedFile:
    """A file whose format is known."""

    format: Format
    records: Iterator[Record | BrokenRecord]
    """What the rows say, in their order; raises BrokenFileError, after all that came before, where it cannot go on."""


def open_records(chunks: Iterator[bytes], format: Format | None = None) -> Iterator[Record | BrokenRecord]:  # noqa: A002
    """Yield what each row of a file says, or why it is not taken; raises BrokenFileError where it cannot go on.

    The file may be packed by gzip or be the only one in a zip archive. Where no format is given, it is found out.
    """
    yield from open_file(chunks, format).records


def open_file(chunks: Iterator[bytes], format: Format | None = None) -> OpenedFile:  # noqa: A002
    """Read the beginning of a file, and the rest when its records are asked for; raises BrokenFileError."""
    head, text = peeked(decoded(unpacked(chunks)), "", HEAD_CHARACTERS)
    found = format or _detected(head, text)
    match found:
        case "chatbot":
            return OpenedFile(found, chatbot.read(text))
        case "clinc":
            return OpenedFile(found, clinc.read(text))
        case "jsonl":
            return OpenedFile(found, lines.read(text))
        case "csv":
            return OpenedFile(found, comma_separated.read(text, _header(head, text)))


def _detected(head: str, text: Iterator[str]) -> Format:
    try:
        return detect(head)
    except BrokenFileError:
        _raise_what_cut_off(head, text)
        raise


def _header(head: str, text: Iterator[str]) -> comma_separated.Header:
    header = comma_separated.find_header(head)
    if header is None:
        _raise_what_cut_off(head, text)
        raise BrokenFileError("The first line of the file does not name the columns, among them `text`.")
    return header


def _raise_what_cut_off(head: str, text: Iterator[str]) -> None:
    """Raise BrokenFileError if the beginning is so short because the file cannot be read on."""
    if len(head) < HEAD_CHARACTERS:
        deque(text, maxlen=0)
