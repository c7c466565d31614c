"""Texts in portions, ranked, with a verdict."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intent.classifier import Classifier
from intent.scoring import PORTION_CHARACTERS, judge, score
from intent.served import Served
from intent.versions import Versions


@pytest.fixture(scope="module")
def served(orders_dir: Path) -> Served:
    versions = Versions(orders_dir)
    versions.load()
    return versions.get()


@pytest.fixture(scope="module")
def classifier(served: Served) -> Classifier:
    return served.classifier


@settings(max_examples=50, deadline=None)
@given(texts=st.lists(st.text(max_size=50).map(lambda text: f"{text} order"), min_size=1, max_size=30))
def test_a_batch_gets_what_each_text_gets_alone(classifier: Classifier, texts: list[str]) -> None:
    together = score(classifier, texts)
    alone = [classifier.score([text]) for text in texts]
    np.testing.assert_array_equal(together.probabilities, np.concatenate([one.probabilities for one in alone]))
    np.testing.assert_array_equal(together.scope, np.concatenate([one.scope for one in alone]))


@pytest.mark.parametrize("size", [1, PORTION_CHARACTERS // 2, PORTION_CHARACTERS, PORTION_CHARACTERS + 1])
def test_portions_are_in_order(classifier: Classifier, size: int) -> None:
    texts = ["where is my parcel? ".ljust(size), "money back".rjust(size), "cancel"]
    found = [verdict.ranked[0].label for verdict in judge(classifier, texts, 1)]
    assert found == ["track_order", "refund", "cancel_order"]


def test_the_likeliest_come_first(classifier: Classifier) -> None:
    (verdict,) = judge(classifier, ["Where is my money?"], 2)
    confidences = [ranked.confidence for ranked in verdict.ranked]
    assert len(confidences) == 2
    assert confidences[0] >= confidences[1]


def test_the_verdict_is_by_the_threshold(classifier: Classifier) -> None:
    threshold = classifier.card.scope_threshold
    assert threshold is not None
    for verdict in judge(classifier, ["Where is my parcel?", "Xylophones hum"], 1):
        assert verdict.out_of_scope == (verdict.scope_score < threshold)
