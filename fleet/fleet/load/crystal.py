"""Crystals to score: flowers whose labels are known, and scores that are the same to the last bit in every batch."""

from random import Random
from typing import Any, Final

from fleet.load.caller import Caller, check

KNOWN: Final = (
    ((5.1, 3.5, 1.4, 0.2), "blue"),
    ((4.9, 3.0, 1.4, 0.2), "blue"),
    ((5.0, 3.4, 1.5, 0.2), "blue"),
    ((7.0, 3.2, 4.7, 1.4), "green"),
    ((5.7, 2.8, 4.1, 1.3), "green"),
    ((5.5, 2.3, 4.0, 1.3), "green"),
    ((6.3, 3.3, 6.0, 2.5), "yellow"),
    ((7.1, 3.0, 5.9, 2.1), "yellow"),
    ((6.7, 3.1, 5.6, 2.4), "yellow"),
)
"""Typical flowers of the iris data, and the labels that setosa, versicolor and virginica go by."""

MODELS: Final = ("sklearn", "pytorch")
ROWS: Final = 5


class CrystalLoad:
    """Scores batches of known rows."""

    service: Final = "crystal"

    def __init__(self, caller: Caller, random: Random) -> None:
        self._caller = caller
        self._random = random
        self._scores: dict[tuple[str, int], dict[str, float]] = {}
        self.kinds = {"score": self.score}

    async def prepare(self) -> None:
        """Score each row alone: in every batch it must come to the same."""
        for model in MODELS:
            for number in range(len(KNOWN)):
                self._scores[model, number] = (await self._ask(model, [number]))["scores"][0]

    async def score(self) -> None:
        """Score some rows with one of the models."""
        model = self._random.choice(MODELS)
        rows = self._random.choices(range(len(KNOWN)), k=self._random.randint(1, ROWS))
        answer = await self._ask(model, rows)
        expected = [self._scores[model, row] for row in rows]
        check(answer["scores"] == expected, f"scores of {model} for {rows}", answer["scores"], expected)

    async def _ask(self, model: str, rows: list[int]) -> dict[str, Any]:
        body = {"model": model, "crystalData": [KNOWN[row][0] for row in rows]}
        answer = await self._caller.ask("crystal.score", "POST", "/crystal/astromech", json=body, idempotent=True)
        found: dict[str, Any] = answer.json()
        labels = [KNOWN[row][1] for row in rows]
        check(found["prediction"] == labels, f"labels of {model} for {rows}", found["prediction"], labels)
        return found
