"""What a grammar gives, and which grammars are refused."""

import pytest

from intent.training.chatbot.chance import Chance
from intent.training.chatbot.grammar import Choice, Grammar, GrammarError, Joined, Reference


def test_a_sentence_follows_the_rules_with_single_spaces() -> None:
    grammar = Grammar({"a": Joined(("  where is ", Reference("b"), " ?")), "b": "my  order "})
    assert grammar.sample("a", Chance(0)) == "where is my order ?"


def test_what_is_kept_is_the_same_within_a_sentence_only() -> None:
    letter = Choice(tuple("abcdefgh"), (1,) * 8)
    twice = Joined((Reference("x"), Reference("y"), Reference("x")))
    grammar = Grammar({"s": twice, "x": letter, "y": Reference("x")}, {"x"})
    chance = Chance(0)
    sentences = {grammar.sample("s", chance) for _ in range(200)}
    assert sentences == {letter * 3 for letter in "abcdefgh"}


def test_the_same_seed_gives_the_same_sentences() -> None:
    grammar = Grammar({"a": Choice(tuple("abcdefgh"), (1,) * 8)})
    one, other = ([grammar.sample("a", chance) for _ in range(50)] for chance in (Chance(3), Chance(3)))
    assert one == other
    assert set(one) == set("abcdefgh")


def test_derivations_are_counted() -> None:
    digit = Choice(tuple("0123456789"), (1,) * 10)
    grammar = Grammar(
        {"d": digit, "dd": Joined((Reference("d"), Reference("d"))), "x": Choice((Reference("dd"), ""), (1, 1))}
    )
    assert [grammar.derivations(name) for name in ("d", "dd", "x")] == [10, 100, 101]


def test_reachable_rules_are_found_through_others() -> None:
    grammar = Grammar({"a": Joined((Reference("b"), "x")), "b": Choice((Reference("c"), ""), (1, 1)), "c": "", "d": ""})
    assert grammar.reachable("a") == {"a", "b", "c"}
    assert grammar.reachable("b", "d") == {"b", "c", "d"}


def test_a_missing_rule_is_named() -> None:
    with pytest.raises(GrammarError, match=r"the rule a names \{b\}, which does not exist"):
        Grammar({"a": Reference("b")})


def test_a_rule_that_leads_to_itself_is_named() -> None:
    with pytest.raises(GrammarError, match="the rule a leads back to itself: a > b > a"):
        Grammar({"a": Reference("b"), "b": Joined(("x", Reference("a")))})


def test_an_unknown_start_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        Grammar({"a": ""}).sample("b", Chance(0))
