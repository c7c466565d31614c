"""Repeats are the same for the same seed, and what is said of them is what Student's t says."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_1samp

from intent.training.chatbot.generating import generate
from intent.training.data.examples import Example, Place
from intent.training.data.reading import read
from intent.training.data.refusals import DataError
from intent.training.data.splitting import Splits, split
from intent.training.fitting import Hyperparameters
from intent.training.repeating import SHOWN, Repeated, lines, repeat, resample, spread
from intent.training.running import run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    generate(folder, rows=400)
    return folder


@pytest.fixture(scope="module")
def splits(folder: Path) -> Splits:
    return split(read(folder), 0)


@pytest.fixture(scope="module")
def repeated(splits: Splits) -> Repeated:
    return repeat(splits, 4, 0)


def few(*labels: str) -> list[Example]:
    return [Example(f"{label} text {row}", label, Place("few.csv", row)) for row, label in enumerate(labels, 1)]


def splits_of(training: Sequence[Example], testing: Sequence[Example]) -> Splits:
    return Splits(training, [], testing, [], [], [])


def test_repeats_are_reproducible_and_differ_from_each_other(splits: Splits, repeated: Repeated) -> None:
    assert repeat(splits, 4, 0) == repeated
    assert len(set(repeated.figures["accuracy"].values)) > 1
    assert repeat(splits, 2, 1).figures["accuracy"].values != repeated.figures["accuracy"].values[:2]


def test_fewer_repeats_are_the_first_of_more(splits: Splits, repeated: Repeated) -> None:
    assert repeat(splits, 2, 0).figures["macro_f1"].values == repeated.figures["macro_f1"].values[:2]


def test_every_headline_figure_is_there_and_sensible(splits: Splits, repeated: Repeated) -> None:
    assert list(repeated.figures) == list(SHOWN)
    for name, each in repeated.figures.items():
        assert len(each.values) == 4
        assert all(0 <= value <= 1 for value in each.values)
        assert each.low <= each.mean <= each.high
        assert (each.whole is None) == (name == "calibration_error")
    assert repeated.figures["accuracy"].mean > 0.5
    assert repeated.figures["calibration_error"].mean < 0.25
    assert (repeated.testing, repeated.out_of_scope) == (len(splits.testing), len(splits.out_of_scope_testing))


def test_the_model_of_all_rows_is_that_of_a_training_run(folder: Path, repeated: Repeated, tmp_path: Path) -> None:
    evaluation = run(folder, None, tmp_path, 0, lambda _: None).evaluation
    assert evaluation is not None
    assert evaluation.scope is not None
    for name in ("accuracy", "macro_f1", "weighted_f1"):
        assert repeated.figures[name].whole == pytest.approx(getattr(evaluation, name).value)
    assert repeated.figures["out_of_scope_auroc"].whole == pytest.approx(evaluation.scope.auroc.value)


def test_without_rows_out_of_scope_there_is_no_figure_of_them(splits: Splits) -> None:
    found = repeat(replace(splits, out_of_scope_testing=[]), 2, 0)
    assert "out_of_scope_auroc" not in found.figures
    assert found.out_of_scope == 0


def test_hyperparameters_count(splits: Splits, repeated: Repeated) -> None:
    found = repeat(splits, 2, 0, Hyperparameters(regularisation=0.001))
    assert found.figures["accuracy"].values != repeated.figures["accuracy"].values[:2]
    assert found.figures["accuracy"].whole != repeated.figures["accuracy"].whole


def test_the_interval_is_as_worked_by_hand() -> None:
    found = spread([0.90, 0.92, 0.94])
    # the 97.5 % point of Student's t with 2 degrees of freedom is 4.3027
    assert [found.mean, found.deviation] == pytest.approx([0.92, 0.02])
    assert found.high - found.mean == pytest.approx(4.3027 * 0.02 / 3**0.5, rel=1e-4)
    assert found.mean - found.low == pytest.approx(found.high - found.mean)


@given(st.lists(st.integers(0, 1000), min_size=2, max_size=30).filter(lambda values: len(set(values)) > 1))
def test_the_interval_is_that_of_scipy(counts: list[int]) -> None:
    values = [count / 1000 for count in counts]
    expected = ttest_1samp(values, 0).confidence_interval(0.95)
    found = spread(values)
    assert [found.low, found.high] == pytest.approx([expected.low, expected.high])


def test_equal_values_have_no_spread() -> None:
    found = spread([0.5, 0.5])
    assert (found.deviation, found.low, found.high) == (0, 0.5, 0.5)


@given(st.lists(st.integers(0, 4), min_size=6, max_size=60), st.integers(0, 9))
def test_a_resample_keeps_the_labels_and_leaves_some_rows_out(labels: list[int], seed: int) -> None:
    truth = np.array(labels)
    drawn = resample(truth, np.random.default_rng(seed))
    assert sorted(truth[drawn]) == sorted(labels)
    assert len(set(drawn)) < len(labels)


def test_a_resample_leaves_out_as_many_as_it_should() -> None:
    left = [1 - len(set(resample(np.arange(2000) % 4, np.random.default_rng(seed)))) / 2000 for seed in range(20)]
    assert np.mean(left) == pytest.approx(np.exp(-1), abs=0.01)


def test_a_label_with_one_row_is_kept() -> None:
    found = repeat(splits_of(few("a", "a", "b", "b", "c"), few("a", "b", "c")), 3, 0)
    assert (found.rows, found.testing) == (5, 3)


def test_each_step_is_told(splits: Splits) -> None:
    told: list[str] = []
    repeat(splits, 2, 0, tell=told.append)
    assert told[0].startswith("Fitting all ")
    assert [line.split(":")[0] for line in told[1:]] == ["Repeat 1 of 2", "Repeat 1 of 2", "Repeat 2 of 2"]


def test_it_is_ready_for_json_and_for_a_terminal(repeated: Repeated) -> None:
    again = json.loads(json.dumps(asdict(repeated), allow_nan=False))
    assert again["figures"]["accuracy"]["values"] == list(repeated.figures["accuracy"].values)
    shown = lines(repeated)
    assert shown[0].startswith("4 repeats, each fitted on a resample of ")
    assert [line.split("  ")[0].strip() for line in shown[2:]] == list(SHOWN.values())
    assert max(map(len, shown)) <= 100


@pytest.mark.parametrize("repeats", [-1, 0, 1, 1001])
def test_other_numbers_of_repeats_are_refused(splits: Splits, repeats: int) -> None:
    with pytest.raises(ValueError, match="choose from 2 to 1,000"):
        repeat(splits, repeats, 0)


@pytest.mark.parametrize(
    ("training", "testing", "reason"),
    [
        (few("a", "a"), few("a"), "needs two"),
        (few("a", "a", "b"), [], "no rows to test on"),
        (few("a", "a", "b"), few("c"), "no rows to test on"),
        (few("a", "b"), few("a"), "more than one row"),
    ],
)
def test_data_that_does_not_suffice_is_refused(training: list[Example], testing: list[Example], reason: str) -> None:
    with pytest.raises(DataError, match=reason):
        repeat(splits_of(training, testing), 2, 0)
