"""Marks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from debugger.behaviour.punctuation import PUNCTUATION


def made(text: str) -> dict[str, str]:
    return {each.change: each.text for each in PUNCTUATION.perturb(text, np.random.default_rng(0))}


def test_marks_are_left_out_repeated_and_written_in_another_way() -> None:
    found = made("Hi, I can't pay $3.50.")
    assert found["no marks"] == "Hi I can't pay $3.50"
    assert found["no mark at the end"] == "Hi, I can't pay $3.50"
    assert found["a repeated mark at the end"] in {"Hi, I can't pay $3.50..", "Hi, I can't pay $3.50..."}
    assert found["no apostrophes"] == "Hi, I cant pay $3.50."
    assert found["other apostrophes"] == "Hi, I can\u2019t pay $3.50."


@pytest.mark.parametrize(("text", "end"), [("what is it", "?"), ("is it there", "?"), ("pay me", "."), ("island", ".")])
def test_a_question_ends_with_its_mark(text: str, end: str) -> None:
    assert made(text)[f"a {end} at the end"] == text + end


@given(st.text())
def test_letters_digits_and_their_order_stay(text: str) -> None:
    expected = [character for character in text if character.isalnum()]
    assert all([character for character in each if character.isalnum()] == expected for each in made(text).values())
