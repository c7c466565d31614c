"""Models, their versions, and candidates in the shadow."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from vision.agreement import Agreement, Latency
from vision.models.card import Interpolation, ModelCard, Precision, Quantisation
from vision.served import ServedModel
from vision.shadowing import Shadow
from vision.tuning import Plan


class Preprocessing(BaseModel):
    """What is done to an image before the model sees it."""

    resize_size: int = Field(description="Pixels of the shorter side after the resize.")
    interpolation: Interpolation
    crop_size: int = Field(description="Pixels of each side of the centre crop.")
    mean: tuple[float, float, float] = Field(description="Per channel, of values from 0 to 1.")
    std: tuple[float, float, float]


class Version(BaseModel):
    """One version of a model."""

    version: str = Field(description="The beginning of the file's SHA-256.", examples=["b20d0f2a5534"])
    in_service: bool
    weights: str
    source: str = Field(description="Where the weights came from.")
    weights_sha256: str
    sha256: str = Field(description="Of the ONNX file.")
    precision: Precision
    quantisation: Quantisation | None
    preprocessing: Preprocessing
    classes: int
    features: int = Field(description="Dimensions of an embedding.")
    prepared_at: datetime
    made_with: dict[str, str] = Field(description="Packages that made the file, and their versions.")

    @classmethod
    def of(cls, card: ModelCard, in_service: str | None) -> "Version":
        """Return what is told of a version."""
        return cls(
            in_service=card.version == in_service,
            version=card.version,
            preprocessing=Preprocessing.model_validate(card, from_attributes=True),
            classes=len(card.labels),
            **card.model_dump(include=_SAME),
        )


_SAME = {
    "weights", "source", "weights_sha256", "sha256", "precision", "quantisation", "features", "prepared_at", "made_with"
}  # fmt: skip


class SpeedOut(BaseModel):
    """One choice that was measured when the model was loaded."""

    threads: int
    max_batch: int
    images_per_second: float


class PlanOut(BaseModel):
    """How the model is run, as measured on this machine when it was loaded."""

    concurrency: int = Field(description="Batches that are computed at the same time.")
    threads: int = Field(description="Cores that each of them uses.")
    max_batch: int
    lone_threads: int = Field(description="Cores that an image uses which is alone.")
    images_per_second: float | None = Field(description="Under load, without decoding; null if it was not measured.")
    lone_milliseconds: float | None = Field(description="Of an image that is alone, without decoding.")
    measured: Sequence[SpeedOut]

    @classmethod
    def of(cls, plan: Plan) -> "PlanOut":
        """Return what is told of a plan."""
        return cls.model_validate(plan, from_attributes=True)


class ModelOut(BaseModel):
    """A model, whether it is loaded or not."""

    name: str
    loaded: bool
    default: bool = Field(description="Whether it answers where no model is named.")
    version: str | None = Field(description="The one in service; null if it is not loaded.")
    versions: list[Version] = Field(description="All that are prepared, the oldest first.")
    plan: PlanOut | None


class ModelDetail(ModelOut):
    """A model with its labels."""

    labels: Sequence[str] = Field(description="The classes' names, in the order of their numbers.")


class Models(BaseModel):
    """All models that are prepared."""

    models: list[ModelOut]


class Wanted(BaseModel):
    """Which version to load."""

    model_config = ConfigDict(extra="forbid")

    version: str | None = Field(None, description="By default the one that was last in service.")


class NewShadow(BaseModel):
    """A candidate and how much it sees."""

    model_config = ConfigDict(extra="forbid")

    version: str = Field(description="Of the candidate.")
    model: str | None = Field(None, description="By default a version of the same model.")
    share: float = Field(1.0, gt=0, le=1, allow_inf_nan=False, description="Part of the images that it sees.")


class LatencyOut(BaseModel):
    """Of the model alone, without queues and decoding, in milliseconds."""

    p50: float
    p95: float


class DisagreementOut(BaseModel):
    """An image on whose likeliest class the two do not agree."""

    served: str
    served_confidence: float
    candidate: str
    candidate_confidence: float


class ShadowReport(BaseModel):
    """How far a candidate agrees with the model in service, on the same images."""

    model: str
    version: str
    share: float
    images: int = Field(description="That both have seen.")
    skipped: int = Field(description="That the candidate did not see because it was busy.")
    failed: int
    top1_agreement: float | None = Field(description="Part of the images with the same likeliest class.")
    top1_interval: tuple[float, float] | None = Field(description="Its 95 % interval (Wilson).")
    rank_correlation: float | None = Field(description="Spearman's, of all logits; the mean.")
    confidence_difference: float | None = Field(description="In the likeliest class of the one in service; the mean.")
    served_latency: LatencyOut | None
    candidate_latency: LatencyOut | None
    disagreements: list[DisagreementOut] = Field(description="The last ones.")

    @classmethod
    def of(cls, shadow: Shadow) -> "ShadowReport":
        """Return what has been seen so far."""
        found: Agreement = shadow.agreement
        served, candidate = found.latencies
        return cls(
            model=shadow.card.name,
            version=shadow.card.version,
            share=shadow.share,
            images=found.images,
            skipped=shadow.skipped,
            failed=shadow.failed,
            top1_agreement=found.top1,
            top1_interval=found.top1_interval,
            rank_correlation=found.rank_correlation,
            confidence_difference=found.confidence_difference,
            served_latency=_latency(served),
            candidate_latency=_latency(candidate),
            disagreements=[DisagreementOut.model_validate(each, from_attributes=True) for each in found.disagreements],
        )


def _latency(latency: Latency | None) -> LatencyOut | None:
    return LatencyOut.model_validate(latency, from_attributes=True) if latency else None


def model_out(name: str, cards: Sequence[ModelCard], served: ServedModel | None, *, default: bool) -> ModelOut:
    """Return what is told of a model in the list of all."""
    version = served.card.version if served else None
    return ModelOut(
        name=name,
        loaded=served is not None,
        default=default,
        version=version,
        versions=[Version.of(card, version) for card in cards],
        plan=PlanOut.of(served.plan) if served else None,
    )
