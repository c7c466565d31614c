"""Keys of a gateway, in a file of their own."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.keys.changes import Holder, NewKey, create
from gateway.keys.entries import Entries
from gateway.keys.writing import change

NOW = datetime(2030, 1, 1, tzinfo=UTC)

Make = Callable[..., NewKey]


@pytest.fixture
def now() -> datetime:
    """The time in most tests of this folder."""
    return NOW


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a file of keys can be made."""
    return tmp_path / "keys.json"


@pytest.fixture
def make(path: Path) -> Make:
    """Makes a key in the file at `path`, or in another; it expires after `life`."""

    def make_key(
        consumer: str = "robot",
        *scopes: str,
        life: timedelta | None = timedelta(days=90),
        note: str | None = None,
        file: Path = path,
    ) -> NewKey:
        holder = Holder(consumer, scopes or ("catalog:read",), note)
        expires_at = None if life is None else NOW + life

        def step(entries: Entries) -> tuple[Entries, NewKey]:
            return create(entries, holder, expires_at, NOW)

        return change(file, step, create=True)

    return make_key
