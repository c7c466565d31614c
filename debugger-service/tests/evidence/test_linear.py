"""Logistic regression as arrays."""

from io import BytesIO

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from debugger.evidence import UNKNOWN
from debugger.evidence.linear import ARRAYS, REGULARISATION, LinearModel, fit


def vectors(count: int) -> np.ndarray:
    made = np.random.default_rng(0).normal(size=(count, 8)).astype(np.float32)
    return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True))


@pytest.mark.parametrize("classes", [2, 3])
def test_it_says_what_scikit_learn_says(classes: int) -> None:
    labels = (np.arange(60) % classes).astype(np.int32)
    model = LogisticRegression(C=REGULARISATION, max_iter=1000, tol=1e-6).fit(vectors(60), labels)
    expected = model.predict_log_proba(vectors(60))
    assert np.allclose(fit(vectors(60), labels, classes).logits(vectors(60)), expected, atol=0.1)


def test_rows_without_a_label_change_nothing() -> None:
    labels = (np.arange(40) % 3).astype(np.int32)
    labels[30:] = UNKNOWN
    whole, part = fit(vectors(40), labels, 3), fit(vectors(40)[:30], labels[:30], 3)
    assert np.allclose(whole.logits(vectors(5)), part.logits(vectors(5)))


@pytest.mark.parametrize("labels", [[0, 0, 2, 2], [1, 1, 1, 1], [UNKNOWN] * 4])
def test_classes_that_it_has_not_seen_are_unlikely_but_not_impossible(labels: list[int]) -> None:
    found = np.exp(fit(vectors(4), np.array(labels, np.int32), 3).logits(vectors(4)))
    assert found.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert (found > 0.05).all()
    seen = {label for label in labels if label != UNKNOWN}
    assert not seen or set(found.argmax(axis=1).tolist()) <= seen


def test_it_is_stored_without_pickle() -> None:
    model, file = fit(vectors(20), (np.arange(20) % 3).astype(np.int32), 3), BytesIO()
    assert set(model.to_arrays()) == set(ARRAYS)
    np.savez(file, allow_pickle=False, **model.to_arrays())
    file.seek(0)
    with np.load(file, allow_pickle=False) as arrays:
        again = LinearModel.from_arrays(arrays)
    assert (again.logits(vectors(20)) == model.logits(vectors(20))).all()


def test_there_may_be_nothing_to_fit_or_to_ask() -> None:
    nothing = fit(vectors(0), np.zeros(0, np.int32), 0)
    assert nothing.logits(vectors(3)).shape == (3, 0)
    assert fit(vectors(6), np.array([0, 1] * 3, np.int32), 2).logits(vectors(0)).shape == (0, 2)
