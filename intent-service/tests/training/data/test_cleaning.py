"""What a text, a label and an id may be."""

import unicodedata
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intent.training.data.cleaning import (
    MAX_INTEGER,
    MAX_NAME_CHARACTERS,
    MAX_TEXT_CHARACTERS,
    as_number,
    clean_id,
    clean_label,
    clean_text,
)
from intent.training.data.refusals import RowError

ANY_TEXT = st.text(st.characters(exclude_categories=()))


@given(ANY_TEXT)
def test_a_text_is_clean_or_refused_and_then_stays_as_it_is(text: str) -> None:
    with suppress(RowError):
        cleaned = clean_text(text)
        assert cleaned
        assert cleaned == clean_text(cleaned) == unicodedata.normalize("NFC", cleaned).strip()
        assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in cleaned)
        cleaned.encode()


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        (" my\tcard\r\n", "my card"),
        ("a\u2028b\x85c", "a b c"),
        ("cafe\u0301", "café"),
        ("x" * MAX_TEXT_CHARACTERS, "x" * MAX_TEXT_CHARACTERS),
        ("\N{WOMAN}\u200d\N{PERSONAL COMPUTER}", "\N{WOMAN}\u200d\N{PERSONAL COMPUTER}"),
    ],
)
def test_what_is_harmless_is_put_right(text: str, cleaned: str) -> None:
    assert clean_text(text) == cleaned


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the text is empty"),
        (" \t\n", "the text is empty"),
        ("a\0", r"the control character U\+0000"),
        ("a\x1b[31m", r"the control character U\+001B"),
        ("a\ud800", "half of a surrogate pair"),
        ("x" * (MAX_TEXT_CHARACTERS + 1), "has 10,001 characters, more than 10,000"),
        ("\ufb2c" * MAX_TEXT_CHARACTERS, "has 30,000 characters"),  # each becomes three in the form NFC
        (None, "is null"),
        (3, "is a number, not a string"),
        (["a"], "is a list"),
        ({}, "is an object"),
    ],
)
def test_what_is_no_text_is_refused(text: object, reason: str) -> None:
    with pytest.raises(RowError, match=reason):
        clean_text(text)


@pytest.mark.parametrize("label", [0, 26, -5, MAX_INTEGER, "26", "card arrival"])
def test_a_label_stays_a_number_or_a_string(label: object) -> None:
    assert clean_label(label) == label
    assert type(clean_label(label)) is type(label)


@pytest.mark.parametrize(
    ("label", "reason"),
    [
        (True, "is true or false"),
        (26.0, "is a number with a decimal point"),
        (float("nan"), "is a number with a decimal point"),
        (MAX_INTEGER + 1, "is a number beyond 9,007,199,254,740,991"),
        (None, "is null"),
        ([], "is a list"),
        (" ", "the label is empty"),
        ("x" * (MAX_NAME_CHARACTERS + 1), "has 256 characters"),
    ],
)
def test_what_is_no_label_is_refused(label: object, reason: str) -> None:
    with pytest.raises(RowError, match=reason):
        clean_label(label)


def test_an_id_is_a_string_or_nothing() -> None:
    assert (clean_id(None), clean_id(""), clean_id(12), clean_id(" a ")) == (None, None, "12", "a")
    with pytest.raises(RowError, match="the id is an object"):
        clean_id({})


@given(st.integers(-MAX_INTEGER, MAX_INTEGER))
def test_numbers_are_recognised(number: int) -> None:
    assert as_number(str(number)) == number


@pytest.mark.parametrize(
    "label", ["", "007", "+7", "-0", "7.0", "1e3", "\u0667", "²", " 7", "7\n", str(MAX_INTEGER + 1), "9" * 5000]
)
def test_names_are_not_taken_for_numbers(label: str) -> None:
    assert as_number(label) is None
