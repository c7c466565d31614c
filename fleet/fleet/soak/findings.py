"""What a soak has found: the trend of every series beside its bound, and whether it is a growth that must not be."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from rich.table import Table

from fleet.soak.sampling import CPU, MACHINE, P50, P99, Series
from fleet.soak.trends import Trend, trend_of

SHARE: Final = {"memory, MiB": 0.05, P50: 0.5, P99: 1.0, CPU: 0.5}
"""By what part of its middle a measure may grow …"""

ANY: Final = float("inf")
LEAST: Final = {
    MACHINE[1]: ANY,
    "memory, MiB": 8.0,
    "open files": 8.0,
    "threads": 8.0,
    "database connections": 4.0,
    CPU: 0.2,
    P50: 20.0,
    P99: 100.0,
}
"""… and in any case by so much, while the soak lasts."""


@dataclass(frozen=True)
class Finding:
    """The trend of one measure of a process or a kind of request."""

    subject: str
    measure: str
    trend: Trend
    excused: bool = False
    """Of a latency: the whole machine has become busier meanwhile, so that it says nothing of the fleet."""

    @property
    def bound(self) -> float:
        """By how much it may grow while the soak lasts."""
        return max(LEAST[self.measure], SHARE.get(self.measure, 0.0) * self.trend.middle)

    @property
    def grows(self) -> bool:
        """Whether it grows beyond doubt and by more than it may."""
        return not self.excused and self.trend.grows(self.bound)


def findings_of(series: Series) -> list[Finding]:
    """Return the trends of all series that are long enough to have one."""
    trends = {key: trend for key, points in series.items() if (trend := trend_of(points)) is not None}
    busier = MACHINE in trends and trends[MACHINE].low > 0
    return [
        Finding(subject, measure, trend, excused=busier and measure in (P50, P99))
        for (subject, measure), trend in trends.items()
    ]


def table_of(findings: Iterable[Finding]) -> Table:
    """Return the trends as a table, per hour, with what they came to."""
    table = Table("of", "measure", box=None, padding=(0, 1), header_style="bold")
    for column in ("median", "slope an hour", "99 % interval", "grew by", "may by", ""):
        table.add_column(column, justify="right", no_wrap=True)
    for finding in findings:
        trend = finding.trend
        slope, low, high = (3600 * each for each in (trend.slope, trend.low, trend.high))
        interval = f"{low:.2f} … {high:.2f}"
        cells = (f"{trend.middle:.2f}", f"{slope:.2f}", interval, f"{trend.growth:.2f}", f"{finding.bound:.1f}")
        verdict = "[red]grows[/red]" if finding.grows else "busy machine" if finding.excused else ""
        table.add_row(finding.subject, finding.measure, *cells, verdict)
    return table
