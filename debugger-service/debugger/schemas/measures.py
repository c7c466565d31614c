"""Figures: how right a model is, what it confuses, how sure it may be, and how many errors are left."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from debugger.calibrating import Calibrated
from debugger.metrics.classification import Figures
from debugger.metrics.review import Outlook
from debugger.reviewing import Budget
from debugger.tables import Metrics
from shared.times import created_at


class Measured(BaseModel):
    """A figure with its 95 % interval."""

    model_config = ConfigDict(from_attributes=True)

    value: float
    low: float
    high: float


class Averages(BaseModel):
    """Over classes."""

    model_config = ConfigDict(from_attributes=True)

    precision: float
    recall: float
    f1: float


class ClassOut(BaseModel):
    """How right a model is on one class."""

    label: str
    support: int = Field(description="Rows that have the label.")
    predicted: int = Field(description="Rows that the model takes for it.")
    precision: Measured
    recall: Measured
    f1: float


class MetricsOut(BaseModel):
    """How right a model is, by the labels as they are now."""

    rows: int = Field(description="Labeled rows that are neither dropped nor out of scope.")
    unanswered: int = Field(description="Of these, those without a prediction; they count as wrong.")
    accuracy: Measured
    macro_f1: Measured
    averages: dict[Literal["micro", "macro", "weighted"], Averages]
    classes: list[ClassOut]

    @classmethod
    def of(cls, measured: Figures, classes: tuple[str, ...]) -> "MetricsOut":
        """Return what is told of `measured`."""
        return cls(
            rows=measured.rows,
            unanswered=measured.unanswered,
            accuracy=Measured.model_validate(measured.accuracy),
            macro_f1=Measured.model_validate(measured.macro_f1),
            averages={name: Averages.model_validate(each) for name, each in measured.averages.items()},
            classes=[
                ClassOut(
                    label=classes[each.number],
                    support=each.support,
                    predicted=each.predicted,
                    precision=Measured.model_validate(each.precision),
                    recall=Measured.model_validate(each.recall),
                    f1=each.f1,
                )
                for each in measured.classes
            ],
        )


class HistoryOut(BaseModel):
    """What was measured once."""

    at: datetime
    version: int = Field(description="Of the data.")
    source: str = Field(description="`out_of_sample` or `served`.")
    model: str | None
    splits: dict[str, Any] = Field(description="Of `all` rows and of each split: rows, accuracy, macro_f1.")

    @classmethod
    def of(cls, found: Metrics) -> "HistoryOut":
        """Return what is told of `found`."""
        told = found.model_dump(include={"version", "source", "model"})
        return cls(**told, at=created_at(found.id), splits=found.summary)


class PairOut(BaseModel):
    """Two classes that are taken for each other."""

    labels: tuple[str, str]
    rows: int
    share: float = Field(description="Of the rows of both.")


class ConfusionOut(BaseModel):
    """Which classes are taken for which."""

    labels: list[str] = Field(description="Those that are confused stand side by side.")
    cells: list[tuple[int, int, int]] = Field(
        description="Of the matrix what is not 0: the position of the label, that of the prediction, and how many rows."
    )
    pairs: list[PairOut] = Field(description="The most confused ones.")


class BinOut(BaseModel):
    """Rows that a model is about equally sure of."""

    model_config = ConfigDict(from_attributes=True)

    rows: int
    low: float
    high: float
    confidence: float = Field(description="The mean.")
    accuracy: Measured


class CalibrationOut(BaseModel):
    """Whether a model is right as often as it is sure."""

    rows: int = Field(description="Labeled rows with a prediction that are neither dropped nor out of scope.")
    error: Measured = Field(description="The expected calibration error.")
    brier: Measured | None = Field(
        description="Brier's score, from 0, the best, to 2; null with a filter, and of the model in use, as not all "
        "probabilities are known then."
    )
    bins: list[BinOut] = Field(description="Of about equally many rows, the least sure first.")

    @classmethod
    def of(cls, found: Calibrated) -> "CalibrationOut":
        """Return what is told of `found`."""
        return cls(
            rows=found.rows,
            error=Measured.model_validate(found.calibration.error),
            brier=Measured.model_validate(found.brier) if found.brier else None,
            bins=[BinOut.model_validate(each) for each in found.calibration.bins],
        )


class OutlookOut(BaseModel):
    """So many rows, and how many label errors they are likely to hold."""

    model_config = ConfigDict(from_attributes=True)

    rows: int
    expected: int
    low: int
    high: int

    @classmethod
    def of(cls, outlook: Outlook) -> "OutlookOut":
        """Return what is told of `outlook`."""
        return cls.model_validate(outlook)


class BudgetOut(BaseModel):
    """When to stop reviewing label errors."""

    decided: int = Field(description="Rows that somebody has decided on since the analysis, or before.")
    errors: int = Field(description="Of these, those that were wrong.")
    next: list[OutlookOut] = Field(description="What the next rows of the ranking hold, with 90 % intervals.")
    left: OutlookOut = Field(description="What all rows hold that nobody has decided on.")

    @classmethod
    def of(cls, budget: Budget) -> "BudgetOut":
        """Return what is told of `budget`."""
        return cls(
            decided=budget.decided,
            errors=budget.errors,
            next=[OutlookOut.of(outlook) for outlook in budget.next],
            left=OutlookOut.of(budget.left),
        )


class EnrichmentIn(BaseModel):
    """Whom to ask for predictions."""

    model_config = ConfigDict(extra="forbid")

    service: str = Field("intent", max_length=100, description="Its name in `DEBUGGER_PREDICTION_SERVICES`.")
