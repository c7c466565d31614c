"""Who is let in, and what the others are told."""

import json
import math
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.consumer import Consumer, Scopes
from gateway.keys.changes import NewKey, revoke
from gateway.keys.lookup import Keys
from gateway.keys.refusals import KeyFileError
from gateway.keys.text import PATTERN, new_id, new_text
from gateway.keys.writing import change
from shared.errors import ProblemError

Make = Callable[..., NewKey]


def refusal(keys: Keys, text: str, now: datetime) -> tuple[int, str, Mapping[str, str] | None]:
    """Return what whoever shows `text` is told."""
    with pytest.raises(ProblemError) as raised:
        keys.find(text, now.timestamp())
    return raised.value.status, raised.value.detail, raised.value.headers


def test_a_key_says_who_asks(path: Path, make: Make, now: datetime) -> None:
    key = make("robot", "catalog:read", "vision:post")
    keys = Keys.read(path)
    expected = Consumer("robot", key.entry.id, Scopes(("vision:post", "catalog:read")))

    assert keys.find(key.text, now.timestamp()) == expected
    assert keys.still_valid(key.entry.id, now.timestamp()) == expected
    assert keys.ends_at(key.entry.id) == (now + timedelta(days=90)).timestamp()
    assert len(keys) == 1


def test_a_key_can_be_good_for_ever_and_an_unknown_one_never_is(path: Path, make: Make) -> None:
    key = make(life=None)
    keys = Keys.read(path)
    assert keys.ends_at(key.entry.id) == math.inf
    assert keys.ends_at(new_id()) == -math.inf


def test_an_unknown_key_and_one_with_a_wrong_secret_are_told_the_same(path: Path, make: Make, now: datetime) -> None:
    known, revoked, expired = make(), make(), make(life=timedelta(hours=-1))
    change(path, lambda entries: revoke(entries, revoked.entry.id, now))
    keys = Keys.read(path)
    told = [
        refusal(keys, new_text(id_), now) for id_ in (new_id(), *(key.entry.id for key in (known, revoked, expired)))
    ]

    assert told == told[:1] * 4
    assert told[0] == (
        401,
        "This API key is not valid. Send another, or ask who runs the gateway for one.",
        {"WWW-Authenticate": "Bearer"},
    )


def test_one_who_has_the_whole_key_is_told_that_it_expired(path: Path, make: Make, now: datetime) -> None:
    key = make(life=timedelta(days=1))
    keys = Keys.read(path)
    end = now + timedelta(days=1)

    assert keys.find(key.text, end.timestamp() - 0.001).name == "robot"
    status, detail, headers = refusal(keys, key.text, end)
    assert (status, headers) == (401, {"WWW-Authenticate": "Bearer"})
    assert detail.startswith(f"The API key {key.entry.id} expired at 2030-01-02T00:00:00Z.")
    assert keys.still_valid(key.entry.id, end.timestamp()) is None


def test_a_revoked_key_is_so_at_once_also_where_clocks_differ(path: Path, make: Make, now: datetime) -> None:
    key = make(life=None)
    change(path, lambda entries: revoke(entries, key.entry.id, now + timedelta(minutes=5)))
    keys = Keys.read(path)

    assert refusal(keys, key.text, now)[1].startswith(f"The API key {key.entry.id} was revoked.")
    assert keys.still_valid(key.entry.id, now.timestamp()) is None


def test_a_mistyped_key_is_told_so_whether_its_id_is_known_or_not(path: Path, make: Make, now: datetime) -> None:
    key = make()
    keys = Keys.read(path)
    last = "a" if key.text[-1] != "a" else "b"
    mistyped = [
        key.text[:-1] + last,
        key.text[:-1],
        key.text + "a",
        key.text.replace("flt_", "FLT_"),
        key.text[:16] + "-" + key.text[17:],
        "flt_" + new_id() + key.text[16:],
        key.text.swapcase(),
        " " + key.text[:-1],
        "",
        "é" * 66,
        "\ud800" * 66,
        "x" * 100_000,
    ]
    told = {refusal(keys, text, now)[1] for text in mistyped}

    assert len(told) == 1
    assert told.pop().startswith("This is no API key of the gateway, or it was mistyped or cut short")


@settings(deadline=None)
@given(text=st.text() | st.from_regex(PATTERN, fullmatch=True))
def test_no_other_text_opens(text: str) -> None:
    with pytest.raises(ProblemError):
        Keys().find(text, 0)
    assert Keys().still_valid(text, 0) is None


def test_a_key_with_the_hash_of_another_opens_nothing(path: Path, make: Make, now: datetime) -> None:
    first, second = make("first"), make("second")
    document = json.loads(path.read_text())
    hashes = [entry["hash"] for entry in document["keys"]]
    for entry, hash_ in zip(document["keys"], reversed(hashes)):
        entry["hash"] = hash_
    path.write_text(json.dumps(document))
    keys = Keys.read(path)

    for key in (first, second):
        assert refusal(keys, key.text, now)[0] == 401


def test_nothing_of_a_key_is_in_what_is_shown_of_it(path: Path, make: Make) -> None:
    key = make()
    shown = repr(Keys.read(path)) + repr(key) + repr(key.entry) + str(key.entry)

    assert key.text[17:] not in shown
    assert key.entry.digest().hex() not in shown


def test_a_bad_file_is_refused(path: Path) -> None:
    path.write_text("{}}")

    with pytest.raises(KeyFileError):
        Keys.read(path)
