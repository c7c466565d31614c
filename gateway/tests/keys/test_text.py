"""The text of a key: its form, and what its checksum finds."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.keys.text import CHARACTERS, ID, ID_PATTERN, PATTERN, digest, is_well_formed, new_id, new_text

KEYS = [new_text(new_id()) for _ in range(20)]
LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"

key = st.sampled_from(KEYS)
place = st.integers(0, CHARACTERS - 1)


def test_a_new_key_has_the_form_that_scanners_look_for() -> None:
    for text in KEYS:
        assert re.fullmatch(PATTERN, text)
        assert re.fullmatch(ID_PATTERN, text[ID])
        assert is_well_formed(text)
        assert len(text) == CHARACTERS


def test_keys_and_ids_do_not_repeat() -> None:
    assert len({new_id() for _ in range(1000)}) == 1000
    assert len({new_text("a" * 12) for _ in range(1000)}) == 1000


@settings(deadline=None)
@given(key, place, st.sampled_from(LETTERS))
def test_a_wrong_character_is_found(text: str, index: int, other: str) -> None:
    changed = text[:index] + other + text[index + 1 :]

    assert is_well_formed(changed) == (changed == text)


@settings(deadline=None)
@given(key, st.integers(0, CHARACTERS - 8))
def test_two_characters_that_changed_places_are_found(text: str, index: int) -> None:
    changed = text[:index] + text[index + 1] + text[index] + text[index + 2 :]

    assert is_well_formed(changed) == (changed == text)


@settings(deadline=None)
@given(key, place)
def test_a_character_that_was_left_out_is_found(text: str, index: int) -> None:
    assert not is_well_formed(text[:index] + text[index + 1 :])


@settings(deadline=None)
@given(st.text(max_size=100) | st.from_regex(PATTERN, fullmatch=True))
def test_any_text_has_a_digest_and_is_no_key(text: str) -> None:
    assert len(digest(text)) == 32
    assert not is_well_formed(text)


def test_a_line_end_after_a_key_is_found() -> None:
    assert not is_well_formed(KEYS[0] + "\n")
