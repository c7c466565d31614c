"""Splits lose nothing, double nothing, and keep the shares."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intent.labels import Label
from intent.training.data.examples import Data, Example, Place
from intent.training.data.folding import fold
from intent.training.data.reading import DataError, read
from intent.training.data.splitting import Splits, split

PROPERTY = settings(deadline=None)
LABELS = st.sampled_from([1, 2, "a", "b", None])
WORDS = st.text("abAB ?", min_size=1, max_size=4).filter(str.strip)
ROWS = st.lists(st.tuples(WORDS, LABELS), max_size=60)
SHARES = st.sampled_from([(0.15, 0.15), (0.0, 0.2), (0.3, 0.3), (0.49, 0.5), (0.0, 0.0)])
FIELDS = tuple(Splits.__dataclass_fields__)


def examples(rows: Sequence[tuple[str, Label | None]], file: str = "a.csv") -> list[Example]:
    return [Example(text, label, Place(file, line)) for line, (text, label) in enumerate(rows, 2)]


def data_of(training: Sequence[Example], validation: Sequence[Example] = (), testing: Sequence[Example] = ()) -> Data:
    return Data(training, validation, testing, 0, (), "")


def all_of(splits: Splits) -> list[Example]:
    return [example for field in FIELDS for example in getattr(splits, field)]


def order(example: Example) -> tuple[str, int]:
    return example.place.file, example.place.line


trainable = ROWS.filter(lambda rows: any(label is not None for _, label in rows))


@PROPERTY
@given(trainable, ROWS, ROWS, st.integers(), SHARES)
def test_nothing_is_lost_and_nothing_is_doubled(
    training: list[tuple[str, Label | None]],
    validation: list[tuple[str, Label | None]],
    testing: list[tuple[str, Label | None]],
    seed: int,
    shares: tuple[float, float],
) -> None:
    own = [examples(rows, file) for rows, file in ((training, "a"), (validation, "b"), (testing, "c"))]
    splits = split(data_of(*own), seed, *shares)
    assert sorted(all_of(splits), key=order) == [example for part in own for example in part]
    for field in FIELDS:
        assert [example.label is None for example in getattr(splits, field)] == [
            field.startswith("out_of_scope")
        ] * len(getattr(splits, field))
        assert getattr(splits, field) == sorted(getattr(splits, field), key=order)


@PROPERTY
@given(trainable, st.integers(), SHARES)
def test_texts_that_are_alike_stay_on_one_side(
    rows: list[tuple[str, Label | None]], seed: int, shares: tuple[float, float]
) -> None:
    splits = split(data_of(examples(rows)), seed, *shares)
    sides = [
        {fold(example.text) for example in (*getattr(splits, part), *getattr(splits, f"out_of_scope_{part}"))}
        for part in ("training", "validation", "testing")
    ]
    assert sum(map(len, sides)) == len(set.union(*sides))


@PROPERTY
@given(st.dictionaries(LABELS, st.integers(1, 40)).filter(lambda sizes: sizes.keys() - {None}), st.integers(), SHARES)
def test_the_shares_are_kept_within_one_row(
    sizes: dict[Label | None, int], seed: int, shares: tuple[float, float]
) -> None:
    rows = [(f"text {label} {number}", label) for label, size in sizes.items() for number in range(size)]
    splits = split(data_of(examples(rows)), seed, *shares)
    for part, share in zip(("validation", "testing"), shares):
        found = Counter(example.label for example in (*getattr(splits, part), *getattr(splits, f"out_of_scope_{part}")))
        for label, size in sizes.items():
            assert abs(found[label] - share * size) <= 1
    trained = {example.label for example in (*splits.training, *splits.out_of_scope_training)}
    assert trained == sizes.keys()


@PROPERTY
@given(trainable, st.integers(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_decides_nothing(
    rows: list[tuple[str, Label | None]], seed: int, shuffling: st.DrawFn
) -> None:
    once = examples(rows)
    again = list(once)
    shuffling.shuffle(again)  # type: ignore[attr-defined]
    one, other = split(data_of(once), seed), split(data_of(again), seed)
    for field in FIELDS:
        assert sorted(getattr(one, field), key=order) == sorted(getattr(other, field), key=order)


def test_another_seed_is_another_split() -> None:
    data = data_of(examples([(f"text {number}", "a") for number in range(40)]))
    assert split(data, 1).testing == split(data, 1).testing
    assert split(data, 1).testing != split(data, 2).testing


def test_own_splits_stay_and_what_is_lacking_comes_from_training() -> None:
    training = examples([(f"text {number}", "a") for number in range(20)] + [(f"no {n}", None) for n in range(20)], "a")
    testing = examples([("text 1", "a")], "c")
    splits = split(data_of(training, testing=testing), 0)
    assert splits.testing == testing
    assert (len(splits.training), len(splits.validation)) == (17, 3)
    assert [len(getattr(splits, field)) for field in FIELDS[3:]] == [14, 3, 3]


def test_a_label_with_one_row_is_trained_on() -> None:
    splits = split(data_of(examples([("one", "a"), *((f"text {number}", "b") for number in range(9))])), 0, 0.4, 0.5)
    assert [example.text for example in splits.training if example.label == "a"] == ["one"]


def test_nothing_to_train_on_is_refused() -> None:
    with pytest.raises(DataError, match="no labelled rows for training"):
        split(data_of([], testing=examples([("one", "a")])), 0)


@pytest.mark.parametrize(("validation", "testing"), [(-0.1, 0.2), (0.5, 0.5), (0.2, float("nan"))])
def test_shares_must_leave_something_for_training(validation: float, testing: float) -> None:
    with pytest.raises(ValueError, match="the shares"):
        split(data_of(examples([("one", "a")])), 0, validation, testing)


PRINT_SPLIT = """
from intent.training.data.examples import Data, Example, Place
from intent.training.data.splitting import split
rows = [Example(f"text {n}", n % 3, Place("a", n)) for n in range(60)]
print([example.place.line for example in split(Data(rows, (), (), 0, (), ""), 7).testing])
"""


def test_the_split_does_not_depend_on_pythons_hashes() -> None:
    said = [
        subprocess.run(
            [sys.executable, "-c", PRINT_SPLIT],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[3])},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert said[0] == said[1] != b"[]\n"


def test_banking77_gets_a_validation_part(intents: Path) -> None:
    splits = split(read(intents / "banking77_train.csv", test=intents / "banking77_test.csv"), 0)
    assert len(splits.training) + len(splits.validation) == 10_003
    assert len(splits.testing) == 3_080
    assert {example.label for example in splits.validation} == {example.label for example in splits.training}
    assert not splits.out_of_scope_training
