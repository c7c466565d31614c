"""Which words an answer rests on."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intent.classifier import Classifier
from intent.explaining import MAX_CHARACTERS, MAX_PARTS, explain
from intent.scoring import judge
from intent.versions import Versions


@pytest.fixture(scope="module")
def classifier(orders_dir: Path) -> Classifier:
    versions = Versions(orders_dir)
    versions.load()
    return versions.get().classifier


def test_a_weight_is_the_change_when_the_word_is_left_out(classifier: Classifier) -> None:
    whole, without = judge(classifier, ["please cancel it", "please it"], 3)
    label = whole.ranked[0].label
    (left,) = [ranked.confidence for ranked in without.ranked if ranked.label == label]
    words = explain(classifier, "please cancel it")
    assert [word.text for word in words] == ["please", "cancel", "it"]
    assert words[1].weight == pytest.approx(whole.ranked[0].confidence - left, abs=1e-12)


def test_a_lone_word_is_compared_with_nothing(classifier: Classifier) -> None:
    (word,) = explain(classifier, "refund")
    assert word.weight > 0


def test_a_word_that_is_not_known_has_next_to_no_weight(classifier: Classifier) -> None:
    words = {word.text: word.weight for word in explain(classifier, "qqqq refund")}
    assert abs(words["qqqq"]) < 0.05 < words["refund"]


@settings(max_examples=20, deadline=None)
@given(length=st.integers(1, 600), size=st.integers(1, 16))
def test_all_words_are_there_and_a_long_text_is_grouped(classifier: Classifier, length: int, size: int) -> None:
    text = " ".join("abcdefghijklmnop"[:size] for _ in range(length))
    words = explain(classifier, text)
    assert " ".join(word.text for word in words) == text
    assert len(words) <= min(length, MAX_PARTS)
    assert len(words) * len(text) <= max(MAX_CHARACTERS, len(text))
