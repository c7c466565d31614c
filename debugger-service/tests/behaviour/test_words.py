"""Where words begin and end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debugger.behaviour.words import any_of, like, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("?! …", []),
        ("I don't know, 24/7.", ["I", "don't", "know", "24", "7"]),
        ("l\u2019\u00e9t\u00e9 na\u00efve 'quoted'", ["l\u2019\u00e9t\u00e9", "na\u00efve", "quoted"]),
        (
            "e\u0301te\u0301 \u0939\u093f\u0928\u094d\u0926\u0940",
            ["e\u0301te\u0301", "\u0939\u093f\u0928\u094d\u0926\u0940"],
        ),
        ("\u6211\u8981\u9000\u6b3e now", ["\u6211", "\u8981", "\u9000", "\u6b3e", "now"]),
        ("\u0e17\u0e35\u0e48", ["\u0e17\u0e35\u0e48"]),
    ],
)
def test_words_of_many_scripts_are_found(text: str, expected: list[str]) -> None:
    assert [text[span.start : span.end] for span in words(text)] == expected


@given(st.text())
def test_every_letter_and_digit_is_in_one_word(text: str) -> None:
    spans = words(text)
    inside = [place for span in spans for place in range(span.start, span.end)]
    assert inside == sorted(set(inside))
    assert all(place in inside for place, character in enumerate(text) if character.isalnum())
    assert not any(character.isspace() for place, character in enumerate(text) if place in inside)


@pytest.mark.parametrize(
    ("written", "word", "expected"),
    [("card", "visa", "visa"), ("Card", "visa", "Visa"), ("CARD", "visa", "VISA"), ("I", "we", "We"), ("9", "a", "a")],
)
def test_a_word_is_written_like_the_one_before(written: str, word: str, expected: str) -> None:
    assert like(written, word) == expected


def test_the_longest_phrase_is_found_and_only_whole_ones() -> None:
    assert any_of(["find", "find out"]).findall("Find out, find, finding") == ["Find out", "find"]
