"""What was measured, as Markdown: a table, and the bars beside what they ask for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Row = tuple[str, ...]


@dataclass(frozen=True)
class Bar:
    """What is asked for, what came out, and whether that is enough."""

    what: str
    asked: str
    measured: str
    met: bool

    @classmethod
    def at_least(cls, what: str, least: float, measured: float, unit: str = "") -> "Bar":
        """Return a bar to be reached."""
        return cls(what, f"≥ {least:g}{unit}", f"{measured:.3g}{unit}", measured >= least)

    @classmethod
    def at_most(cls, what: str, most: float, measured: float, unit: str = "") -> "Bar":
        """Return a bar to be kept."""
        return cls(what, f"≤ {most:.3g}{unit}", f"{measured:.3g}{unit}", measured <= most)


def table(head: Row, rows: Iterable[Sequence[str]]) -> str:
    """Return a table whose first column is text and whose others are numbers."""
    lines = [head, ("---", *("---:" for _ in head[1:])), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def joined(columns: Mapping[str, Mapping[str, str]], names: Sequence[str]) -> str:
    """Return a table with a row for each of `names`; `columns` has for each title the cells by name."""
    rows = [(name, *(cells.get(name, "-") for cells in columns.values())) for name in names]
    return table(("", *columns), rows)


def bars_table(bars: Sequence[Bar]) -> str:
    """Return the table of the bars."""
    rows = [(bar.what, bar.asked, bar.measured, "yes" if bar.met else "**no**") for bar in bars]
    return table(("bar", "asked", "measured", "met"), rows)
