"""The rows of the data set, before any label is made wrong."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from intent.training.chatbot.chance import Chance
from intent.training.chatbot.intents import INTENTS, NEW_TOPICS, SEEN_TOPICS
from intent.training.chatbot.languages import LANGUAGES, Language
from intent.training.chatbot.messages import Messages
from intent.training.chatbot.parts import IN_SCOPE, OUT_OF_SCOPE, PARTS, part_of_each, share

MIN_ROWS: Final = 100
MAX_ROWS: Final = 50_000
OUT_OF_SCOPE_PERCENT: Final = 10


@dataclass(frozen=True, slots=True)
class Row:
    """A message. `rule` is the intent or the topic that it was drawn from, `intent` its label, None out of scope."""

    id: str
    text: str
    intent: str | None
    split: str
    language: str
    rule: str


def compose(count: int, seed: int) -> list[Row]:
    """Return `count` rows in random order, no two with the same text, all with their true intent.

    Intents and languages have equally many rows, give or take one for each intent and language. Raises ValueError
    when there are too few or too many to do so.
    """
    if not MIN_ROWS <= count <= MAX_ROWS:
        raise ValueError(f"{count} rows: choose from {MIN_ROWS} to {MAX_ROWS:,}")
    messages = Messages()
    outside = count * OUT_OF_SCOPE_PERCENT // 100
    rows = [*_in_scope(count - outside, seed, messages), *_out_of_scope(outside, seed, messages)]
    return [replace(row, id=f"m{number:05}") for number, row in enumerate(Chance(seed, "order").shuffled(rows), 1)]


def _in_scope(count: int, seed: int, messages: Messages) -> Iterator[Row]:
    cells = [(intent, language) for intent in INTENTS for language in LANGUAGES]
    for place, (intent, language) in enumerate(cells):
        chance = Chance(seed, intent, language.code)
        splits = part_of_each(share(count, len(cells), place), IN_SCOPE)
        # Short messages run out first, so the parts are dealt at random.
        for split in chance.shuffled(splits):
            yield _row(intent, language, split, messages, chance)


def _out_of_scope(count: int, seed: int, messages: Messages) -> Iterator[Row]:
    for place, language in enumerate(LANGUAGES):
        chance = Chance(seed, "out of scope", language.code)
        splits = part_of_each(share(count, len(LANGUAGES), place), OUT_OF_SCOPE)
        for part in PARTS:
            for topic in topics(part, splits.count(part)):
                yield _row(topic, language, part, messages, chance)


def topics(part: str, count: int) -> list[str]:
    """Return the topics of a part's rows: in the one for testing at least every second is new, elsewhere none."""
    new = (count + 1) // 2 if part == "testing" else 0
    return [NEW_TOPICS[place % len(NEW_TOPICS)] for place in range(new)] + [
        SEEN_TOPICS[place % len(SEEN_TOPICS)] for place in range(count - new)
    ]


def _row(rule: str, language: Language, split: str, messages: Messages, chance: Chance) -> Row:
    text = messages.draw(rule, language, chance)
    return Row("", text, rule if rule in INTENTS else None, split, language.code, rule)
