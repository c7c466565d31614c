"""The keys as a table for people, or as JSON for programs; never with a hash."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from rich.table import Table
from rich.text import Text

from gateway.keys.entries import Entry
from gateway.keys.spans import in_words

_STYLES: Final = {"active": "green", "expired": "yellow", "revoked": "red"}


def as_json(entries: Iterable[Entry], now: datetime) -> str:
    """Return the entries as an array of objects, each with its `state` at `now`."""
    return json.dumps([_shown(entry, now) for entry in entries], indent=2)


def as_table(entries: Iterable[Entry], now: datetime) -> Table:
    """Return a row for each entry, with how long it is still valid at `now`."""
    table = Table("id", "consumer", "scopes", "state", "created", "note", box=None, pad_edge=False)
    table.columns[0].no_wrap = True
    for entry in entries:
        cells = (entry.id, entry.consumer, " ".join(entry.scopes))
        state = Text(_state_in_words(entry, now), style=_STYLES[entry.state(now)])
        table.add_row(*map(Text, cells), state, Text(f"{entry.created_at:%Y-%m-%d}"), Text(_note(entry)))
    return table


def _shown(entry: Entry, now: datetime) -> dict[str, Any]:
    shown = entry.model_dump(mode="json", exclude={"hash"})
    return {**shown, "state": entry.state(now)}


def _state_in_words(entry: Entry, now: datetime) -> str:
    ended_at = entry.ended_at(now)
    if ended_at is not None:
        return f"{entry.state(now)} {ended_at:%Y-%m-%d}"
    return "active, never expires" if entry.expires_at is None else f"active, {in_words(entry.expires_at - now)} left"


def _note(entry: Entry) -> str:
    rotated = f"in place of {entry.rotated_from}" if entry.rotated_from else None
    return "; ".join(filter(None, (entry.note, rotated)))
