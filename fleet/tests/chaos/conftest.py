"""One fleet for all tests here, and what is asserted of a disturbance wherever it comes from."""

import asyncio
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Final

import pytest

from fleet.load.disturbed import DisturbedFleet
from fleet.load.mix import MixedLoad

RECOVERY_SECONDS: Final = 5.0
STEADY_SECONDS: Final = 2.0
PATIENCE_SECONDS: Final = 40.0
PROBLEMS: Final = frozenset({"429", "502", "503", "504"})
"""How a gateway that is there refuses: by problem documents, never by a connection that breaks."""


class Verdict:
    """Looks at a load after a disturbance."""

    def __init__(self, load: MixedLoad, say: Callable[[str], None]) -> None:
        self.load = load
        self.say = say

    async def recovery(self, service: str, back: float) -> float:
        """Return how many seconds after `back` (monotonic) the first request was answered rightly, at most 5."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not (ended := self._answers_after(service, back)):  # noqa: ASYNC110 nobody tells
                await asyncio.sleep(0.05)
        seconds = min(ended) - back
        self.say(f"{service}: first right answer {seconds:.2f} s after it was back")
        assert seconds <= RECOVERY_SECONDS
        return seconds

    async def holds(self, disturbed: Collection[str], refusals: Collection[str] = PROBLEMS) -> None:
        """Assert that all is well again, nothing wrong or lost, and all but the `disturbed` services unaffected.

        Their requests may have been refused in the ways of `refusals`.
        """
        await asyncio.sleep(RECOVERY_SECONDS)
        steady = monotonic()
        await asyncio.sleep(STEADY_SECONDS)
        await self.load.settle()
        ledger = self.load.ledger
        lost = await self.load.lost()
        self.say(
            "\n".join([ledger.table(), f"promised: {dict(self.load.promised())}, lost: {len(lost)}", *ledger.wrongs])
        )
        assert ledger.wrongs == []
        assert lost == []
        assert {outcome.refused for outcome in ledger.outcomes(steady)} == {None}
        refused = {kind.partition(".")[0] for kind, tally in ledger.tallies.items() if tally.refused}
        assert refused <= set(disturbed)
        assert set(ledger.refusals()) <= set(refusals)
        assert all(tally.answered for tally in ledger.tallies.values())

    def _answers_after(self, service: str, back: float) -> list[float]:
        found = [outcome for outcome in self.load.ledger.outcomes() if outcome.kind.partition(".")[0] == service]
        ends = [outcome.began + outcome.seconds for outcome in found if outcome.refused is None]
        return [end for end in ends if end >= back]


@pytest.fixture(scope="session")
def fleet() -> Iterator[DisturbedFleet]:
    # Not in pytest's folder: each run of pytest closes that to all other users, and root's database is another one's.
    with TemporaryDirectory(prefix="fleet-") as folder:
        fleet = DisturbedFleet(Path(folder))
        yield fleet
        assert fleet.stop() == 0


@pytest.fixture
def verdict_of(capsys: pytest.CaptureFixture[str]) -> Callable[[MixedLoad], Verdict]:
    """Makes a verdict that prints beside what pytest captures: times and counts are of interest where all is well."""

    def say(text: str) -> None:
        with capsys.disabled():
            print(f"\n{text}", flush=True)

    return lambda load: Verdict(load, say)
