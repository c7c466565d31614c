"""Requests per second and latencies of small JSON, by wrk."""

import re
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Final

from benchmarks.gateway.contestants import Contestant, Field
from benchmarks.gateway.processes import cpu_seconds

CONNECTIONS: Final = 32
_MILLISECONDS: Final = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}


@dataclass(frozen=True)
class Load:
    """What wrk measured: requests per second, milliseconds, and answers that were not 2xx or did not come.

    `cpu` is the gateway's own processor time for a request in microseconds, which others on the machine change least.
    """

    requests: float
    p50: float
    p99: float
    failed: int
    cpu: float = 0.0


def many_and_one(
    field: Field, contestants: Sequence[Contestant], rounds: int, seconds: int
) -> tuple[Mapping[str, Load], Mapping[str, Load]]:
    """Return the medians of each contestant with `CONNECTIONS` and with one; all take their turn in each round."""
    many: dict[str, list[Load]] = {each.name: [] for each in contestants}
    one: dict[str, list[Load]] = {each.name: [] for each in contestants}
    for _ in range(rounds):
        for each in contestants:
            many[each.name].append(_weighed(each, field.key, seconds))
        for each in contestants:
            one[each.name].append(wrk(f"{each.url}/json/", field.key, 1, seconds))
    return _medians(many), _medians(one)


def wrk(url: str, key: str, connections: int, seconds: int) -> Load:
    """Load `url` from one thread."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}", "--timeout", "30", "--latency"]
    done = subprocess.run(
        [*command, "-H", f"X-API-Key: {key}", url], capture_output=True, text=True, check=True, timeout=seconds + 60
    )
    report = done.stdout
    requests = re.search(r"Requests/sec:\s+([\d.]+)", report)
    found = re.findall(r"(50|99)%\s+([\d.]+)(us|ms|s|m)\b", report)
    latencies = {percent: float(value) * _MILLISECONDS[unit] for percent, value, unit in found}
    if not requests:
        raise RuntimeError(report)
    return Load(float(requests[1]), latencies.get("50", 0.0), latencies.get("99", 0.0), _failed(report))


def _weighed(contestant: Contestant, key: str, seconds: int) -> Load:
    before = cpu_seconds(contestant.pid) if contestant.pid else 0.0
    load = wrk(f"{contestant.url}/json/", key, CONNECTIONS, seconds)
    used = cpu_seconds(contestant.pid) - before if contestant.pid else 0.0
    return replace(load, cpu=used / (load.requests * seconds) * 1e6)


def middle(values: Iterable[Load], of: Callable[[Load], float]) -> float:
    """Return the median of one of the numbers."""
    return median(map(of, values))


def _failed(report: str) -> int:
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", report)
    broken = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", report)
    return int(refused[1] if refused else 0) + sum(map(int, broken.groups() if broken else ()))


def _medians(loads: Mapping[str, Sequence[Load]]) -> dict[str, Load]:
    return {
        name: Load(
            middle(measured, lambda load: load.requests),
            middle(measured, lambda load: load.p50),
            middle(measured, lambda load: load.p99),
            sum(load.failed for load in measured),
            middle(measured, lambda load: load.cpu),
        )
        for name, measured in loads.items()
    }
