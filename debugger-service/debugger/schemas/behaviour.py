"""What a model makes of a text, and how it behaves when texts hardly change."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from debugger.behaviour.attribution import Attribution
from debugger.behaviour.perturbations import PERTURBATIONS
from debugger.behaviour.perturbed import Perturbation
from debugger.behaviour_tests import Rate, rates
from debugger.filters.syntax import MAX_LENGTH
from debugger.ingest.record import MAX_TEXT_LENGTH
from debugger.perturbing import Wanted
from debugger.predictors import Source
from debugger.schemas.fields import Author
from debugger.schemas.measures import Measured
from debugger.schemas.rows import NeighbourOut
from debugger.settings import INTENT
from debugger.tables import BehaviourTest
from debugger.trying import Answer, Tried, Varied
from shared.times import created_at

DEFAULT_ROWS: Final = 500
MAX_ROWS: Final = 5_000

PerturbationName = Literal["typos", "casing", "punctuation", "contractions", "synonyms", "name_swaps", "number_swaps"]
ServiceName = Annotated[str, StringConstraints(max_length=100)]
SERVICE: Final = "Of `served`: its name in `DEBUGGER_PREDICTION_SERVICES`; `intent` is the intent service."
SOURCE: Final = "The project's own model, which its analysis fitted on all labeled rows, or a model in use."


class PerturbationOut(BaseModel):
    """A way to change texts that should not change their class."""

    name: PerturbationName
    title: str
    description: str
    is_english: bool = Field(description="Whether it changes English texts alone.")

    @classmethod
    def of(cls, perturbation: Perturbation) -> "PerturbationOut":
        """Return what is told of `perturbation`."""
        names = ("name", "title", "description", "is_english")
        return cls.model_validate({name: getattr(perturbation, name) for name in names})


class PredictionServiceOut(BaseModel):
    """A model in use that may be asked."""

    name: str


class TryIn(BaseModel):
    """A text, and whom to ask about it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"text": "where is my card", "source": "own"}]}
    )

    text: Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT_LENGTH)]
    source: Source = Field("own", description=SOURCE)
    service: ServiceName = Field(INTENT, description=SERVICE)
    language: Annotated[str, StringConstraints(pattern="^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}$")] = Field(
        "en", description="The text's, as BCP 47 has it; only English is changed in English ways."
    )


class WordOut(BaseModel):
    """A word of a text, or of a long text several, and how much the answer rests on it."""

    start: int = Field(description="Of the text's characters (Unicode code points) the first, counted from 0.")
    end: int = Field(description="The one after the last.")
    text: str
    weight: float = Field(description="How much less sure the model is without it; below 0 it is surer.")


class AnswerOut(BaseModel):
    """What a model takes a text for, and which words that rests on."""

    label: str
    confidence: float
    labels: list[str] = Field(description="The most probable classes, the first first.")
    confidences: list[float]
    words: list[WordOut] = Field(description="In the text's order; each was left out in turn.")

    @classmethod
    def of(cls, answer: Answer) -> "AnswerOut":
        """Return what is told of `answer`."""
        return cls(
            label=answer.labels[0],
            confidence=answer.confidences[0],
            labels=list(answer.labels),
            confidences=list(answer.confidences),
            words=_words(answer.attribution),
        )


class VariantOut(BaseModel):
    """A text that was hardly changed, and what the model takes it for."""

    perturbation: PerturbationName
    text: str
    change: str = Field(description="What changed, such as `crad for card`.")
    label: str
    confidence: float
    flips: bool = Field(description="Whether that is another class than the text's.")

    @classmethod
    def of(cls, varied: Varied) -> "VariantOut":
        """Return what is told of `varied`."""
        made = varied.perturbed
        return cls.model_validate(
            {
                "perturbation": made.name,
                "text": made.text,
                "change": made.change,
                "label": varied.label,
                "confidence": varied.confidence,
                "flips": varied.flips,
            }
        )


class TryOut(AnswerOut):
    """That, the rows that are like the text, and what becomes of the answer when the text hardly changes."""

    neighbours: list[NeighbourOut] = Field(description="The most similar first.")
    note: str | None = Field(description="Why there are no neighbours, as before an analysis.")
    variants: list[VariantOut] = Field(description="Those that flip the answer first, the surest of them first.")

    @classmethod
    def made(cls, tried: Tried, neighbours: list[NeighbourOut], note: str | None) -> "TryOut":
        """Return what is told of all."""
        variants = [VariantOut.of(each) for each in tried.variants]
        answer = AnswerOut.of(tried.answer).model_dump()
        return cls(**answer, neighbours=neighbours, note=note, variants=variants)


class BehaviourTestIn(BaseModel):
    """Which model is to be tested, on which rows, and how."""

    model_config = ConfigDict(extra="forbid")

    source: Source = Field("own", description=SOURCE)
    service: ServiceName = Field(INTENT, description=SERVICE)
    filter: Annotated[str, StringConstraints(max_length=MAX_LENGTH)] = Field("", description="Which rows.")
    rows: int = Field(
        DEFAULT_ROWS,
        ge=1,
        le=MAX_ROWS,
        description="At most so many of these, of each class as many where it has them, and always the same ones.",
    )
    perturbations: Annotated[list[PerturbationName], Field(min_length=1, max_length=len(PERTURBATIONS))] = Field(
        default_factory=lambda: _names(PERTURBATIONS), description="By default all."
    )
    author: Author | None = None

    @property
    def wanted(self) -> Wanted:
        """What is to be tested."""
        return Wanted(self.source, self.service, self.filter, self.rows, self.perturbations, self.author)


class RateOut(BaseModel):
    """How often a perturbation flips the answer."""

    model_config = ConfigDict(from_attributes=True)

    perturbation: PerturbationName | Literal["any"] = Field(description="`any`: at least one of them.")
    rows: int = Field(description="Rows in which there was something to change.")
    flipped: int = Field(description="Of these, those of which at least one changed text has another answer.")
    variants: int = Field(description="Changed texts.")
    flipped_variants: int = Field(description="Of these, those with another answer.")
    rate: Measured = Field(description="The share of the rows that flips, with its 95 % interval by Wilson.")

    @classmethod
    def of(cls, rate: Rate) -> "RateOut":
        """Return what is told of `rate`."""
        return cls.model_validate(rate)


class ClassRatesOut(BaseModel):
    """How often the answer flips where it is one class."""

    label: str = Field(description="What the model takes the unchanged rows for.")
    rates: list[RateOut]


class FlipOut(BaseModel):
    """A row that a small change makes another class of."""

    number: int
    text: str
    perturbation: PerturbationName
    variant: str = Field(description="The changed text.")
    change: str = Field(description="What changed, such as `crad for card`.")
    before: str
    confidence_before: float
    after: str
    confidence_after: float


class BehaviourTestOut(BaseModel):
    """How a model behaves, as far as the job of the test is."""

    id: UUID
    job_id: UUID
    source: Source
    service: str | None = Field(description="Null for the project's own model.")
    version: int = Field(description="Of the data.")
    author: str | None
    filter: str
    perturbations: list[PerturbationName]
    rows: int = Field(description="Rows that are tested.")
    answered: int = Field(description="Of these, those about which the model has answered; the job has the others.")
    rates: list[RateOut] = Field(description="Of any perturbation, then of each.")
    created_at: datetime
    finished_at: datetime | None = Field(description="Null while it goes on, or if it was cancelled or failed.")

    @classmethod
    def of(cls, test: BehaviourTest) -> "BehaviourTestOut":
        """Return what is told of `test`."""
        return cls.model_validate(_told(test))


class BehaviourTestDetail(BehaviourTestOut):
    """That, by class, and the worst flips."""

    classes: list[ClassRatesOut]
    flips: list[FlipOut] = Field(description="At most 200: the model is surest of the first, before and after.")

    @classmethod
    def made(cls, test: BehaviourTest, texts: Mapping[int, str]) -> "BehaviourTestDetail":
        """Return what is told of `test`, of whose flipped rows `texts` has the texts."""
        _, by_class = rates(test.tallies, test.perturbations)
        classes = [
            ClassRatesOut(label=label, rates=[RateOut.of(rate) for rate in found]) for label, found in by_class.items()
        ]
        flips = [{**flip, "text": texts[flip["number"]]} for flip in test.flips if flip["number"] in texts]
        return cls.model_validate({**_told(test), "classes": classes, "flips": flips})


def _told(test: BehaviourTest) -> dict[str, object]:
    names = ("id", "job_id", "source", "version", "author", "filter", "perturbations", "answered", "finished_at")
    overall, _ = rates(test.tallies, test.perturbations)
    return {
        **{name: getattr(test, name) for name in names},
        "service": test.model,
        "rows": len(test.numbers),
        "rates": [RateOut.of(rate) for rate in overall],
        "created_at": created_at(test.id),
    }


def _words(attribution: Attribution) -> list[WordOut]:
    return [
        WordOut(start=token.span.start, end=token.span.end, text=token.text, weight=token.drop)
        for token in attribution.tokens
    ]


def _names(perturbations: Mapping[str, Perturbation]) -> list[PerturbationName]:
    return [PerturbationOut.of(each).name for each in perturbations.values()]
