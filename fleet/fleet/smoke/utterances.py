"""A few hundred short sentences of readers to a library, some of them labeled wrong on purpose.

A small grammar makes them; with the same seed they are the same to the byte, so that whoever trains on them again and
again gets the same versions of models.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from random import Random
from typing import Final

SEED: Final = 11
TRAINING_ROWS: Final = 200
TESTING_ROWS: Final = 150
WRONG_ROWS: Final = 40
"""Of those for training: so many that a model learns wrong things from them, and few enough to be found."""

TRAINING: Final = "training"
TESTING: Final = "testing"

_OPENERS: Final = ("", "hi, ", "hello there, ", "excuse me, ", "good morning, ")
_WISHES: Final = ("i want to", "i would like to", "how do i", "can i", "please let me", "is it possible to")
_ACTIONS: Final = {
    "borrow": ("borrow", "check out", "take home"),
    "return": ("return", "bring back", "hand in"),
    "renew": ("renew", "extend", "keep for longer"),
    "reserve": ("reserve", "put aside", "place a hold on"),
    "pay": ("pay the fine for", "settle the fee for", "clear what i owe for"),
}
_THINGS: Final = ("the atlas", "a novel", "two comics", "this dictionary", "my cookbook", "an audiobook", "a film")
_TAILS: Final = ("", " today", " this week", " for my daughter", " at the main branch", " by phone")

INTENTS: Final = tuple(_ACTIONS)


@dataclass(frozen=True)
class Utterance:
    """A sentence; `label` is what the data say of it, `intent` what is right."""

    id: str
    text: str
    intent: str
    label: str
    split: str

    @property
    def is_wrong(self) -> bool:
        """Whether its label was made wrong on purpose."""
        return self.label != self.intent

    def line(self) -> str:
        """Return it as a line of JSON, as both the intent service and the debugger take it."""
        return json.dumps({"id": self.id, "text": self.text, "label": self.label, "split": self.split}) + "\n"


def utterances(seed: int = SEED) -> Sequence[Utterance]:
    """Return the sentences in a fixed order: no text twice, wrong labels only among those for training."""
    chance = Random(seed)  # noqa: S311 the same data each time, nothing secret
    sentences = chance.sample(_sentences(), TRAINING_ROWS + TESTING_ROWS)
    wrong = set(chance.sample(range(TRAINING_ROWS), WRONG_ROWS))
    return [_utterance(number, *said, number in wrong) for number, said in enumerate(sentences)]


def as_file(said: Sequence[Utterance]) -> bytes:
    """Return the sentences as JSON lines."""
    return "".join(utterance.line() for utterance in said).encode()


def _sentences() -> list[tuple[str, str]]:
    """Return all that the grammar can say, each with its intent."""
    said = [(action, intent) for intent, actions in _ACTIONS.items() for action in actions]
    parts = product(_OPENERS, _WISHES, said, _THINGS, _TAILS)
    return [(f"{opener}{wish} {action} {thing}{tail}", intent) for opener, wish, (action, intent), thing, tail in parts]


def _utterance(number: int, text: str, intent: str, is_wrong: bool) -> Utterance:
    label = INTENTS[(INTENTS.index(intent) + 1) % len(INTENTS)] if is_wrong else intent
    split = TRAINING if number < TRAINING_ROWS else TESTING
    return Utterance(f"smoke-{number}", text, intent, label, split)
