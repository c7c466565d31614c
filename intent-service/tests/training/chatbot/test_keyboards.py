"""Slips stay small and near."""

from hypothesis import given
from hypothesis import strategies as st

from intent.training.chatbot.chance import Chance
from intent.training.chatbot.keyboards import AZERTY, QWERTY, neighbours, slip

KEYS = neighbours(QWERTY)


def test_neighbours_are_the_keys_around() -> None:
    assert set(KEYS["s"]) == set("adwx")
    assert set(KEYS["q"]) == set("wa")
    assert set(neighbours(AZERTY)["a"]) == set("zq")
    assert set(KEYS) == set(neighbours(AZERTY)) == set("abcdefghijklmnopqrstuvwxyz")


def test_every_letter_has_a_neighbour_and_is_one_of_its_neighbours_neighbours() -> None:
    for keys in (KEYS, neighbours(AZERTY)):
        assert all(letter in keys[other] for letter, others in keys.items() for other in others)
        assert all(keys.values())


def test_every_kind_of_slip_happens() -> None:
    chance = Chance(0)
    slips = {slip("word", KEYS, chance) for _ in range(2000)}
    assert {"wprd", "wrod", "woord", "wrd", "wod", "wordd", "wored"} & slips >= {
        "wprd",
        "wrod",
        "woord",
        "wrd",
        "wordd",
    }
    assert not any(text.startswith(letter) for text in slips for letter in "qeasd")


def test_short_words_and_numbers_are_left_alone() -> None:
    chance = Chance(0)
    assert {slip("is it 12345 or not", KEYS, chance) for _ in range(100)} == {"is it 12345 or not"}


@given(st.text(max_size=40), st.integers(0, 1000))
def test_a_slip_changes_one_place(text: str, seed: int) -> None:
    slipped = slip(text, KEYS, Chance(seed))
    assert abs(len(slipped) - len(text)) <= 1
    same_begin = next((i for i, (a, b) in enumerate(zip(text, slipped)) if a != b), min(len(text), len(slipped)))
    assert text[same_begin + 2 :] in slipped
