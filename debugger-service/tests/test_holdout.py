"""Which rows judge both models, and that neither of these is trained on one of them, or on one with its text."""

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debugger.holdout import Frozen, plain_label, plain_text, sorted_out
from shared.refusals import ConflictError

STATES = ("active", "dropped", "out_of_scope")


def row(number: int, text: str, split: str | None, before: Any = "a", after: Any = "a", given: Any = "a") -> Any:
    """Return a row as the database gives it; a state is a label, or a status other than active."""
    states = [(None, each) if each in STATES or each is None else (each, "active") for each in (before, after)]
    return (number, text, split, hashlib.blake2b(b"%d" % number).digest(), *states[0], *states[1], given)


def test_rows_for_testing_that_were_there_before_judge_both_models() -> None:
    found = sorted_out(
        [
            row(1, "One", "testing", "a", "b"),
            row(2, "two", "testing", None, "b", None),
            row(3, "three", "training", "a", "dropped"),
            row(4, "four", "validation", "out_of_scope", "c"),
            row(5, " one ", None, "a", "b"),
            row(6, "ONE", "training", "dropped", "b"),
            row(7, "seven", None, None, "b", None),
            row(8, "eight", "testing", "out_of_scope", "dropped", None),
        ]
    )
    assert (found.way, found.frozen) == ("split", [Frozen(1, "a", "b")])
    before, after = ([json.loads(line) for line in side.body().splitlines()] for side in (found.before, found.after))
    test = {"text": "One", "split": "testing"}
    outside = {"text": "eight", "label": None, "split": "testing"}
    assert before == [
        {"text": "three", "label": "a", "split": "training"},
        {"text": "four", "label": None, "split": "validation"},
        {**test, "label": "a"},
        outside,
    ]
    assert after == [
        {"text": "four", "label": "c", "split": "validation"},
        {"text": "seven", "label": "b"},
        {**test, "label": "b"},
    ]
    assert (found.before.left_out, found.after.left_out, found.before.labeled) == (1, 2, 1)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["hello", "Hello ", "hel\tlo", "bye", "x", "y", "z"]),
            st.sampled_from([None, "training", "testing", "validation"]),
            st.sampled_from([None, "a", "b", "dropped", "out_of_scope"]),
            st.sampled_from(["a", "b", "dropped", "out_of_scope"]),
        ),
        max_size=40,
    )
)
def test_no_model_is_trained_on_a_text_that_judges_it(drawn: list[tuple[str, Any, Any, Any]]) -> None:
    found = sorted_out([row(number, *each) for number, each in enumerate(drawn, 1)])
    texts = {plain_text(drawn[each.number - 1][0]) for each in found.frozen}
    for side in (found.before, found.after):
        assert texts.isdisjoint(plain_text(each.text) for each in side.rows)
        assert all(each.split != "testing" for each in side.rows)
        assert all(each.split == "testing" for each in side.tests)


def test_without_rows_for_testing_the_same_fifth_is_held_back() -> None:
    rows = [row(number, f"text {number}", None, "a" if number % 2 else "b", "a") for number in range(1, 1001)]
    first, again = sorted_out(rows), sorted_out([*rows[500:], *rows[:500], row(1001, "new", "testing", None)])
    assert first.way == again.way == "hash"
    assert {each.number for each in first.frozen} == {each.number for each in again.frozen}
    assert 150 < len(first.frozen) < 250
    assert len(first.frozen) + len(first.before.rows) == 1000


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "No row that can be held back has a label"),
        ([row(1, "a", "testing"), row(2, "b", None)], "Version 1 has 1 rows of 1 classes"),
        (
            [row(1, "t", "testing", "a", "b")]
            + [row(number, f"{number}", "training", "ab"[number % 2], "ab"[number % 2]) for number in range(2, 20)],
            "the same rows to train on",
        ),
        (
            [row(1, "t", "testing")]
            + [row(number, f"{number}", "training", "ab"[number % 2], "dropped") for number in range(2, 20)],
            "Version 2 has 0 rows of 0 classes",
        ),
    ],
)
def test_what_is_not_worth_a_training_is_told(rows: list[Any], said: str) -> None:
    with pytest.raises(ConflictError, match=said):
        sorted_out(rows).require_worth(1, 2)


def test_labels_are_compared_as_the_intent_service_writes_them() -> None:
    assert plain_label(" cafe\u0301\r\nbar ") == "caf\u00e9 bar"
    assert plain_label(None) is None
