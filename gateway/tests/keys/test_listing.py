"""What is shown of keys."""

import io
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from rich.console import Console

from gateway.keys.changes import NewKey, revoke, rotate
from gateway.keys.entries import Entries
from gateway.keys.listing import as_json, as_table
from gateway.keys.reading import read_entries
from gateway.keys.writing import change

Make = Callable[..., NewKey]


def four_keys(path: Path, make: Make, now: datetime) -> Entries:
    """Return one key of each kind."""
    rotated = make("rotated", life=None, note="[red]for spring[/]")
    change(path, lambda entries: rotate(entries, rotated.entry.id, timedelta(hours=5), now))
    make("expired", life=timedelta(0))
    revoked = make("revoked")
    change(path, lambda entries: revoke(entries, revoked.entry.id, now))
    return read_entries(path)


def test_the_table_tells_the_state_of_each(path: Path, make: Make, now: datetime) -> None:
    entries = four_keys(path, make, now).keys
    console = Console(file=io.StringIO(), width=200)
    console.print(as_table(entries, now))
    assert isinstance(console.file, io.StringIO)
    told = console.file.getvalue()

    for expected in ("active, never expires", "active, 5h left", "expired 2030-01-01", "revoked 2030-01-01"):
        assert expected in told
    assert "[red]for spring[/]; in place of" in told
    for entry in entries:
        assert entry.id in told
        assert entry.digest().hex()[:8] not in told


def test_the_json_tells_all_but_the_hash(path: Path, make: Make, now: datetime) -> None:
    entries = four_keys(path, make, now).keys
    told = json.loads(as_json(entries, now))

    assert [each["id"] for each in told] == [entry.id for entry in entries]
    assert sorted(each["state"] for each in told) == ["active", "active", "expired", "revoked"]
    assert {"hash"} == set(json.loads(entries[0].model_dump_json())) - set(told[0])
