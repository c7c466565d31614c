"""Pictures to suggest categories for: the same picture must always get the same ones."""

from random import Random
from typing import Any, Final

from fleet.load.caller import Caller, check
from fleet.load.photos import photo

PICTURES: Final = 8
MOST: Final = 5
TOLERANCE: Final = 1e-4
"""By so much a confidence may differ where a picture is computed beside others."""


class VisionLoad:
    """Asks about a few pictures again and again."""

    service: Final = "vision"

    def __init__(self, caller: Caller, random: Random) -> None:
        self._caller = caller
        self._random = random
        self._answers: list[list[dict[str, Any]]] = []
        self.kinds = {"predict": self.predict}

    async def prepare(self) -> None:
        """Ask once about each picture."""
        self._answers = [await self._ask(number, MOST) for number in range(PICTURES)]
        check(len({str(answer) for answer in self._answers}) == PICTURES, "pictures with equal answers", self._answers)

    async def predict(self) -> None:
        """Ask about one picture."""
        number, top = self._random.randrange(PICTURES), self._random.randint(1, MOST)
        found, expected = await self._ask(number, top), self._answers[number][:top]
        classes = [each["class_id"] for each in found] == [each["class_id"] for each in expected]
        near = all(abs(a["confidence"] - b["confidence"]) <= TOLERANCE for a, b in zip(found, expected))
        check(classes and near, f"suggestions for picture {number}", found, expected)

    async def _ask(self, number: int, top: int) -> list[dict[str, Any]]:
        answer = await self._caller.ask(
            "vision.predict",
            "POST",
            f"/vision/predictions?top={top}",
            content=photo(f"vision {number}"),
            headers={"Content-Type": "image/png"},
            idempotent=True,
        )
        found: list[dict[str, Any]] = answer.json()["predictions"]
        check(len(found) == top, f"{top} suggestions", found)
        return found
