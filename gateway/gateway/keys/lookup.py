"""Whose a key is: from its text, or from its id alone."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hmac import compare_digest
from math import inf
from pathlib import Path
from secrets import token_bytes
from typing import Final, Self

from gateway.consumer import ANONYMOUS, Consumer, Scopes
from gateway.keys.entries import Entry
from gateway.keys.reading import read_entries
from gateway.keys.text import CHARACTERS, ID, digest, is_well_formed
from shared.errors import ProblemError

CHALLENGE: Final = "Bearer"
_MALFORMED: Final = (
    "This is no API key of the gateway, or it was mistyped or cut short: a key is flt_, 12 characters, _ and 49 more."
)
_UNKNOWN: Final = "This API key is not valid. Send another, or ask who runs the gateway for one."


@dataclass(frozen=True, slots=True)
class _Known:
    """What is remembered of one key; it is good before `ends`, in Unix seconds."""

    digest: bytes = field(repr=False)
    consumer: Consumer
    ends: float
    revoked: bool


class Keys:
    """All keys of a file as they were when it was read; nothing in it changes."""

    __slots__ = ("_known", "_nobody")

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._known = {entry.id: _known(entry) for entry in entries}
        # No text has this hash, as far as anybody can find one: an unknown id costs what a known one does.
        self._nobody = _Known(token_bytes(32), ANONYMOUS, -inf, revoked=False)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Return the keys in the file at `path`; raises KeyFileError."""
        return cls(read_entries(path).keys)

    def __len__(self) -> int:
        return len(self._known)

    def __repr__(self) -> str:
        return f"<{len(self)} keys>"

    def find(self, text: str, now: float) -> Consumer:
        """Return whose key `text` is at `now`, in Unix seconds; raises ProblemError, 401.

        What the error says does not tell whether there is a key of this id, unless the whole text is right.
        """
        if len(text) != CHARACTERS:
            raise _refusal(_MALFORMED)
        known = self._known.get(text[ID], self._nobody)
        is_right = compare_digest(digest(text), known.digest)
        if is_right and now < known.ends:
            return known.consumer
        if is_right:
            raise _refusal(_ended(known))
        raise _refusal(_UNKNOWN if is_well_formed(text) else _MALFORMED)

    def still_valid(self, id_: str, now: float) -> Consumer | None:
        """Return whose key has this id, for a session that began with it; None where it is good no more."""
        known = self._known.get(id_, self._nobody)
        return known.consumer if now < known.ends else None

    def ended_since(self, former: Self, now: float) -> frozenset[str]:
        """Return the ids of keys that were good in `former` and are not here: revoked, or gone from the file."""
        good = (id_ for id_, known in former._known.items() if now < known.ends)
        return frozenset(id_ for id_ in good if not self.still_valid(id_, now))

    def ends_at(self, id_: str) -> float:
        """Return when the key with this id is good no more, in Unix seconds; infinity where it has no end."""
        return self._known.get(id_, self._nobody).ends


def _known(entry: Entry) -> _Known:
    # A revoked key is so at once, whatever this machine's clock says of the time that another wrote.
    ends = inf if entry.expires_at is None else entry.expires_at.timestamp()
    consumer = Consumer(entry.consumer, entry.id, Scopes(entry.scopes))
    revoked = entry.revoked_at is not None
    return _Known(entry.digest(), consumer, -inf if revoked else ends, revoked)


def _ended(known: _Known) -> str:
    if known.revoked:
        return f"The API key {known.consumer.credential} was revoked. Ask who runs the gateway for a new one."
    time = datetime.fromtimestamp(known.ends, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"The API key {known.consumer.credential} expired at {time}. Ask who runs the gateway for a new one."


def _refusal(detail: str) -> ProblemError:
    return ProblemError(401, detail, {"WWW-Authenticate": CHALLENGE})
