"""The report for people: one HTML file that needs nothing else, and its pictures."""

import warnings
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from matplotlib.figure import Figure

from intent.card import Card
from intent.labels import Label
from intent.training.evaluation import Coverage, Evaluation

PICTURED: Final = 30
"""Labels in the picture of the confusion matrix: with more, those that are confused most."""
PAIRS: Final = 30
CONFUSION_SVG: Final = "confusion.svg"


@dataclass(frozen=True)
class Report:
    """What there is to tell of a model; `audit` are the findings in the data, line by line."""

    labels: Sequence[Label]
    data_sha256: str
    confidential: bool
    audit: Sequence[str]
    evaluation: Evaluation | None


@dataclass(frozen=True)
class Pair:
    """How many rows with one label were taken for another."""

    label: Label
    predicted: Label
    rows: int


def confused_pairs(evaluation: Evaluation, labels: Sequence[Label]) -> list[Pair]:
    """Return the pairs of labels that are confused, most often first."""
    pairs = [
        Pair(labels[row], labels[column], count)
        for row, counts in enumerate(evaluation.confusion)
        for column, count in enumerate(counts)
        if row != column and count
    ]
    return sorted(pairs, key=lambda pair: -pair.rows)


def write_figures(folder: Path, evaluation: Evaluation, labels: Sequence[Label]) -> None:
    """Write the confusion matrix as `confusion.png` and `confusion.svg`."""
    figure = _confusion_figure(evaluation, labels)
    with _any_script():
        figure.savefig(folder / "confusion.png", dpi=120)
    (folder / CONFUSION_SVG).write_bytes(_svg(figure))


def write_html(path: Path, card: Card, report: Report) -> None:
    """Write the report beside the figures; without the texts of the data where these are confidential."""
    environment = Environment(
        loader=PackageLoader("intent.training"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    evaluation = report.evaluation
    pictures = []
    if evaluation is not None:
        pictures = [
            _data_url((path.parent / CONFUSION_SVG).read_bytes()),
            _data_url(_svg(_coverage_figure(evaluation.coverage))),
        ]
    pairs = confused_pairs(evaluation, report.labels)[:PAIRS] if evaluation else []
    html = environment.get_template("report.html").render(card=card, report=report, pairs=pairs, pictures=pictures)
    path.write_text(html, encoding="utf-8")


def _confusion_figure(evaluation: Evaluation, labels: Sequence[Label]) -> Figure:
    shown = _most_confused(evaluation.confusion)
    counts = [[evaluation.confusion[row][column] for column in shown] for row in shown]
    shares = [[count / max(1, sum(evaluation.confusion[row])) for count in line] for row, line in zip(shown, counts)]
    size = 3 + 0.28 * len(shown)
    figure = Figure(figsize=(size + 1, size), layout="constrained")
    axes = figure.subplots()
    image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    figure.colorbar(image, label="share of the true label's rows", shrink=0.7)
    names = [_drawable(str(labels[row])) for row in shown]
    axes.set_xticks(range(len(shown)), names, rotation=90, fontsize=7, parse_math=False)
    axes.set_yticks(range(len(shown)), names, fontsize=7, parse_math=False)
    axes.set_xlabel("predicted")
    axes.set_ylabel("true")
    for row, line in enumerate(counts):
        for column, count in enumerate(line):
            if count:
                colour = "white" if shares[row][column] > 0.5 else "black"
                axes.text(column, row, str(count), ha="center", va="center", fontsize=6, color=colour)
    if len(shown) < len(labels):
        axes.set_title(f"The {len(shown)} of {len(labels)} labels that are confused most", fontsize=9)
    return figure


def _drawable(name: str) -> str:
    """Return the beginning of `name`, without what XML has no place for."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in name[:40])


def _most_confused(confusion: Sequence[Sequence[int]]) -> list[int]:
    """Return the labels to show: all of a few; of many those of the most confused pairs, these next to each other."""
    everything = list(range(len(confusion)))
    if len(everything) <= PICTURED:
        return everything
    pairs = [
        (confusion[row][column] + confusion[column][row], row, column) for row in everything for column in range(row)
    ]
    shown: dict[int, None] = {}
    for _, row, column in sorted(pairs, reverse=True):
        shown |= {row: None, column: None}
        if len(shown) >= PICTURED:
            break
    return list(shown)[:PICTURED]


def _coverage_figure(points: Sequence[Coverage]) -> Figure:
    figure = Figure(figsize=(6, 3.2), layout="constrained")
    axes = figure.subplots()
    axes.plot([point.share for point in points], [point.accuracy for point in points], marker="o", markersize=3)
    axes.set_xlabel("share of the texts that is answered, the surest first")
    axes.set_ylabel("accuracy")
    axes.set_xlim(0, 1.02)
    axes.grid(alpha=0.3)
    return figure


@contextmanager
def _any_script() -> Iterator[None]:
    """Draw labels in scripts that the font lacks as boxes, without a warning for each character."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        yield


def _svg(figure: Figure) -> bytes:
    buffer = BytesIO()
    with _any_script():
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()


def _data_url(svg: bytes) -> str:
    return f"data:image/svg+xml;base64,{b64encode(svg).decode()}"
