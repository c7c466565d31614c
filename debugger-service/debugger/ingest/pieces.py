"""Parts of a text that are each a row; of one that is too long only the beginning is held."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from debugger.ingest.record import BrokenRecord, Record
from debugger.ingest.refusals import RowError

MAX_PIECE_CHARACTERS: Final = 1 << 20
"""The longest text that is taken has 140,000 in a chatbot's export where all of it is escaped twice."""

MAX_SUBJECT_CHARACTERS: Final = 100


@dataclass(frozen=True, slots=True)
class Piece:
    """A row's text, cut after `MAX_PIECE_CHARACTERS`."""

    text: str
    is_cut: bool

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing in it."""
        return not self.is_cut and not self.text.strip()

    @property
    def subject(self) -> str:
        """Its beginning, for people and for a database that holds no NUL."""
        return self.text.strip()[:MAX_SUBJECT_CHARACTERS].replace("\0", "\ufffd")


class Gathering:
    """A piece as far as it has been read."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0

    def add(self, text: str) -> None:
        """Let the piece go on with `text`."""
        if self._length < MAX_PIECE_CHARACTERS:
            self._parts.append(text[: MAX_PIECE_CHARACTERS - self._length])
        self._length += len(text)

    def end(self) -> Piece:
        """Return the piece, and begin the next one."""
        piece = Piece("".join(self._parts), self._length > MAX_PIECE_CHARACTERS)
        self._parts.clear()
        self._length = 0
        return piece


def records(pieces: Iterable[Piece], parse: Callable[[str], Record]) -> Iterator[Record | BrokenRecord]:
    """Yield what `parse` makes of the pieces, and why it raises RowError for others."""
    return (_record(piece, parse) for piece in pieces)


def _record(piece: Piece, parse: Callable[[str], Record]) -> Record | BrokenRecord:
    if piece.is_cut:
        return BrokenRecord(piece.subject, f"the row has more than {MAX_PIECE_CHARACTERS:,} characters: shorten it")
    try:
        return parse(piece.text)
    except RowError as error:
        return BrokenRecord(piece.subject, str(error))
