"""How far two models agree, against numbers worked out by hand."""

import numpy as np
import pytest

from vision.agreement import Agreement, Disagreement, Latency, rank_correlation
from vision.batching import Computed
from vision.classifier import Array


def computed(*logits: float, seconds: float = 0.01, batch_size: int = 1) -> Computed:
    return Computed(values(*logits), values(0), batch_size, 0, seconds)


def values(*numbers: float) -> Array:
    return np.array(numbers, np.float32)


def test_ranks_that_are_reversed_and_ranks_that_are_alike() -> None:
    assert rank_correlation(values(1, 2, 3, 4), values(10, 20, 30, 31)) == pytest.approx(1)
    assert rank_correlation(values(1, 2, 3, 4), values(4, 3, 2, 1)) == pytest.approx(-1)
    # d = (0, 1, 1, 0): 1 - 6 * 2 / (4 * 15)
    assert rank_correlation(values(1, 2, 3, 4), values(1, 3, 2, 4)) == pytest.approx(0.8)


def test_agreement_counts_what_both_have_seen() -> None:
    agreement = Agreement(("cat", "dog"))
    assert (agreement.top1, agreement.top1_interval, agreement.latencies) == (None, None, (None, None))
    agreement.add(computed(0, 0.5), computed(0, 5))
    agreement.add(computed(np.log(3), 0), computed(0, np.log(3), seconds=0.08, batch_size=4))
    assert agreement.top1 == 0.5
    low, high = agreement.top1_interval or (0, 0)
    assert (low, high) == pytest.approx((0.0945, 0.9055), abs=1e-3)  # Wilson's for 1 of 2
    assert agreement.rank_correlation == pytest.approx(0)  # 1 and -1
    assert list(agreement.disagreements) == [
        Disagreement("cat", pytest.approx(0.75), "dog", pytest.approx(0.75))  # type: ignore[arg-type]
    ]
    served, candidate = agreement.latencies
    assert served == Latency(pytest.approx(10), pytest.approx(10))  # type: ignore[arg-type]
    assert candidate is not None
    assert candidate.p50 == pytest.approx(15)  # 10 ms, and a fourth of 80
