"""How unsure probabilities are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from debugger.issues.uncertainty import entropies, narrowness


def test_known_distributions() -> None:
    probabilities = np.array([[1, 0, 0, 0], [0.25] * 4, [0.5, 0.5, 0, 0]], np.float32)
    assert entropies(probabilities) == pytest.approx([0, 1, 0.5], abs=1e-6)
    assert narrowness(probabilities) == pytest.approx([0, 1, 1])
    assert entropies(np.ones((2, 1))).tolist() == narrowness(np.ones((2, 1))).tolist() == [0, 0]
    assert entropies(np.zeros((2, 0))).tolist() == [0, 0]


@given(st.integers(2, 50), st.integers(0, 1000))
def test_both_are_parts(classes: int, seed: int) -> None:
    probabilities = np.random.default_rng(seed).dirichlet(np.full(classes, 0.2), 20).astype(np.float32)
    for values in (entropies(probabilities), narrowness(probabilities)):
        assert ((values >= 0) & (values <= 1)).all()
