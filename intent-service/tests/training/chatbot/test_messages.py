"""No two messages are alike, and a rule that has no more says so."""

import pytest

from intent.training.chatbot.chance import Chance
from intent.training.chatbot.grammar import GrammarError
from intent.training.chatbot.languages import ENGLISH, Language
from intent.training.chatbot.messages import Messages, core
from intent.training.chatbot.notation import parse_grammar


def test_messages_differ_in_more_than_case_accents_and_marks() -> None:
    messages, chance = Messages(), Chance(0)
    texts = [messages.draw("refund_status", ENGLISH, chance) for _ in range(500)]
    assert len({core(text) for text in texts}) == 500


def test_the_core_is_letters_and_digits() -> None:
    assert core("Où est\u2026 l'\u0153uvre n°12 ?") == core("ou est loeuvre n 12") == "ouestloeuvren12"


def test_a_rule_without_more_messages_is_named() -> None:
    language = Language("en", (parse_grammar("a = hi | yo"),), (1,), ENGLISH.keys, {})
    messages, chance = Messages(), Chance(0)
    assert {core(messages.draw("a", language, chance)) for _ in range(2)} == {"hi", "yo"}
    with pytest.raises(GrammarError, match=r"the rule a \(en\) has no more new messages"):
        messages.draw("a", language, chance)
