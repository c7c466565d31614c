"""Which words an answer rests on."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from debugger.behaviour.attribution import MAX_TOKENS, attribute
from debugger.behaviour.predictor import Predictor


def test_a_drop_is_the_change_when_the_word_is_left_out(predictor: Predictor) -> None:
    found = attribute(predictor, "Please, cancel  my order.")
    whole, without = predictor.probabilities(["Please, cancel  my order.", "Please, my order."])
    winner = predictor.classes.index(found.answer)
    assert [token.text for token in found.tokens] == ["Please", "cancel", "my", "order"]
    assert found.answer == "cancel"
    assert found.confidence == pytest.approx(whole[winner])
    assert found.tokens[1].drop == pytest.approx(whole[winner] - without[winner])
    assert max(found.tokens, key=lambda token: token.drop).text == "cancel"


def test_pairs_say_what_two_words_say_only_together(predictor: Predictor) -> None:
    found = attribute(predictor, "cancel cancel now", pairs=True)
    assert [pair.first for pair in found.pairs] == [0, 1]
    first, second = found.tokens[:2]
    assert found.pairs[0].together == pytest.approx(found.pairs[0].drop - first.drop - second.drop)
    assert found.pairs[0].together > 0.1
    assert attribute(predictor, "cancel cancel now").pairs == ()


@pytest.mark.parametrize("text", ["", "?!", " "])
def test_a_text_without_words_rests_on_none(predictor: Predictor, text: str) -> None:
    assert attribute(predictor, text, pairs=True).tokens == ()


def test_a_lone_word_is_compared_with_nothing(predictor: Predictor) -> None:
    (token,) = attribute(predictor, "refund").tokens
    assert token.drop > 0


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text() | st.lists(st.sampled_from(["refund", "my", "order,", "now"]), max_size=320).map(" ".join))
def test_spans_are_in_order_and_few(predictor: Predictor, text: str) -> None:
    found = attribute(predictor, text, pairs=True)
    assert len(found.tokens) <= MAX_TOKENS
    assert len(found.pairs) == max(0, len(found.tokens) - 1)
    assert all(text[token.span.start : token.span.end] == token.text for token in found.tokens)
    assert all(one.span.end <= other.span.start for one, other in zip(found.tokens, found.tokens[1:]))
    if any(character.isalnum() for character in text):
        assert found.tokens
    assert all(-1 <= token.drop <= 1 for token in found.tokens)
