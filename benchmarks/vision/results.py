"""What was measured, of it the medians, the ratios, the bars and a table in Markdown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from benchmarks.vision.servers import Measured

ONE: Final = 1
MANY: Final = 16
FP32: Final = "vision, fp32"
INT8: Final = "vision, int8"


@dataclass(frozen=True)
class Row:
    """The medians of one server: images per second, milliseconds, MiB, and the client's part of a core."""

    name: str
    setting: str
    lone_setting: str
    rate: float
    p50: float
    p99: float
    lone_rate: float
    lone_p50: float
    lone_p99: float
    memory: float
    client: float
    errors: int
    """Answers to 16 clients that were none."""


@dataclass(frozen=True)
class Bar:
    """A ratio that is to be reached."""

    words: str
    ratio: float
    bar: float
    at_most: bool = False

    @property
    def reached(self) -> bool:
        """Whether it is."""
        return self.ratio <= self.bar if self.at_most else self.ratio >= self.bar

    def __str__(self) -> str:
        sign = "<=" if self.at_most else ">="
        return (
            f"{self.words:52}{self.ratio:6.2f}   (bar {sign} {self.bar:.2f}: {'reached' if self.reached else 'missed'})"
        )


def row(name: str, settings: tuple[str, str], many: Sequence[Measured], one: Sequence[Measured]) -> Row:
    """Return the medians over the rounds; `settings` are those for many clients and for one."""
    loads, lone = [each.load for each in many], [each.load for each in one]
    return Row(
        name,
        *settings,
        rate=median(load.rate for load in loads),
        p50=median(load.percentile(50) for load in loads),
        p99=median(load.percentile(99) for load in loads),
        lone_rate=median(load.rate for load in lone),
        lone_p50=median(load.percentile(50) for load in lone),
        lone_p99=median(load.percentile(99) for load in lone),
        memory=median(each.memory for each in many),
        client=median(load.client for load in loads),
        errors=sum(sum(load.others.values()) for load in loads),
    )


def bars(rows: Sequence[Row], limits: Mapping[str, float]) -> list[Bar]:
    """Return how the service does beside the best of the others and beside the limits; without others only these."""
    own = {each.name: each for each in rows if each.name in limits}
    fp32, int8 = own[FP32], own[INT8]
    found = [
        Bar("fp32 / its limit in the process", fp32.rate / limits[FP32], 0.92),
        Bar("int8 / its limit in the process", int8.rate / limits[INT8], 0.85),
    ]
    peers = [each for each in rows if each.name not in limits]
    if not peers:
        return found
    best, quickest = max(peers, key=lambda each: each.rate), min(peers, key=lambda each: each.lone_p50)
    return [
        Bar(f"fp32 / {best.name}", fp32.rate / best.rate, 1.15),
        Bar(f"int8 / {best.name}", int8.rate / best.rate, 2.5),
        *found,
        Bar(f"one client's p50, int8 / {quickest.name}", int8.lone_p50 / quickest.lone_p50, 0.55, at_most=True),
    ]


def table(rows: Sequence[Row], limits: Mapping[str, float]) -> str:
    """Return the rows as lines of text."""
    best = best_rate(rows, limits)
    lines = [
        f"{'':24}{f'{MANY} clients':>40}{'1 client':>27}",
        f"{'images/s':>34}{'p50 ms':>8}{'p99 ms':>8}{'MiB':>7}{'ratio':>7}{'images/s':>11}{'p50 ms':>8}{'p99':>6}",
        *(_line(each, best) for each in rows),
        *(f"{f'limit of {name}':24}{rate:10.1f}{'':23}{rate / best:7.2f}" for name, rate in limits.items()),
    ]
    return "\n".join(lines)


def _line(each: Row, best: float) -> str:
    many = f"{each.rate:10.1f}{each.p50:8.0f}{each.p99:8.0f}{each.memory:7.0f}{each.rate / best:7.2f}"
    return f"{each.name:24}{many}{each.lone_rate:11.1f}{each.lone_p50:8.1f}{each.lone_p99:8.1f}   {_setting(each)}"


def _setting(each: Row) -> str:
    setting = each.setting if each.setting == each.lone_setting else f"{each.setting}; for one {each.lone_setting}"
    return f"{setting}; {each.errors} errors" if each.errors else setting


def markdown(rows: Sequence[Row], limits: Mapping[str, float], found: Sequence[Bar], facts: Sequence[str]) -> str:
    """Return all of it for a README."""
    best = best_rate(rows, limits)
    lines = [*(f"- {fact}" for fact in facts), ""]
    lines += ["| | images/s, 16 clients | p50, p99 ms | to the best peer | MiB | p50, p99 ms, 1 client | setting |"]
    lines += ["|---|---|---|---|---|---|---|"]
    for each in rows:
        lines.append(
            f"| {each.name} | {each.rate:.1f} | {each.p50:.0f}, {each.p99:.0f} | {each.rate / best:.2f} "
            f"| {each.memory:.0f} | {each.lone_p50:.1f}, {each.lone_p99:.1f} | {_setting(each)} |"
        )
    lines += [f"| limit of {name} | {rate:.1f} | | {rate / best:.2f} | | | |" for name, rate in limits.items()]
    lines += ["", "| ratio | | bar | |", "|---|---|---|---|"]
    for bar in found:
        sign, verdict = "≤" if bar.at_most else "≥", "reached" if bar.reached else "missed"
        lines.append(f"| {bar.words} | {bar.ratio:.2f} | {sign} {bar.bar:.2f} | {verdict} |")
    return "\n".join(lines) + "\n"


def best_rate(rows: Sequence[Row], limits: Mapping[str, float]) -> float:
    """Return the best peer's images per second; without peers the service's own in fp32."""
    peers = [each.rate for each in rows if each.name not in limits]
    return max(peers) if peers else next(each.rate for each in rows if each.name == FP32)
