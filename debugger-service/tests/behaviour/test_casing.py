"""Large and small letters."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from debugger.behaviour.casing import CASING


def made(text: str) -> list[str]:
    return [each.text for each in CASING.perturb(text, np.random.default_rng(0))]


def test_all_ways_are_made() -> None:
    assert made("i don't Know, john") == [
        "i don't know, john",
        "I DON'T KNOW, JOHN",
        "I Don't Know, John",
        "I don't Know, john",
    ]


def test_a_text_without_case_stays() -> None:
    assert made("\u6211\u8981 12?") == []


@given(st.text(st.characters(max_codepoint=0x7F)))
def test_nothing_but_the_case_changes(text: str) -> None:
    assert {each.lower() for each in made(text)} <= {text.lower()}
