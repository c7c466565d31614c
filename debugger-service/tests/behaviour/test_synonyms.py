"""Words for words."""

import numpy as np
import pytest

from debugger.behaviour.synonyms import OTHERS, SYNONYM_SWAPS


def made(text: str, seed: int = 0) -> dict[str, str]:
    return {each.text: each.change for each in SYNONYM_SWAPS.perturb(text, np.random.default_rng(seed))}


def test_one_phrase_is_replaced_at_a_time() -> None:
    assert made("Please tell me the closest supermarket") == {
        "Kindly tell me the closest supermarket": "Kindly for Please",
        "Please tell me the nearest supermarket": "nearest for closest",
        "Please tell me the closest grocery store": "grocery store for supermarket",
    }


def test_the_article_agrees() -> None:
    assert list(made("AN ATM ate my card")) == ["A CASH MACHINE ate my card"]
    assert list(made("an error")) == ["a mistake"]
    assert list(made("banana error")) == ["banana mistake"]


@pytest.mark.parametrize("text", ["", "qqq", "pleased", "card"])
def test_other_words_stay(text: str) -> None:
    assert made(text) == {}


def test_the_table_is_in_small_letters_and_nothing_replaces_itself() -> None:
    assert len(OTHERS) > 150
    for phrase, others in OTHERS.items():
        assert phrase == phrase.lower().strip()
        assert others
        assert phrase not in others
        assert len(set(others)) == len(others)
