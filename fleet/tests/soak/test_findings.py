"""Only a growth that is beyond doubt and beyond its bound is found."""

from io import StringIO

import pytest
from rich.console import Console

from fleet.soak.findings import findings_of, table_of


def line(start: float, grows_by: float) -> list[tuple[float, float]]:
    return [(10.0 * number, start + grows_by * number / 59) for number in range(60)]


@pytest.mark.parametrize(
    ("measure", "start", "may", "may_not"),
    [
        ("memory, MiB", 100.0, 7.0, 9.0),
        ("memory, MiB", 1000.0, 45.0, 55.0),
        ("open files", 40.0, 7.0, 9.0),
        ("threads", 20.0, 7.0, 9.0),
        ("CPU, cores", 0.1, 0.15, 0.25),
        ("database connections", 6.0, 3.0, 5.0),
        ("p99, ms", 20.0, 90.0, 150.0),
    ],
)
def test_every_measure_has_its_bound(measure: str, start: float, may: float, may_not: float) -> None:
    (well,) = findings_of({("catalog", measure): line(start, may)})
    (ill,) = findings_of({("catalog", measure): line(start, may_not)})
    assert (well.grows, ill.grows) == (False, True)


def test_latencies_say_nothing_where_the_whole_machine_became_busier() -> None:
    grown = {("catalog", "p50, ms"): line(20, 100), ("catalog", "memory, MiB"): line(100, 50)}
    quiet = findings_of({**grown, ("machine", "load average"): line(3, 0)})
    busy = findings_of({**grown, ("machine", "load average"): line(3, 10)})
    assert [finding.grows for finding in quiet] == [True, True, False]
    assert [finding.grows for finding in busy] == [False, True, False]


def test_what_shrinks_or_is_short_is_no_growth() -> None:
    shrinking = {("catalog", "memory, MiB"): line(500, -300), ("crystal", "memory, MiB"): line(1, 900)[:7]}
    assert [finding.grows for finding in findings_of(shrinking)] == [False]


def test_the_table_tells_what_grows() -> None:
    output = StringIO()
    found = findings_of({("catalog", "threads"): line(20, 0), ("vision", "threads"): line(20, 60)})
    Console(file=output, width=140).print(table_of(found))
    catalog, vision = (next(each for each in output.getvalue().splitlines() if name in each) for name in ("cat", "vis"))
    assert "grows" not in catalog
    assert "60.00" in vision
    assert vision.rstrip().endswith("grows")
