"""No cell is a formula, and every text comes back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debugger.ingest.shield import shielded, unshielded

SIGNS = ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"]


@given(st.text() | st.text(st.sampled_from("'=a-")))
def test_every_text_comes_back_and_is_no_formula(text: str) -> None:
    assert unshielded(shielded(text)) == text
    assert not shielded(text).startswith(tuple(SIGNS))


@pytest.mark.parametrize("sign", SIGNS)
def test_a_sign_gets_an_apostrophe(sign: str) -> None:
    assert shielded(sign + "1") == f"'{sign}1"


@pytest.mark.parametrize("text", ["'tis", "'", "''", "a=b", " =1"])
def test_other_texts_are_left_alone_both_ways(text: str) -> None:
    assert shielded(text) == unshielded(text) == text
