"""Messages of which no two are alike."""

import re
from typing import Final

from intent.training.chatbot.chance import Chance
from intent.training.chatbot.grammar import GrammarError
from intent.training.chatbot.languages import Language
from intent.training.chatbot.typing_style import typed, unaccented

MAX_TRIES: Final = 2_000
"""So often in a row a rule may give what was there before."""

_NO_LETTERS: Final = re.compile(r"[\W_]+")


class Messages:
    """Remembers what it gave."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def draw(self, rule: str, language: Language, chance: Chance) -> str:
        """Return a message of the rule that is like none before. Raises GrammarError when the rule has no more."""
        for _ in range(MAX_TRIES):
            grammar = language.grammars[chance.weighted(language.weights)]
            text = typed(grammar.sample(rule, chance), language, chance)
            key = core(text)
            if key not in self._given:
                self._given.add(key)
                return text
        raise GrammarError(f"the rule {rule} ({language.code}) has no more new messages; ask for fewer rows")


def core(text: str) -> str:
    """Return the letters and digits in lower case without accents: equal where two messages are alike."""
    return _NO_LETTERS.sub("", unaccented(text.lower()))
