"""The grammars are whole, every rule is of use, and the sentences are written properly."""

import re

import pytest

from intent.training.chatbot.chance import Chance
from intent.training.chatbot.grammar import Choice, Grammar, Joined, Node
from intent.training.chatbot.intents import INTENTS, NEW_TOPICS, SEEN_TOPICS
from intent.training.chatbot.languages import ENGLISH, FRENCH, LANGUAGES

STARTS = (*INTENTS, *SEEN_TOPICS, *NEW_TOPICS)
GRAMMARS = [
    pytest.param(grammar, id=f"{language.code}{number}")
    for language in LANGUAGES
    for number, grammar in enumerate(language.grammars)
]
FRENCH_GRAMMARS = [
    pytest.param(grammar, id=name) for grammar, name in zip(FRENCH.grammars, ("vous_m", "vous_f", "tu_m", "tu_f"))
]
MANY_WAYS = 100_000


def samples(grammar: Grammar, count: int = 400) -> list[str]:
    chance = Chance(0)
    return [grammar.sample(start, chance) for start in STARTS for _ in range(count)]


def offences(grammar: Grammar, pattern: str) -> list[str]:
    found = re.compile(pattern)
    return [text for text in samples(grammar) if found.search(text)][:5]


def choices(node: Node) -> list[Choice]:
    parts: tuple[Node, ...] = (
        node.parts if isinstance(node, Joined) else node.options if isinstance(node, Choice) else ()
    )
    return [*([node] if isinstance(node, Choice) else []), *(choice for part in parts for choice in choices(part))]


@pytest.mark.parametrize("grammar", GRAMMARS)
def test_every_rule_can_be_reached(grammar: Grammar) -> None:
    assert grammar.reachable(*STARTS) == set(grammar.rules)


@pytest.mark.parametrize("grammar", GRAMMARS)
def test_every_alternative_can_be_drawn(grammar: Grammar) -> None:
    weights = [weight for rule in grammar.rules.values() for choice in choices(rule) for weight in choice.weights]
    assert len(weights) > 500
    assert min(weights) >= 1


@pytest.mark.parametrize("grammar", GRAMMARS)
def test_no_alternative_is_written_twice(grammar: Grammar) -> None:
    for name, rule in grammar.rules.items():
        for choice in choices(rule):
            assert len(set(choice.options)) == len(choice.options), name


@pytest.mark.parametrize("grammar", GRAMMARS)
def test_every_start_has_many_sentences(grammar: Grammar) -> None:
    assert {start for start in INTENTS if grammar.derivations(start) < MANY_WAYS} <= {"greeting"}
    assert {start for start in STARTS if grammar.derivations(start) < MANY_WAYS / 100} == set()


@pytest.mark.parametrize("grammar", GRAMMARS)
def test_no_slot_stays_empty_and_no_notation_is_left(grammar: Grammar) -> None:
    assert offences(grammar, r"[{}()\[\]|*_\n]|  |^\s|\s$") == []


@pytest.mark.parametrize("grammar", GRAMMARS)
def test_commas_and_points_follow_a_word(grammar: Grammar) -> None:
    assert offences(grammar, r"\s[,.]|[,.?!:][,.?!:]|^[,.?!]|,$") == []


def test_english_marks_follow_a_word_and_i_is_a_capital() -> None:
    assert offences(ENGLISH.grammars[0], r"\s[?!:]|\bi\b|\ba [aeio]\w|\ban [^aeiouX](?!our)") == []


@pytest.mark.parametrize("grammar", FRENCH_GRAMMARS)
def test_french_marks_stand_apart(grammar: Grammar) -> None:
    assert offences(grammar, r"\S[?!:]") == []


@pytest.mark.parametrize("grammar", FRENCH_GRAMMARS)
def test_french_words_are_elided_and_contracted(grammar: Grammar) -> None:
    vowels = "aeiouéèêàâîôûœ"
    assert offences(grammar, rf"(?i)(?<!-)\b(de|je|ne|me|te|se|le|la|que|lorsque|puisque) [{vowels}](?!\d)") == []
    assert offences(grammar, r"\b(de|à) (le|les)\b (?!faire|renvoyer)") == []


def test_nobody_is_called_tu_and_vous_at_once() -> None:
    for vous in FRENCH.grammars[:2]:
        assert offences(vous, r"\b(tu|te|toi|ton|ta|tes|stp|salut)\b|\bt'") == []
    for tu in FRENCH.grammars[2:]:
        assert offences(tu, r"\b(svp|s'il vous plaît|pouvez|votre|veuillez|vous êtes (là|un))\b") == []


def test_a_message_is_about_one_product_and_one_amount() -> None:
    assert all(len(set(re.findall(r"€\d+(?:\.\d\d)?", text))) <= 1 for text in samples(ENGLISH.grammars[0]))
    assert offences(ENGLISH.grammars[0], r"(?i)\bkettle\b.*\b(tent|rug|toaster)\b") == []
    for grammar in FRENCH.grammars:
        assert offences(grammar, r"\b(tente|valise|casque|pull)\b.*\b(montre|robe|clavier|miroir)\b") == []
