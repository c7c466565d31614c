"""Names, their keys, and the times in ids."""

import unicodedata
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from shared.names import MAX_NAME_LENGTH, clean, key_of
from shared.pagination import MAX_CURSOR_LENGTH, encode_cursor
from shared.times import created_at, first_id

milliseconds = st.integers(0, 253_402_300_799_998)  # until the end of the year 9999
aware = st.datetimes(timezones=st.timezones())


def id_made_at(millisecond: int, rest: int) -> UUID:
    return UUID(int=millisecond << 80 | rest)


@settings(deadline=None)
@given(st.text())
def test_a_cleaned_name_is_clean(text: str) -> None:
    try:
        name = clean(text)
    except ValueError:
        return
    assert clean(name) == name == name.strip()
    assert 1 <= len(name) <= MAX_NAME_LENGTH
    assert name.isprintable() or {unicodedata.category(character) for character in name}.isdisjoint({"Cc", "Cs"})


@settings(deadline=None)
@given(st.text())
def test_a_key_does_not_depend_on_case_or_on_how_accents_are_written(text: str) -> None:
    assert key_of(key_of(text)) == key_of(text)
    for form in ("NFC", "NFD"):
        assert key_of(unicodedata.normalize(form, text)) == key_of(text)
    assume(text.upper().casefold() == text.casefold())
    assert key_of(text.upper()) == key_of(text)


@pytest.mark.parametrize(("one", "other"), [("Straße", "STRASSE"), ("E\u0301lan", "éLAN"), ("ΣΊΣΥΦΟΣ", "σίσυφος")])
def test_names_that_differ_in_case_have_one_key(one: str, other: str) -> None:
    assert key_of(clean(one)) == key_of(clean(other))


@pytest.mark.parametrize("name", ["", "  ", "a\0b", "a\nb", "a\x7fb", "a\ud800", "a\u2028b", "x" * 256, "\u200b\n"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="a name has"):
        clean(name)


@pytest.mark.parametrize("character", ["ß", "ᾷ", "\U0001f40e", "ﷺ", '"', "㌀"])
def test_the_longest_name_has_a_cursor(character: str) -> None:
    assert len(encode_cursor(key_of(clean(character * MAX_NAME_LENGTH)))) <= MAX_CURSOR_LENGTH


@settings(deadline=None)
@given(millisecond=milliseconds, rest=st.integers(0, (1 << 80) - 1))
def test_an_id_is_among_those_made_at_its_time_and_later(millisecond: int, rest: int) -> None:
    image = id_made_at(millisecond, rest)
    made = created_at(image)
    assert first_id(made) <= image < first_id(made + timedelta(milliseconds=1))


@settings(deadline=None)
@given(one=aware, other=aware)
def test_ids_of_times_are_in_the_order_of_the_times(one: datetime, other: datetime) -> None:
    if one <= other:
        assert first_id(one) <= first_id(other)


def test_the_time_in_an_id_is_when_it_was_made() -> None:
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    assert before <= created_at(uuid7()) <= datetime.now(UTC)
