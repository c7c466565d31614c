"""What counts of a text when texts are compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intent.training.data.folding import fold, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Where is my card?", "where is my  card"),
        ("I'm late", "Im late"),
        ("l\u2019heure", "l'heure"),
        ("top-up", "Top up!"),
        ("STRASSE", "straße"),
        ("ﬁne", "fine"),
        ("co\u00adoperate", "cooperate"),
    ],
)
def test_texts_that_count_as_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("5 €", "5 $"), ("👍", "👎"), ("???", "!"), ("कि", "की"), ("resume", "résumé"), ("a b", "ab")],
)
def test_texts_that_do_not(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text(min_size=1).filter(str.strip))
def test_a_folded_text_is_never_empty_and_has_single_blanks(text: str) -> None:
    folded = fold(text)
    assert folded
    assert words(folded) == set(folded.split())
