"""Sentences to understand: some intents are known, and all must stay what they are."""

from random import Random
from typing import Any, Final

from fleet.load.caller import Caller, check

SENTENCES: Final = (
    "where is my order",
    "je veux un remboursement",
    "I forgot my password",
    "can I talk to somebody",
    "when do you open tomorrow",
    "xylophones hum",
    "mon colis n'est pas arrivé",
    "cancel what I ordered yesterday",
)
KNOWN: Final = {"where is my order": "track_order", "je veux un remboursement": "refund_status"}
"""What the model that comes with the fleet takes these for."""

MOST: Final = 4
TOLERANCE: Final = 1e-6


class IntentLoad:
    """Asks about a few sentences again and again, alone and together."""

    service: Final = "intent"

    def __init__(self, caller: Caller, random: Random) -> None:
        self._caller = caller
        self._random = random
        self._answers: dict[str, dict[str, Any]] = {}
        self.kinds = {"predict": self.predict, "single": self.single}

    async def prepare(self) -> None:
        """Ask once about each sentence."""
        for sentence in SENTENCES:
            (self._answers[sentence],) = await self._ask([sentence])
        for sentence, label in KNOWN.items():
            check(self._label(sentence) == label, f"the intent of {sentence!r}", self._answers[sentence])

    async def predict(self) -> None:
        """Ask about some sentences at a time."""
        asked = self._random.choices(SENTENCES, k=self._random.randint(1, MOST))
        found = await self._ask(asked)
        right = len(found) == len(asked) and all(_like(one, self._answers[text]) for one, text in zip(found, asked))
        check(right, f"the intents of {asked}", found)

    async def single(self) -> None:
        """Ask about one sentence the short way."""
        sentence = self._random.choice(SENTENCES)
        answer = await self._caller.ask("intent.single", "GET", "/intent/intent", params={"query": sentence})
        found = answer.json()
        check(found["intent"] == self._label(sentence), f"the intent of {sentence!r}", found)

    async def _ask(self, sentences: list[str]) -> list[dict[str, Any]]:
        body = {"texts": sentences, "n_best": 2}
        answer = await self._caller.ask("intent.predict", "POST", "/intent/intent", json=body, idempotent=True)
        results: list[dict[str, Any]] = answer.json()["results"]
        return results

    def _label(self, sentence: str) -> str:
        label: str = self._answers[sentence]["intents"][0]["label"]
        return label


def _like(one: dict[str, Any], other: dict[str, Any]) -> bool:
    labels = [each["label"] for each in one["intents"]] == [each["label"] for each in other["intents"]]
    pairs = zip(one["intents"], other["intents"])
    return labels and all(abs(a["confidence"] - b["confidence"]) <= TOLERANCE for a, b in pairs)
