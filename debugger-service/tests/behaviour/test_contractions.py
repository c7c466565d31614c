"""Drawn together and written out."""

import pytest

from debugger.behaviour.contractions import contracted, expanded


@pytest.mark.parametrize(
    ("drawn", "apart"),
    [
        ("I'm lost", "I am lost"),
        ("what's my balance", "what is my balance"),
        ("it's been declined", "it has been declined"),
        ("they've already charged me", "they have already charged me"),
        ("we'll see, you're late", "we will see, you are late"),
        ("I'd like a card", "I would like a card"),
        ("don't and won't", "do not and will not"),
        ("let's go", "let us go"),
        ("CAN\u2019T PAY", "CAN NOT PAY"),
        ("why don't you pay", "why do you not pay"),
        ("Isn't it mine", "Is it not mine"),
    ],
)
def test_contractions_are_written_out(drawn: str, apart: str) -> None:
    assert expanded(drawn) == apart


@pytest.mark.parametrize("text", ["John's card", "I'd had it", "ain't", "the cards'", "o'clock", "its fee"])
def test_what_may_mean_two_things_stays(text: str) -> None:
    assert expanded(text) == text


@pytest.mark.parametrize(
    ("apart", "drawn"),
    [
        ("I am lost", "I'm lost"),
        ("what is my balance", "what's my balance"),
        ("You have been charged", "You've been charged"),
        ("they are late and it is bad", "they're late and it's bad"),
        ("he will not pay", "he won't pay"),
        ("I cannot pay", "I can't pay"),
        ("IT IS NOT HERE", "IT ISN'T HERE"),
        ("let us go", "let's go"),
    ],
)
def test_words_are_drawn_together(apart: str, drawn: str) -> None:
    assert contracted(apart) == drawn


@pytest.mark.parametrize("text", ["tell me what it is", "where am I", "I have a card", "is not only", "how they are"])
def test_what_nobody_says_is_not_made(text: str) -> None:
    assert contracted(text) == text
