"""Hurried typing keeps the message, and every habit shows."""

from hypothesis import given
from hypothesis import strategies as st

from intent.training.chatbot.chance import Chance
from intent.training.chatbot.languages import ENGLISH, FRENCH, LANGUAGES, Language
from intent.training.chatbot.typing_style import abbreviated, typed, unaccented


def variants(text: str, count: int = 1500) -> set[str]:
    chance = Chance(0)
    language = FRENCH if unaccented(text) != text else ENGLISH
    return {typed(text, language, chance) for _ in range(count)}


def test_case_marks_apostrophes_and_shorthand_vary() -> None:
    found = variants("please don't ship it. thanks, is that ok?")
    assert "Please don't ship it. Thanks, is that ok?" in found
    assert "please don't ship it. thanks, is that ok" in found
    assert "please don't ship it thanks is that ok" in found
    assert "PLEASE DON'T SHIP IT. THANKS, IS THAT OK?" in found
    assert any("don\u2019t" in text for text in found)
    assert any("dont" in text for text in found)
    assert any(text.casefold().startswith("pls") for text in found)
    assert any(text.endswith("??") for text in found)


def test_french_loses_accents_and_spaces() -> None:
    found = variants("où est le colis déjà ?")
    assert {"où est le colis déjà ?", "ou est le colis deja ?", "où est le colis déjà?"} <= found


def test_abbreviations_take_whole_words() -> None:
    assert abbreviated("thanks, your youth", ENGLISH.shorthand) == "thx, ur youth"
    assert abbreviated("c'est quand, quelqu'un ?", FRENCH.shorthand) == "c qd, qqn ?"


def test_amounts_keep_their_points() -> None:
    assert all("12.50" in text for text in variants("where are my 12.50 euros?", 300))


@given(st.text("abcéœ' .?,19", min_size=1, max_size=30), st.sampled_from(LANGUAGES), st.integers(0, 1000))
def test_what_says_something_is_never_emptied(text: str, language: Language, seed: int) -> None:
    result = typed(text, language, Chance(seed))
    if any(character.isalnum() for character in text):
        assert any(character.isalnum() for character in result)
