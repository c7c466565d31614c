"""What became of every request of a load: answered, refused, wrong; and what was promised with it."""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

KEPT_WRONG: Final = 20
"""Of the wrong answers of a kind, so many are kept as text."""


class WrongAnswerError(Exception):
    """An answer that is neither right nor a proper refusal."""


class RefusedError(Exception):
    """The request was refused as it should be where something is away; `why` is a status or what broke."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Outcome:
    """One request: of which kind, when it began (monotonic seconds), how long it took, why it was refused if it was."""

    kind: str
    began: float
    seconds: float
    refused: str | None


@dataclass
class Tally:
    """How many requests of a kind were sent, and what became of them."""

    sent: int = 0
    answered: int = 0
    retried: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    wrong: int = 0
    wrongs: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Promise:
    """Something that was acknowledged: `check` raises WrongAnswerError where it is not there."""

    what: str
    check: Callable[[], Awaitable[None]]


class Ledger:
    """Counts the requests of a load by kinds (`service.what`)."""

    def __init__(self) -> None:
        self.tallies: dict[str, Tally] = {}
        self.promises: list[Promise] = []
        self._outcomes: list[Outcome] = []

    def tally(self, kind: str) -> Tally:
        """Return the counts of a kind."""
        return self.tallies.setdefault(kind, Tally())

    async def enter(self, kind: str, request: Callable[[], Awaitable[None]]) -> None:
        """Send one request and enter what became of it.

        It raises RefusedError where it was refused; WrongAnswerError, or what reading an answer of an unforeseen
        shape raises, where it was wrong.
        """
        tally, began, refused = self.tally(kind), monotonic(), None
        tally.sent += 1
        try:
            await request()
            tally.answered += 1
        except RefusedError as error:
            refused = error.why
            tally.refused[refused] += 1
        except (WrongAnswerError, LookupError, TypeError, ValueError) as error:
            tally.wrong += 1
            if len(tally.wrongs) < KEPT_WRONG:
                tally.wrongs.append(f"{type(error).__name__}: {error}")
            return
        self._outcomes.append(Outcome(kind, began, monotonic() - began, refused))

    def promise(self, what: str, check: Callable[[], Awaitable[None]]) -> None:
        """Remember that something was acknowledged."""
        self.promises.append(Promise(what, check))

    def outcomes(self, since: float = 0.0) -> list[Outcome]:
        """Return the requests that began at `since` (monotonic seconds) or later and were answered or refused."""
        return [outcome for outcome in self._outcomes if outcome.began >= since]

    def take_outcomes(self) -> list[Outcome]:
        """Return all outcomes since the last call, and forget them: so a long load does not grow."""
        taken, self._outcomes = self._outcomes, []
        return taken

    @property
    def wrongs(self) -> list[str]:
        """The wrong answers, each after its kind."""
        return [f"{kind}: {wrong}" for kind, tally in self.tallies.items() for wrong in tally.wrongs]

    def refusals(self, service: str | None = None) -> Counter[str]:
        """Return how often each refusal came, of one service or of all."""
        found = Counter[str]()
        for kind, tally in self.tallies.items():
            if service is None or kind.partition(".")[0] == service:
                found += tally.refused
        return found

    def table(self) -> str:
        """Return all counts as lines of text."""
        lines = [f"{'kind':24} {'sent':>7} {'answered':>8} {'retried':>7} {'wrong':>5}  refused"]
        for kind, tally in sorted(self.tallies.items()):
            refused = ", ".join(f"{why}: {count}" for why, count in sorted(tally.refused.items())) or "none"
            counts = f"{tally.sent:7} {tally.answered:8} {tally.retried:7} {tally.wrong:5}"
            lines.append(f"{kind:24} {counts}  {refused}")
        return "\n".join(lines)
