"""Wrong labels: how many is known, and which."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from intent.training.chatbot.chance import Chance
from intent.training.chatbot.intents import INTENTS, PARTNERS
from intent.training.chatbot.rows import Row

MAX_NOISE: Final = 0.5


def mislabel(rows: Sequence[Row], rate: float, seed: int) -> list[Row]:
    """Return the rows with wrong intents at the given rate of those in the training part that are in scope.

    Of the wrong ones half, or one fewer, are the other intent of the hard pair; the rest are any other intent, each
    as likely. Out-of-scope rows keep none. Raises ValueError when `rate` is not from 0 to MAX_NOISE.
    """
    if not 0 <= rate <= MAX_NOISE:
        raise ValueError(f"noise {rate}: choose from 0 to {MAX_NOISE}")
    chance = Chance(seed, "noise")
    order = chance.shuffled(row for row in rows if row.split == "training" and row.intent is not None)
    count = round(rate * len(order))
    paired = [row for row in order if row.rule in PARTNERS][: count // 2]
    wrong = {row.id: PARTNERS[row.rule] for row in paired}
    others = [row for row in order if row.id not in wrong][: count - len(wrong)]
    wrong |= {row.id: chance.one([intent for intent in INTENTS if intent != row.rule]) for row in others}
    return [replace(row, intent=wrong.get(row.id, row.intent)) for row in rows]


def flipped(rows: Sequence[Row]) -> list[Row]:
    """Return the rows whose intent is wrong."""
    return [row for row in rows if row.intent not in {None, row.rule}]
