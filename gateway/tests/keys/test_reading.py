"""A file that is no good is refused with what is wrong where, and without a hash."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.keys.changes import NewKey
from gateway.keys.entries import Entries
from gateway.keys.reading import MAX_BYTES, read_entries
from gateway.keys.refusals import KeyFileError, MissingKeyFileError

Make = Callable[..., NewKey]


def test_what_was_written_is_read(path: Path, make: Make) -> None:
    made = [make("a", "catalog:read", "*:get", note="für Ä"), make("b", life=None)]

    assert {entry.id: entry for entry in read_entries(path).keys} == {key.entry.id: key.entry for key in made}


def test_the_text_of_the_file_does_not_depend_on_the_order_of_its_entries(path: Path, make: Make) -> None:
    make()
    make()
    entries = read_entries(path)

    assert Entries(keys=entries.keys[::-1]).to_json() == entries.to_json() == path.read_text()


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("id", "UPPER", "keys[1]: id: String should match"),
        ("consumer", "two words", "keys[1] (id {id}): consumer: a consumer's name"),
        ("scopes", ["everything"], "keys[1] (id {id}): scopes: a scope is service:verb"),
        ("scopes", [], "keys[1] (id {id}): scopes: "),
        ("scopes", "a:read", "keys[1] (id {id}): scopes: "),
        ("hash", "sha256:123", "keys[1] (id {id}): hash: "),
        ("created_at", "2030-01-01T00:00:00", "keys[1] (id {id}): created_at: "),
        ("expires_at", "soon", "keys[1] (id {id}): expires_at: "),
        ("expires_at", "0001-01-01T00:00:00+14:00", "keys[1] (id {id}): expires_at: the time is outside"),
        ("revoked_at", False, "keys[1] (id {id}): revoked_at: "),
        ("note", "a\nb", "keys[1] (id {id}): note: "),
        ("note", "\x1b[31m", "keys[1] (id {id}): note: "),
        ("rotated_from", "nobody", "keys[1] (id {id}): rotated_from: "),
        ("colour", "red", "keys[1] (id {id}): colour: Extra inputs"),
    ],
)
def test_a_bad_entry_is_named(path: Path, make: Make, field: str, value: Any, reason: str) -> None:
    make()
    make()
    document = json.loads(path.read_text())
    bad = document["keys"][1]
    id_, hash_ = bad["id"], bad["hash"]
    bad[field] = value
    path.write_text(json.dumps(document))

    with pytest.raises(KeyFileError) as raised:
        read_entries(path)

    assert str(path) in str(raised.value)
    assert reason.format(id=id_) in str(raised.value)
    assert hash_ not in str(raised.value)


@pytest.mark.parametrize("field", ["id", "consumer", "scopes", "hash", "created_at", "expires_at", "revoked_at"])
def test_a_missing_field_is_named(path: Path, make: Make, field: str) -> None:
    make()
    document = json.loads(path.read_text())
    del document["keys"][0][field]
    path.write_text(json.dumps(document))

    with pytest.raises(KeyFileError, match=f"{field}: Field required"):
        read_entries(path)


def test_a_hash_in_the_wrong_place_is_not_told(path: Path, make: Make) -> None:
    key = make()
    document = json.loads(path.read_text())
    hash_ = document["keys"][0]["hash"].removeprefix("sha256:")
    document["keys"][0] |= {"id": hash_, "scopes": [hash_], "consumer": f" {hash_}", hash_: hash_, key.text: 1}
    path.write_text(json.dumps(document))

    with pytest.raises(KeyFileError) as raised:
        read_entries(path)

    assert hash_ not in str(raised.value)
    assert key.text not in str(raised.value)


def test_an_id_that_is_there_twice_is_named(path: Path, make: Make) -> None:
    key = make()
    document = json.loads(path.read_text())
    document["keys"] *= 2
    path.write_text(json.dumps(document))

    with pytest.raises(KeyFileError, match=f"the id {key.entry.id} is there twice"):
        read_entries(path)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b'{"keys": {}}', b'{"version": 2}', b"\xff\xfe", b'{"keys": [1]}', b"[" * 100_000],
)
def test_what_is_no_file_of_keys_is_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)

    with pytest.raises(KeyFileError, match=r"keys\.json is no file of keys: "):
        read_entries(path)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda values: st.lists(values) | st.dictionaries(st.sampled_from(["keys", "version", "id", "hash"]), values),
    max_leaves=20,
)


@settings(deadline=None)
@given(st.binary() | json_values.map(lambda value: json.dumps(value).encode()))
def test_any_content_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_bytes(content)
    try:
        read_entries(path)
    except KeyFileError as error:
        assert "any.json is no file of keys" in str(error)  # noqa: PT017 no error is right too


def test_a_missing_file_is_told_with_what_makes_one(path: Path) -> None:
    with pytest.raises(MissingKeyFileError, match=r"keys\.json does not exist; make the first key by"):
        read_entries(path)


def test_what_is_no_file_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")

    for name in ("fifo", ""):
        with pytest.raises(KeyFileError, match="is no file"):
            read_entries(tmp_path / name)


def test_a_file_without_an_end_is_refused(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)

    with pytest.raises(KeyFileError, match="more than 16,777,216 bytes"):
        read_entries(path)
