"""The notation gives the grammar that it writes, or says what is wrong."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intent.training.chatbot.chance import Chance
from intent.training.chatbot.grammar import Grammar, GrammarError
from intent.training.chatbot.notation import parse_grammar


def sentences(grammar: Grammar, start: str, count: int = 300) -> Counter[str]:
    chance = Chance(0)
    return Counter(grammar.sample(start, chance) for _ in range(count))


def test_alternatives_options_groups_and_slots() -> None:
    grammar = parse_grammar("a = where is (my|the) {b}[ please]? | hi\nb = order | parcel")
    asked = {
        f"where is {which} {what}{end}?"
        for which in ("my", "the")
        for what in ("order", "parcel")
        for end in ("", " please")
    }
    assert set(sentences(grammar, "a")) == {"hi"} | asked


def test_a_rule_goes_on_in_indented_lines_and_under_its_name_again() -> None:
    grammar = parse_grammar("\na =\n    one | two\n\n    three\nb = x\na = four\n")
    assert set(sentences(grammar, "a")) == {"one", "two", "three", "four"}


def test_a_kept_rule_stays_the_same_within_a_sentence() -> None:
    grammar = parse_grammar("a = {b}{b}{c}{c}\nb := x | y\nc = x | y")
    assert {text[:2] for text in sentences(grammar, "a")} == {"xx", "yy"}
    assert {text[2:] for text in sentences(grammar, "a")} == {"xx", "xy", "yx", "yy"}


def test_weights_say_how_often() -> None:
    counts = sentences(parse_grammar("a = 3* x | (9*{b}|z)\nb = y"), "a", 4000)
    assert 2850 < counts["x"] < 3150
    assert 840 < counts["y"] < 960
    assert 60 < counts["z"] < 140


def test_an_option_of_several_is_there_half_the_time() -> None:
    counts = sentences(parse_grammar("a = x[ y| z]"), "a", 4000)
    assert 1850 < counts["x"] < 2150
    assert 850 < counts["x y"] < 1150


def test_an_empty_alternative_is_nothing() -> None:
    assert set(sentences(parse_grammar("a = x (|y)"), "a")) == {"x", "x y"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = (x", r"line 1: `\)` is missing"),
        ("a = x\nb = [x)", r"line 2: `\]` is missing"),
        ("a = x]", "line 1: `]` where nothing is open"),
        ("a = {x", "line 1: a slot is written"),
        ("a = {no name}", "line 1: a slot is written"),
        ("a = x}", "line 1: a slot is written"),
        ("a = 0* x", "line 1: a weight must be 1 or more"),
        ("x", "line 1: neither"),
        ("    x", "line 1: neither"),
        ("a = x\nb", "line 2: neither"),
        ("a =\nb = x", "rules without a text: a"),
        ("a = {b}", "the rule a names"),
        ("a = {a}", "leads back to itself"),
    ],
)
def test_mistakes_are_named(text: str, message: str) -> None:
    with pytest.raises(GrammarError, match=message):
        parse_grammar(text)


@given(
    st.lists(st.sampled_from(["a = ", "b = ", "{b}", "(", ")", "[", "]", "|", "2*", "{", "}", "x", " ", "\n", "\n "]))
)
def test_any_text_is_a_grammar_or_refused(pieces: list[str]) -> None:
    try:
        grammar = parse_grammar("".join(pieces))
    except GrammarError:
        return
    for name in grammar.rules:
        assert not set(grammar.sample(name, Chance(0))) & set("{}()[]|\n")
