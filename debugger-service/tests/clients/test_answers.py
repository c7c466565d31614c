"""What a row of the prediction API must be to be a prediction."""

from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debugger.clients.answers import MAX_LABEL_CHARACTERS, Missing, Prediction, answer_of

JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["predictions", "value", "label", "confidence"]), inner, max_size=4)
    ),
    max_leaves=12,
)
CONFIDENCE = st.floats(0, 1)


def row(*value: Any) -> dict[str, Any]:
    return {"predictions": [{"value": list(value)}]}


def label(name: Any = "a", confidence: Any = 0.5) -> dict[str, Any]:
    return {"label": name, "confidence": confidence}


def test_the_likeliest_come_first_whatever_order_they_came_in() -> None:
    found = answer_of(row(label("a", 0.1), label("b", 0.6), label("c", 0.3)), 2)
    assert found == Prediction(("b", "c"), (0.6, 0.3))


def test_a_label_that_is_a_number_becomes_a_string() -> None:
    assert answer_of(row(label(26, 1)), 1) == Prediction(("26",), (1.0,))


@pytest.mark.parametrize(("given", "kept"), [(1 + 1e-7, 1.0), (-1e-7, 0.0)])
def test_what_rounding_put_beyond_the_bounds_is_put_back(given: float, kept: float) -> None:
    assert answer_of(row(label("a", given)), 1) == Prediction(("a",), (kept,))


NO_CONFIDENCES: Final[list[Any]] = [float("nan"), float("inf"), -0.1, 1.1, "0.5", None, True, []]
NO_LABELS: Final[list[Any]] = [None, True, 1.5, ["a"], "a" * (MAX_LABEL_CHARACTERS + 1)]
BAD: Final[list[Any]] = [
    *(row(label(confidence=wrong)) for wrong in NO_CONFIDENCES),
    *(row(label(wrong)) for wrong in NO_LABELS),
    row(label("a"), label("a")),
    row(),
    {"predictions": []},
    {"predictions": [{}]},
    {"error": "no"},
    None,
    "a",
    [],
]


@pytest.mark.parametrize("bad", BAD)
def test_what_is_none_says_so_and_may_be_asked_for_again(bad: Any) -> None:
    found = answer_of(bad, 3)
    assert isinstance(found, Missing)
    assert found.again
    assert found.reason.startswith("The prediction API's answer cannot be used: ")


@given(JSON)
def test_nothing_that_a_row_may_be_raises(value: Any) -> None:
    assert isinstance(answer_of(value, 3), Prediction | Missing)


@given(st.dictionaries(st.text(max_size=20), CONFIDENCE, min_size=1, max_size=20), st.integers(1, 25))
def test_every_distribution_is_ranked(confidences: dict[str, float], n_best: int) -> None:
    found = answer_of(row(*(label(name, confidence) for name, confidence in confidences.items())), n_best)
    assert isinstance(found, Prediction)
    assert len(found.labels) == min(n_best, len(confidences))
    assert list(found.confidences) == sorted(confidences.values(), reverse=True)[:n_best]
    assert [confidences[name] for name in found.labels] == list(found.confidences)
