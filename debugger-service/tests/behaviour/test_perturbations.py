"""What every perturbation keeps to."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from debugger.behaviour.perturbations import PERTURBATIONS, perturbed

SENTENCES = [
    "I don't know what's wrong with my card, can you help me?",
    "Please transfer $1,250.50 from John's account to Maria's by 3:30pm on the 2nd",
    "WHERE IS MY PACKAGE FROM NEW YORK CITY",
    "what is the weather in paris, france",
    "she'd like to buy an atm",
]
TEXTS = st.text(max_size=60) | st.lists(st.sampled_from(" ".join(SENTENCES).split(" ")), max_size=15).map(" ".join)
NAMES = st.sampled_from(sorted(PERTURBATIONS))


@given(TEXTS, NAMES, st.integers(0, 2**32 - 1))
def test_a_text_is_changed_and_each_way_comes_once(text: str, name: str, seed: int) -> None:
    made = PERTURBATIONS[name].perturb(text, np.random.default_rng(seed))
    assert text not in [each.text for each in made]
    assert len({each.text for each in made}) == len(made)
    assert all(each.name == name and each.change for each in made)
    assert all(each.text.strip() for each in made)
    assert made == PERTURBATIONS[name].perturb(text, np.random.default_rng(seed))


@given(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4), st.integers(0, 99))
def test_a_text_is_changed_alike_whatever_came_before(texts: list[str], seed: int) -> None:
    together = [perturbed(text, seed=seed) for text in texts]
    assert together == [perturbed(text, seed=seed) for text in texts]
    assert together[-1] == perturbed(texts[-1], PERTURBATIONS.values(), seed)


@pytest.mark.parametrize("name", PERTURBATIONS)
def test_each_applies_to_some_sentence_and_to_no_empty_one(name: str) -> None:
    chosen = [PERTURBATIONS[name]]
    assert any(perturbed(text, chosen) for text in SENTENCES)
    assert perturbed("", chosen) == []


def test_another_seed_makes_other_variants() -> None:
    made = {tuple(each.text for each in perturbed(SENTENCES[0], seed=seed)) for seed in range(5)}
    assert len(made) == 5


def test_all_have_a_title_and_say_what_they_do() -> None:
    assert all(each.title and each.description.endswith(".") for each in PERTURBATIONS.values())
    assert list(PERTURBATIONS) == [each.name for each in PERTURBATIONS.values()]
