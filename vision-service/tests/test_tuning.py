"""What is chosen from measurements, and that they are made."""

import pytest

from vision.classifier import Classifier
from vision.models.repository import Repository
from vision.tuning import Plan, Speed, Tuning, best_of, choose, thread_counts


@pytest.mark.parametrize(("cores", "counts"), [(1, [1]), (2, [1, 2]), (3, [1, 2, 3]), (8, [1, 2, 4, 8])])
def test_thread_counts(cores: int, counts: list[int]) -> None:
    assert thread_counts(cores) == counts


def test_a_larger_batch_must_be_worth_it() -> None:
    assert best_of([Speed(1, 1, 100), Speed(1, 4, 104), Speed(2, 1, 90)]) == Speed(1, 1, 100)
    assert best_of([Speed(1, 1, 100), Speed(1, 4, 125), Speed(1, 8, 128)]) == Speed(1, 4, 125)


def test_what_is_given_is_not_measured(repository: Repository) -> None:
    def load(threads: int) -> Classifier:
        name = repository.default(None)
        return Classifier(*repository.load(name, repository.serving(name).version), threads)

    assert choose(load, Tuning(4, 2, 3, 0, seconds=0)) == Plan(2, 2, 3, 2)
    plan = choose(load, Tuning(2, None, 2, 0, seconds=0.1))
    assert [(speed.threads, speed.max_batch) for speed in plan.measured] == [(1, 2), (2, 2)]
    assert plan.images_per_second == best_of(plan.measured).images_per_second
    assert plan.concurrency * plan.threads == 2
