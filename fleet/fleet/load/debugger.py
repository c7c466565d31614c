"""A small project of the debugger: its rows are read and decided about; no decision may be lost or told wrong."""

import asyncio
import json
from dataclasses import dataclass, field
from functools import partial
from random import Random
from time import monotonic
from typing import Any, Final, Unpack

from fleet.load.caller import Caller, Sent, check
from fleet.load.ledger import RefusedError, WrongAnswerError

ROWS: Final = 120
LABELS: Final = ("card", "refund", "limit")
WORDS: Final = {"card": "where is my new card", "refund": "I want my money back", "limit": "raise what I can spend"}
JOB_SECONDS: Final = 120
POLL_SECONDS: Final = 0.2


@dataclass
class _Row:
    number: int
    label: str
    version: int = 1
    attempted: str | None = None
    """Another label that it may have, as nobody knows what became of a decision."""

    touched: float = 0.0
    """When a decision about it was answered last, in monotonic seconds."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def may_have_changed(self, since: float) -> bool:
        """Tell whether it was decided about since then, or is now."""
        return self.lock.locked() or self.touched >= since or self.attempted is not None


def text_of(number: int) -> str:
    """Return the text of a row."""
    return f"{WORDS[LABELS[number % len(LABELS)]]} {number}"


class DebuggerLoad:
    """Relabels rows of a project of its own, and reads them again."""

    service: Final = "debugger"

    def __init__(self, caller: Caller, random: Random) -> None:
        self._caller = caller
        self._random = random
        self._rows = [_Row(number, LABELS[number % len(LABELS)]) for number in range(1, ROWS + 1)]
        self._versions: set[int] = set()
        self._name = f"load {random.getrandbits(48):x}"
        self.project = ""
        self.kinds = {"row": self.row, "rows": self.rows, "counts": self.counts, "decide": self.decide}

    async def prepare(self) -> None:
        """Make the project and import its rows."""
        body = {"name": self._name}
        made = await self._caller.ask("debugger.setup", "POST", "/debugger/projects", json=body, expected=(201,))
        self.project = f"/debugger/projects/{made.json()['id']}"
        rows = [{"id": row.number, "text": text_of(row.number), "label": row.label} for row in self._rows]
        file = "\n".join(map(json.dumps, rows))
        await self.job("imports", content=file)

    async def job(self, what: str, **sent: Unpack[Sent]) -> dict[str, Any]:
        """Begin a job of the project and return it when it has succeeded; refusals meanwhile are waited out."""
        begun = await self._caller.ask("debugger.setup", "POST", f"{self.project}/{what}", expected=(202,), **sent)
        job: dict[str, Any] = begun.json()
        async with asyncio.timeout(JOB_SECONDS):
            while job["status"] in ("queued", "running"):
                await asyncio.sleep(POLL_SECONDS)
                try:
                    job = (await self._caller.ask("debugger.setup", "GET", f"/debugger/jobs/{job['id']}")).json()
                except RefusedError:
                    continue
        check(job["status"] == "succeeded" and not job["failed"], f"job {what}", job)
        return job

    async def row(self) -> None:
        """Read a row with its history."""
        row = self._any()
        async with row.lock:
            await self._look(row)

    async def rows(self) -> None:
        """List rows of one label."""
        label, began = self._random.choice(LABELS), monotonic()
        parameters = {"filter": f"label = {label}", "limit": "20"}
        answer = await self._caller.ask("debugger.rows", "GET", f"{self.project}/rows", params=parameters)
        found = answer.json()["items"]
        for each in found:
            # The debugger finds rows first and then reads them: one that is decided about in between is listed still.
            right = each["label"] == label or self._rows[each["number"] - 1].may_have_changed(began)
            check(right and each["text"] == text_of(each["number"]), f"a row labeled {label}", each)

    async def counts(self) -> None:
        """Count the rows by labels."""
        found = (await self._caller.ask("debugger.counts", "GET", f"{self.project}/rows/counts")).json()
        by_label = sum(count for _, count in found["facets"]["label"])
        check((found["rows"], by_label) == (ROWS, ROWS), "counts", found)

    async def decide(self) -> None:
        """Give a row another label."""
        row = self._any()
        async with row.lock:
            if row.attempted is not None:
                await self._look(row)
            label = self._random.choice([each for each in LABELS if each != row.label])
            seen = [{"number": row.number, "version": row.version}]
            body = {"action": "relabel", "author": "load", "label": label, "rows": seen}
            path = f"{self.project}/decisions"
            try:
                answer = await self._caller.ask("debugger.decide", "POST", path, json=body, expected=(201,))
            except RefusedError:
                row.attempted = label
                raise
            finally:
                row.touched = monotonic()
            self._decided(row, label, answer.json())

    def _decided(self, row: _Row, label: str, found: dict[str, Any]) -> None:
        version = found["number"]
        right = found["changed"] == 1 and version > row.version and version not in self._versions
        check(right, f"decision about row {row.number}", found, row)
        self._versions.add(version)
        row.label, row.version = label, version
        self._caller.ledger.promise(
            f"label {label!r} of row {row.number} in version {version}",
            partial(self._history_of, row.number, version, label),
        )

    async def _look(self, row: _Row) -> None:
        found = (await self._caller.ask("debugger.row", "GET", f"{self.project}/rows/{row.number}")).json()
        allowed = {row.label} if row.attempted is None else {row.label, row.attempted}
        check(found["text"] == text_of(row.number) and found["label"] in allowed, f"row {row.number}", found, row)
        if row.attempted is None:
            check(found["version"] == row.version, f"version of row {row.number}", found["version"], row.version)
        row.label, row.version, row.attempted = found["label"], found["version"], None

    async def _history_of(self, number: int, version: int, label: str) -> None:
        found = (await self._caller.ask("debugger.row", "GET", f"{self.project}/rows/{number}")).json()
        changes = {change["version"]: change["label"] for change in found["history"]}
        if changes.get(version) != label:
            raise WrongAnswerError(f"row {number} in version {version}: {changes.get(version)!r}, not {label!r}")

    def _any(self) -> _Row:
        return self._random.choice(self._rows)
