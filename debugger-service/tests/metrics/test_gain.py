"""A comparison in words, and the classes that moved."""

import numpy as np
import pytest

from debugger.metrics.gain import Answers, Moved, gain

RANDOM = np.random.default_rng(5)
TRUE = RANDOM.choice(["card", "refund", "limit"], 400).tolist()


def mistaken(labels: list[str], share: float, name: str = "other") -> list[str | None]:
    return [name if drawn < share else label for label, drawn in zip(labels, RANDOM.random(len(labels)))]


def test_a_gain_by_both_sets_of_labels_is_a_gain() -> None:
    found = gain(Answers(TRUE, TRUE, mistaken(TRUE, 0.3), mistaken(TRUE, 0.05)), 1, 4)
    assert found.verdict == "after"
    assert found.summary.startswith(
        "What changed from version 1 to 4 made the model better. By the cleaned labels the "
    )
    assert "of 400 rows that neither model was trained on" in found.summary
    assert "points more (95 % interval +" in found.summary
    assert "as given" not in found.summary


def test_a_loss_is_a_loss() -> None:
    found = gain(Answers(TRUE, TRUE, mistaken(TRUE, 0.05), mistaken(TRUE, 0.3)), 1, 4)
    assert found.verdict == "before"
    assert "made the model worse" in found.summary
    assert "points fewer" in found.summary


@pytest.mark.parametrize(("given_follows", "said"), [(True, "as given alone"), (False, "cleaned labels alone")])
def test_what_only_one_set_of_labels_shows_is_no_proof(*, given_follows: bool, said: str) -> None:
    before, after = mistaken(TRUE, 0.3, "refund"), mistaken(TRUE, 0.3, "limit")
    mine = after if given_follows else before
    others = before if given_follows else after
    found = gain(Answers(mine, others, before, after), 1, 4)
    assert found.verdict == "undecided"
    found = gain(Answers(after, TRUE, before, after) if given_follows else Answers(TRUE, after, before, after), 1, 4)
    assert (found.verdict, said in found.summary) == ("undecided", True)
    assert "By the labels as given" in found.summary


def test_the_same_answers_may_be_chance() -> None:
    found = gain(Answers(TRUE, TRUE, TRUE, TRUE), 1, 2)
    assert (found.verdict, found.classes) == ("undecided", ())
    assert found.summary.startswith("No gain and no loss is shown from version 1 to 2")


def test_rows_without_a_label_or_an_answer_are_counted() -> None:
    found = gain(Answers(["a", "b", None], [None, None, None], [None, "b", "a"], ["a", None, None]), 1, 2)
    assert (found.unanswered_before, found.unanswered_after) == (1, 2)
    assert found.comparison.cleaned is None
    assert "By the labels as given" in found.summary


def test_the_classes_that_moved_most_come_first() -> None:
    labels = ["a"] * 10 + ["b"] * 4 + ["c"] * 4 + ["d"] * 3
    before = ["a"] * 2 + ["b"] * 8 + ["b"] * 4 + ["a"] * 4 + ["d"] * 3
    after = ["a"] * 9 + ["b"] * 1 + ["a"] * 4 + ["c"] * 4 + ["d"] * 3
    assert gain(Answers(labels, labels, before, after), 1, 2).classes == (
        Moved("a", 10, 2, 9),
        Moved("b", 4, 4, 0),
        Moved("c", 4, 0, 4),
    )
