"""Names for names."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from debugger.behaviour.name_swaps import NAME_SWAPS
from debugger.behaviour.name_table import NAMES

PEOPLE, CITIES, COUNTRIES = (groups for groups in NAMES.values())


def made(text: str, seed: int = 0) -> list[str]:
    return [each.text for each in NAME_SWAPS.perturb(text, np.random.default_rng(seed))]


@given(st.integers(0, 999))
def test_a_name_becomes_another_of_its_kind(seed: int) -> None:
    for text in made("did SARAH meet john in paris, France", seed):
        did, woman, meet, man, into, rest = text.split(" ", 5)
        city, country = rest.split(", ")
        assert (did, meet, into) == ("did", "meet", "in")
        assert woman.isupper()
        assert woman.lower() in PEOPLE[0]
        assert man in PEOPLE[1]
        assert city in CITIES[0]
        assert country.lower() in COUNTRIES[0]
        assert country.istitle()


@given(st.integers(0, 999))
def test_the_same_name_becomes_the_same(seed: int) -> None:
    for text in made("john's card, John's account, paul", seed):
        card, account, other = text.split(", ")
        assert card.split("'")[0] == account.split("'")[0].lower() != other


def test_a_word_that_holds_a_name_stays() -> None:
    assert made("romeo and johnson in parisian indiana") == []


def test_no_name_is_of_two_kinds() -> None:
    names = [name for groups in NAMES.values() for group in groups for name in group]
    assert len(names) == len(set(names))
    assert all(name == name.lower() for name in names)
