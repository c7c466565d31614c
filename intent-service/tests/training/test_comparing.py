"""A model is called better only where two tests agree, and the order of the two does not matter."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from math import comb
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn.metrics import f1_score

from intent.card import read_card
from intent.classifier import Classifier, load
from intent.labels import Label
from intent.training.comparing import Comparison, Table, cautions, compare, compare_labels, lines, mcnemar

LABELS: Sequence[Label] = ["a", "b", 3, "3"]
ROWS = st.lists(st.tuples(*[st.sampled_from(LABELS)] * 3), min_size=1, max_size=40)


@pytest.fixture(scope="module")
def models(orders_dir: Path) -> tuple[Classifier, Classifier]:
    """A model with names for labels, and one with numbers for them."""
    loaded = [load(folder) for folder in orders_dir.iterdir()]
    names, numbers = sorted(loaded, key=lambda each: isinstance(each.card.labels[0], int))
    return names, numbers


def of_table(table: Table, seed: int = 0) -> Comparison:
    """Compare answers that have this table; the truth is half "a" and half "b", a wrong answer the other one."""
    right = [(True, True)] * table.both + [(True, False)] * table.only_first
    right += [(False, True)] * table.only_second + [(False, False)] * table.neither
    truth = ["ab"[row % 2] for row in range(len(right))]
    wrong = ["ba"[row % 2] for row in range(len(right))]
    first, second = ([(no, yes)[hit] for no, yes, hit in zip(wrong, truth, hits)] for hits in zip(*right))
    return compare_labels(first, second, truth, seed)


@pytest.mark.parametrize(
    ("only_first", "only_second", "expected"),
    [(0, 0, 1.0), (5, 5, 1.0), (0, 5, 2 / 32), (0, 6, 2 / 64), (1, 9, 2 * 11 / 1024), (2, 8, 2 * 56 / 1024)],
)
def test_mcnemar_is_as_worked_by_hand(only_first: int, only_second: int, expected: float) -> None:
    assert mcnemar(Table(10, only_first, only_second, 3)) == pytest.approx(expected)
    assert of_table(Table(10, only_first, only_second, 3)).p_value == pytest.approx(expected)


@given(st.integers(0, 80), st.integers(0, 80))
def test_mcnemar_is_twice_the_smaller_tail(only_first: int, only_second: int) -> None:
    count, least = only_first + only_second, min(only_first, only_second)
    tail = sum(comb(count, number) for number in range(least + 1)) / 2**count
    found = mcnemar(Table(0, only_first, only_second, 0))
    assert found == pytest.approx(min(1, 2 * tail))
    if count:
        assert found == pytest.approx(binomtest(only_first, count, 0.5).pvalue)


def test_a_clear_difference_is_called() -> None:
    found = of_table(Table(both=150, only_first=5, only_second=30, neither=15))
    assert found.table == Table(150, 5, 30, 15)
    assert (found.first_accuracy, found.second_accuracy, found.rows) == (155 / 200, 180 / 200, 200)
    assert found.better == "second"
    assert found.verdict.startswith("the second is better: 12.50 points of accuracy more (")
    assert found.accuracy_difference.value == pytest.approx(25 / 200)
    # by the normal approximation: the paired difference has a variance of (35 - 25^2 / 200) / 200^2
    half = 1.96 * (35 - 25**2 / 200) ** 0.5 / 200
    assert found.accuracy_difference.low == pytest.approx(0.125 - half, abs=0.01)
    assert found.accuracy_difference.high == pytest.approx(0.125 + half, abs=0.01)


@pytest.mark.parametrize("table", [Table(150, 12, 18, 20), Table(5, 0, 5, 0), Table(0, 0, 1, 0), Table(0, 0, 0, 9)])
def test_a_difference_that_is_not_shown_is_not_called(table: Table) -> None:
    found = of_table(table)
    assert found.better is None
    assert found.verdict.startswith("no difference was shown")


def test_where_the_tests_do_not_agree_nothing_is_called() -> None:
    found = of_table(Table(both=5, only_first=0, only_second=5, neither=0))
    assert found.p_value > 0.05
    assert found.accuracy_difference.low > 0
    assert "do not agree" in found.verdict


def test_right_more_often_at_the_cost_of_the_rare_labels_is_not_better() -> None:
    rare = [f"rare {number}" for number in range(4) for _ in range(10)]
    truth = ["common"] * 200 + rare
    first = ["common"] * 120 + ["rare 0"] * 80 + rare
    second = ["common"] * 240
    found = compare_labels(first, second, truth, 0)
    assert found.accuracy_difference.low > 0
    assert found.macro_f1_difference.high < 0
    assert found.better is None
    assert found.verdict == "neither is better: the second is right more often, the first has the higher macro F1"


@settings(max_examples=25, deadline=None)
@given(ROWS)
def test_exchanging_the_models_mirrors_the_result(rows: list[tuple[Label, Label, Label]]) -> None:
    first, second, truth = zip(*rows)
    found, mirrored = compare_labels(first, second, truth, 1), compare_labels(second, first, truth, 1)
    table = found.table
    assert mirrored.table == Table(table.both, table.only_second, table.only_first, table.neither)
    assert mirrored.p_value == pytest.approx(found.p_value)
    assert mirrored.better == {"first": "second", "second": "first", None: None}[found.better]
    for one, other in (
        (found.accuracy_difference, mirrored.accuracy_difference),
        (found.macro_f1_difference, mirrored.macro_f1_difference),
    ):
        assert [one.value, one.low, one.high] == pytest.approx([-other.value, -other.high, -other.low])
    swapped = found.verdict.replace("first", "*").replace("second", "first").replace("*", "second")
    assert mirrored.verdict == swapped


@settings(max_examples=25, deadline=None)
@given(ROWS)
def test_macro_f1_is_that_of_scikit_learn(rows: list[tuple[Label, Label, Label]]) -> None:
    first, second, truth = zip(*rows)
    names = [[repr(label) for label in each] for each in (first, second, truth)]
    scores = [f1_score(names[2], each, average="macro", zero_division=0) for each in names[:2]]
    found = compare_labels(first, second, truth, 0)
    assert found.macro_f1_difference.value == pytest.approx(scores[1] - scores[0])


def test_a_model_and_itself_do_not_differ(models: tuple[Classifier, Classifier]) -> None:
    texts = ["where is my parcel", "my money back", "cancel it", "cancel the refund"]
    found = compare(models[0], models[0], texts, ["track_order", "refund", "cancel_order", "refund"], 0)
    assert found.table.only_first == found.table.only_second == 0
    assert found.p_value == 1
    assert found.first_accuracy == found.second_accuracy >= 0.5
    for each in (found.accuracy_difference, found.macro_f1_difference):
        assert (each.value, each.low, each.high) == (0, 0, 0)
    assert found.better is None


def test_labels_are_compared_not_their_numbers(models: tuple[Classifier, Classifier]) -> None:
    names, numbers = models
    texts = ["Where is my parcel?", "I want my money back", "Cancel my order please"] * 5
    found = compare(names, numbers, texts, [26, 3, 7] * 5, 0)
    assert (found.first_accuracy, found.second_accuracy) == (0, 1)
    assert found.better == "second"


def test_it_is_ready_for_json_and_for_a_terminal() -> None:
    found = of_table(Table(150, 5, 30, 15))
    assert json.loads(json.dumps(asdict(found), allow_nan=False))["table"]["only_second"] == 30
    shown = lines(found)
    assert shown[0] == "200 rows: both are right in 150, only the first in 5, only the second in 30, neither in 15"
    assert "+0.1250" in shown[2]
    assert shown[3].endswith("p < 0.0001")
    assert shown[-1].startswith("The second is better")


def test_the_same_seed_gives_the_same() -> None:
    table = Table(150, 5, 30, 15)
    assert of_table(table, 3) == of_table(table, 3) != of_table(table, 4)


def test_models_of_other_data_or_seeds_are_cautioned_about(orders_dir: Path) -> None:
    card = read_card(next(orders_dir.iterdir()))
    other = card.model_copy(update={"data_sha256": "0" * 64})
    assert cautions(card, card, card.data_sha256, card.seed) == []
    assert ["first was trained on other data" in text for text in cautions(other, card, card.data_sha256, 1)] == [True]
    assert ["with seed 1, not 2" in text for text in cautions(card, card, card.data_sha256, 2)] == [True, True]


def test_unequal_and_empty_rows_are_refused(models: tuple[Classifier, Classifier]) -> None:
    with pytest.raises(ValueError, match="at least one"):
        compare(*models, [], [], 0)
    with pytest.raises(ValueError, match="1 and 1 answers for 2 rows"):
        compare(*models, ["a"], ["x", "y"], 0)
