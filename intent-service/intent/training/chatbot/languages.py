"""The languages of the data set: their grammars, and how people type them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from intent.training.chatbot import english, french
from intent.training.chatbot.frames import frames
from intent.training.chatbot.grammar import Grammar
from intent.training.chatbot.keyboards import AZERTY, QWERTY, neighbours
from intent.training.chatbot.notation import parse_grammar


@dataclass(frozen=True)
class Language:
    """What messages are made with: the keys beside each key, short forms of words, and grammars.

    There is a grammar for each form of address and gender of what is bought; `weights` say how often each is used.
    """

    code: str
    grammars: tuple[Grammar, ...]
    weights: tuple[int, ...]
    keys: Mapping[str, str]
    shorthand: Mapping[str, str]


ENGLISH: Final = Language(
    code="en",
    grammars=(parse_grammar(frames() + english.TEXT),),
    weights=(1,),
    keys=neighbours(QWERTY),
    shorthand=english.SHORTHAND,
)
FRENCH: Final = Language(
    code="fr",
    grammars=tuple(
        parse_grammar(frames() + french.TEXT + form + gender)
        for form in (french.VOUS, french.TU)
        for gender in (french.MASCULINE, french.FEMININE)
    ),
    weights=(3, 3, 1, 1),
    keys=neighbours(AZERTY),
    shorthand=french.SHORTHAND,
)
LANGUAGES: Final = (ENGLISH, FRENCH)
