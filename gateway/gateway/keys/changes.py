"""What can be done to keys; each returns the entries afterwards, and changes nothing itself."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gateway.keys.entries import HASH_PREFIX, Entries, Entry
from gateway.keys.refusals import KeyChangeError
from gateway.keys.text import digest, new_id, new_text


@dataclass(frozen=True)
class NewKey:
    """A key that was just made, the only time that its text is known."""

    entry: Entry
    text: str = field(repr=False)


@dataclass(frozen=True)
class Holder:
    """Whose a key is to be, what it is to allow, and what it is for."""

    consumer: str
    scopes: tuple[str, ...]
    note: str | None = None


def create(entries: Entries, holder: Holder, expires_at: datetime | None, now: datetime) -> tuple[Entries, NewKey]:
    """Add a key; raises pydantic's ValidationError, a ValueError, for what no entry can hold."""
    key = _made(entries, holder, expires_at, now, None)
    return _with(entries, key.entry), key


def rotate(entries: Entries, id_: str, overlap: timedelta, now: datetime) -> tuple[Entries, NewKey]:
    """Add a key for the same holder and as long a life as the key `id_` was given, which expires after `overlap`.

    Raises KeyChangeError for a key that is not active, or that one that is active has replaced already.
    """
    old = _found(entries, id_)
    if old.state(now) != "active":
        raise KeyChangeError(f"{_named(old)} is {old.state(now)}: create a new key.")
    for entry in entries.keys:
        if entry.rotated_from == old.id and entry.state(now) == "active":
            raise KeyChangeError(f"{_named(old)} was rotated already: rotate or revoke {entry.id}, which replaced it.")
    life = None if old.expires_at is None else old.expires_at - old.created_at
    holder = Holder(old.consumer, old.scopes, old.note)
    key = _made(entries, holder, later(now, life) if life else None, now, old.id)
    last = later(now, overlap)
    ending = old.model_copy(update={"expires_at": last if old.expires_at is None else min(old.expires_at, last)})
    return _with(entries, ending, key.entry), key


def revoke(entries: Entries, id_: str, now: datetime) -> tuple[Entries, Entry]:
    """End the key at once; the time of one that is revoked already stays. Raises KeyChangeError."""
    entry = _found(entries, id_)
    if entry.revoked_at is None:
        entry = entry.model_copy(update={"revoked_at": now})
    return _with(entries, entry), entry


def prune(entries: Entries, older_than: timedelta, now: datetime) -> tuple[Entries, tuple[Entry, ...]]:
    """Remove the keys that expired or were revoked `older_than` ago or before; return these too."""
    gone = tuple(entry for entry in entries.keys if _is_older(entry, older_than, now))
    ids = {entry.id for entry in gone}
    kept = tuple(entry for entry in entries.keys if entry.id not in ids)
    return entries.model_copy(update={"keys": kept}), gone


def later(now: datetime, span: timedelta) -> datetime:
    """Return the time after `span`; raises KeyChangeError beyond the year 9999."""
    try:
        return now + span
    except OverflowError:
        raise KeyChangeError("This time would be after the year 9999: take a shorter one, or never.") from None


def _made(
    entries: Entries, holder: Holder, expires_at: datetime | None, now: datetime, rotated_from: str | None
) -> NewKey:
    used = {entry.id for entry in entries.keys}
    id_ = new_id()
    while id_ in used:
        id_ = new_id()
    text = new_text(id_)
    entry = Entry(
        id=id_,
        consumer=holder.consumer,
        scopes=holder.scopes,
        hash=HASH_PREFIX + digest(text).hex(),
        created_at=now,
        expires_at=expires_at,
        revoked_at=None,
        note=holder.note,
        rotated_from=rotated_from,
    )
    return NewKey(entry, text)


def _with(entries: Entries, *changed: Entry) -> Entries:
    """Return `entries` with each of `changed` in the place of the one with its id, or at the end."""
    by_id = {entry.id: entry for entry in (*entries.keys, *changed)}
    return entries.model_copy(update={"keys": tuple(by_id.values())})


def _found(entries: Entries, id_: str) -> Entry:
    for entry in entries.keys:
        if entry.id == id_:
            return entry
    raise KeyChangeError(f"No key has the id {id_!r}; `python -m gateway.keys list` shows those there are.")


def _is_older(entry: Entry, span: timedelta, now: datetime) -> bool:
    ended_at = entry.ended_at(now)
    return ended_at is not None and now - ended_at >= span


def _named(entry: Entry) -> str:
    return f"The key {entry.id} of {entry.consumer}"
