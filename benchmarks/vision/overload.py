"""The service with three times as many arrivals as it can answer."""

from dataclasses import dataclass
from typing import Final

from benchmarks.vision.client import Load, closed_loop, open_loop, percentile
from benchmarks.vision.servers import Server, started

CLIENTS: Final = 16
TIMES: Final = 3
GOODPUT, SLOWER, REFUSAL_MS = 0.90, 2.0, 5.0
"""The bars."""


@dataclass(frozen=True)
class Overload:
    """The same server at its most, and asked for more."""

    most: Load
    beyond: Load


def overloaded(server: Server, warm_up: float, seconds: float) -> Overload:
    """Find out how much it answers to 16 clients, and begin three times as many requests per second."""
    with started(server) as up:
        most = closed_loop(up.url, up.requests, CLIENTS, warm_up, seconds)
        return Overload(most, open_loop(up.url, up.requests, TIMES * most.rate, warm_up, seconds))


def print_overload(name: str, found: Overload) -> None:
    """Print what became of the accepted and of the refused."""
    most, beyond = found.most, found.beyond
    accepted, saturated = beyond.percentile(99), most.percentile(99)
    print(
        f"\n{name}, {TIMES * most.rate:.0f} arrivals per second (client: {beyond.client:.0%} of a core, shared with it)"
    )
    for label, ratio, bar in (
        ("goodput / most", f"{beyond.rate:.1f} / {most.rate:.1f} = {beyond.rate / most.rate:.2f}", f">= {GOODPUT}"),
        (
            "p99 of the accepted / at most",
            f"{accepted:.0f} / {saturated:.0f} ms = {accepted / saturated:.2f}",
            f"< {SLOWER:g}",
        ),
        (
            f"time to a 503 ({len(beyond.refused)} of them)",
            f"p50 {percentile(beyond.refused, 50):.1f} ms, p99 {percentile(beyond.refused, 99):.1f} ms",
            f"{REFUSAL_MS:g} ms",
        ),
    ):
        print(f"  {label:32}{ratio:34}(bar {bar})")
    if beyond.others:
        print(f"  others: {dict(beyond.others)}")
