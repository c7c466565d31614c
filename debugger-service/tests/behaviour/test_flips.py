"""How often answers flip."""

import pytest

from debugger.behaviour.flips import Flips, flips
from debugger.behaviour.perturbations import PERTURBATIONS, perturbed
from debugger.behaviour.predictor import Predictor
from debugger.metrics.intervals import wilson

TEXTS = [
    "cancel",
    "cancel my order please",
    "refund my money",
    "where is my package",
    "track it",
    "refund",
    "what's wrong, john",
]


def answer(predictor: Predictor, text: str) -> str:
    return predictor.classes[int(predictor.probabilities([text])[0].argmax())]


@pytest.fixture
def found(predictor: Predictor) -> Flips:
    return flips(predictor, TEXTS, worst=1000)


def test_every_variant_is_counted(predictor: Predictor, found: Flips) -> None:
    for name, rate in found.perturbations.items():
        made = [perturbed(text, [PERTURBATIONS[name]]) for text in TEXTS]
        flipped = [
            sum(answer(predictor, each.text) != answer(predictor, text) for each in variants)
            for text, variants in zip(TEXTS, made)
        ]
        assert (rate.texts, rate.variants) == (sum(map(bool, made)), sum(map(len, made)))
        assert (rate.flipped, rate.flipped_variants) == (sum(map(bool, flipped)), sum(flipped))
        assert rate.rate == wilson(rate.flipped, rate.texts)


def test_a_model_that_folds_case_never_flips_by_it(found: Flips) -> None:
    assert found.perturbations["casing"].texts == len(TEXTS)
    assert found.perturbations["casing"].flipped == 0
    assert found.perturbations["typos"].flipped > 0


def test_the_worst_flips_are_those_that_the_model_is_surest_of(predictor: Predictor, found: Flips) -> None:
    assert len(found.worst) == sum(rate.flipped_variants for rate in found.perturbations.values())
    surenesses = [flip.sureness for flip in found.worst]
    assert surenesses == sorted(surenesses, reverse=True)
    for flip in found.worst:
        assert (flip.before, flip.after) == (
            answer(predictor, TEXTS[flip.position]),
            answer(predictor, flip.perturbed.text),
        )
        assert flip.before != flip.after
    assert flips(predictor, TEXTS, worst=2).worst == found.worst[:2]


def test_classes_add_up(found: Flips) -> None:
    for name, rate in found.perturbations.items():
        of_classes = [rates[name] for rates in found.classes.values() if name in rates]
        assert sum(each.texts for each in of_classes) == rate.texts
        assert sum(each.flipped_variants for each in of_classes) == rate.flipped_variants
    assert set(found.classes) <= {"cancel", "refund", "track"}


def test_only_the_named_perturbations_are_made(predictor: Predictor) -> None:
    assert list(flips(predictor, TEXTS, ["name_swaps"]).perturbations) == ["name_swaps"]
    with pytest.raises(KeyError, match="rhymes"):
        flips(predictor, TEXTS, ["rhymes"])


def test_no_texts_have_no_flips(predictor: Predictor) -> None:
    found = flips(predictor, [])
    assert found.worst == ()
    assert found.classes == {}
    assert all(rate.texts == 0 and rate.rate.high == 1 for rate in found.perturbations.values())


def test_more_texts_than_are_held_at_once_are_counted(predictor: Predictor, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = flips(predictor, TEXTS)
    monkeypatch.setattr("debugger.behaviour.flips._TEXTS", 2)
    assert flips(predictor, TEXTS) == whole
