"""Looks at processes and latencies every few seconds, and keeps what it saw as series over time."""

import asyncio
import os
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import quantiles
from time import monotonic
from typing import Final

from fleet.load.ledger import Outcome
from fleet.load.mix import MixedLoad
from fleet.soak.processes import Watched

CPU: Final = "CPU, cores"
P50: Final = "p50, ms"
P99: Final = "p99, ms"
WINDOW_SAMPLES: Final = 6
"""Latencies are told of the answers of so many samples together, as few answers have no 99th percentile."""

MACHINE: Final = ("machine", "load average")
"""The one series that is of no process of the fleet: how many threads of all want to run."""

Series = dict[tuple[str, str], list[tuple[float, float]]]
"""Of each process or kind of request, and measure: seconds and values."""


@dataclass
class Sampler:
    """Keeps the series of a load's processes and requests."""

    watched: Iterable[Watched]
    load: MixedLoad
    every: float
    series: Series = field(default_factory=lambda: defaultdict(list))
    _used: dict[str, tuple[float | None, float]] = field(default_factory=dict)

    async def run(self, seconds: float) -> None:
        """Look every `every` seconds for so long."""
        began = monotonic()
        waiting: list[Outcome] = []
        samples = 0
        while (now := monotonic() - began) < seconds:
            self._enter_measures(now)
            self.series[MACHINE].append((now, os.getloadavg()[0]))
            waiting += self.load.ledger.take_outcomes()
            samples += 1
            if samples % WINDOW_SAMPLES == 0:
                self._enter_latencies(now, waiting)
                waiting = []
            await asyncio.sleep(self.every)

    def _enter_measures(self, now: float) -> None:
        for one in self.watched:
            for measure, value in one.measures().items():
                self.series[one.name, measure].append((now, value))
            used = one.cpu_seconds()
            before, then = self._used.get(one.name, (None, now))
            if used is not None and before is not None and now > then:
                self.series[one.name, CPU].append((now, (used - before) / (now - then)))
            self._used[one.name] = (used, now)

    def _enter_latencies(self, now: float, outcomes: Iterable[Outcome]) -> None:
        by_kind = defaultdict[str, list[float]](list)
        for outcome in outcomes:
            if outcome.refused is None:
                by_kind[outcome.kind].append(1000 * outcome.seconds)
        for kind, milliseconds in by_kind.items():
            if len(milliseconds) > 1:
                parts = quantiles(milliseconds, n=100, method="inclusive")
                self.series[kind, P50].append((now, parts[49]))
                self.series[kind, P99].append((now, parts[98]))
