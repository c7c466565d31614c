"""What of a text counts when two are compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debugger.issues.plain_text import groups_of, plain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  What\N{RIGHT SINGLE QUOTATION MARK}s my\tBALANCE?! ", "whats my balance"),
        ("what's my balance", "whats my balance"),
        ("top-up", "top up"),
        ("Straße", "strasse"),
        ("\N{FULLWIDTH LATIN CAPITAL LETTER F}ull\N{IDEOGRAPHIC SPACE}width", "full width"),
        ("हिन्दी", "हिन्दी"),
        ("C++", "c++"),
        ("C#", "c"),
        ("$5", "$5"),
        ("😀", "😀"),
        ("...", "..."),
        ("", ""),
        ("\x00a\x00", "a"),
        ("\ud800", "\ud800"),
    ],
)
def test_case_punctuation_and_spaces_do_not_count_and_symbols_and_signs_of_vowels_do(text: str, expected: str) -> None:
    assert plain([text]) == [expected]


@given(st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True), min_size=1, max_size=6))
def test_words_are_the_same_however_they_are_written(words: list[str]) -> None:
    assert plain([" ".join(words), f"  {'... '.join(words).upper()}!"]) == [" ".join(words)] * 2


@given(st.lists(st.text()))
def test_any_text_has_a_plain_one(texts: list[str]) -> None:
    assert all(bool(made) == bool(text.split()) or made == "" for made, text in zip(plain(texts), texts))


@given(st.lists(st.sampled_from("abc")))
def test_a_group_is_the_first_of_equal_texts(texts: list[str]) -> None:
    assert groups_of(texts).tolist() == [texts.index(text) for text in texts]
