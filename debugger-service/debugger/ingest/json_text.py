"""A JSON document read value by value, each as its text, however long the document or a value is.

ijson has the events of a whole document, but holds a string of any length and makes `?` of half a surrogate pair. So
here only the ends of values are found (RFC 8259), and what a value says is left to a strict parser.
"""

import re
from collections.abc import Iterator
from typing import Final, NoReturn

from debugger.ingest.pieces import Gathering, Piece
from debugger.ingest.refusals import BrokenFileError

_BLANKS: Final = re.compile(r"[ \t\r\n]*+")
_SCALAR: Final = re.compile(r"[^ \t\r\n,:\[\]{}\"]*+")
_IN_STRING: Final = re.compile(r"[^\"\\]*+(?:\\.[^\"\\]*+)*+", re.DOTALL)
_IN_CONTAINER: Final = re.compile(rf"(?:[^\"{{}}\[\]]++|\"{_IN_STRING.pattern}\")*+", re.DOTALL)
"""Up to the next bracket, or the quote of a string that does not end in what is held."""

_OPENED: Final = re.compile(r"[\[{]*+")
_CLOSED: Final = re.compile(r"[\]}]*+")


class JsonText:
    """A cursor over the document; its methods raise BrokenFileError."""

    def __init__(self, chunks: Iterator[str]) -> None:
        self._chunks = chunks
        self._held = ""
        self._at = 0
        self._passed = 0
        self._value = Gathering()

    def elements(self) -> Iterator[Piece]:
        """Yield the values of the list that begins here."""
        return self._items("[", "]")

    def members(self) -> Iterator[Piece]:
        """Yield the names of the object that begins here; after each, its value is to be read."""
        for name in self._items("{", "}"):
            self._take(":")
            yield name

    def end(self) -> None:
        """Check that nothing follows."""
        if self._next():
            self._refuse("the document's end")

    def begins_list(self) -> bool:
        """Return whether a list begins here."""
        return self._next() == "["

    def _items(self, begin: str, end: str) -> Iterator[Piece]:
        self._take(begin)
        if self._next() != end:
            yield self._read_value()
            while self._next() != end:
                self._take(",")
                yield self._read_value()
        self._take(end)

    def _read_value(self) -> Piece:
        first = self._next()
        if first == '"':
            self._pass_string()
        elif first in ("[", "{"):
            self._pass_container()
        else:
            self._pass_scalar()
        return self._value.end()

    def _pass_scalar(self) -> None:
        start = self._passed + self._at
        while self._more():
            self._pass_to(_SCALAR.match(self._held, self._at))
            if self._at < len(self._held):
                break
        if start == self._passed + self._at:
            self._refuse("a value")

    def _pass_string(self) -> None:
        self._pass_one()
        while True:
            self._require()
            self._pass_to(_IN_STRING.match(self._held, self._at))
            if self._at == len(self._held):
                continue
            if self._pass_one() == '"':
                return
            # A backslash whose character comes in the next chunk.
            self._require()
            self._pass_one()

    def _pass_container(self) -> None:
        depth = 0
        while True:
            self._require()
            self._pass_to(_IN_CONTAINER.match(self._held, self._at))
            if self._at == len(self._held):
                continue
            if self._held[self._at] == '"':
                self._pass_string()
                continue
            opened = self._pass_to(_OPENED.match(self._held, self._at))
            closed = self._pass_to(_CLOSED.match(self._held, self._at, self._at + depth + opened))
            depth += opened - closed
            if not depth:
                return

    def _pass_to(self, found: re.Match[str] | None) -> int:
        """Go to the end of what was found, and return how long it is."""
        start, self._at = self._at, found.end() if found else self._at
        self._value.add(self._held[start : self._at])
        return self._at - start

    def _pass_one(self) -> str:
        character = self._held[self._at]
        self._value.add(character)
        self._at += 1
        return character

    def _take(self, character: str) -> None:
        if self._next() != character:
            self._refuse(f"`{character}`")
        self._at += 1

    def _next(self) -> str:
        """Return the next character that is not blank, nothing at the end."""
        while self._more():
            blanks = _BLANKS.match(self._held, self._at)
            self._at = blanks.end() if blanks else self._at
            if self._at < len(self._held):
                return self._held[self._at]
        return ""

    def _more(self) -> bool:
        """Return whether there is more to read, after what is held has been read."""
        while self._at == len(self._held):
            chunk = next(self._chunks, None)
            if chunk is None:
                return False
            self._passed += len(self._held)
            self._held, self._at = chunk, 0
        return True

    def _require(self) -> None:
        if not self._more():
            raise BrokenFileError("The file ends in the middle of its JSON: it was cut off; send it again whole.")

    def _refuse(self, wanted: str) -> NoReturn:
        self._require()
        place = self._passed + self._at + 1
        raise BrokenFileError(
            f"The file's JSON is broken: character {place:,} is {self._held[self._at]!a}, not {wanted}."
        )
