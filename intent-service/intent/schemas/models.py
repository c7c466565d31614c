"""Versions of the model."""

from collections.abc import Sequence
from datetime import UTC, datetime

from pydantic import BaseModel, Field

from intent.card import Calibration, Encoding
from intent.labels import Label
from intent.served import Served
from intent.versions import Standing


class Version(BaseModel):
    """A version that is served."""

    version: str = Field(examples=["3f1c9a0b7d52"])
    default: bool = Field(description="Whether it answers where no version is named.")
    created_at: datetime
    labels: int = Field(description="How many intents it knows.")
    training_rows: int
    accuracy: float | None = Field(description="On the test part of the data; null if there was none.")
    encoder: Encoding | None = Field(description="Of sentences; null if it goes by n-grams alone.")
    data_sha256: str = Field(description="Of the data it was trained on.")
    tells_out_of_scope: bool = Field(description="Whether it can say that a text has none of its intents.")
    report: bool = Field(description="Whether there is a report at `model/report`.")

    @classmethod
    def of(cls, served: Served, default: str | None) -> "Version":
        """Return what is told of a version in the list of all."""
        card = served.card
        return cls(
            version=card.version,
            default=card.version == default,
            created_at=_in_utc(card.created_at),
            labels=len(card.labels),
            training_rows=card.training_rows,
            accuracy=card.accuracy,
            encoder=card.encoder,
            data_sha256=card.data_sha256,
            tells_out_of_scope=card.scope_threshold is not None,
            report=served.has_report,
        )


class VersionDetail(BaseModel):
    """A version with all that its card says."""

    summary: Version
    labels: Sequence[Label]
    calibration: Calibration
    scope_threshold: float | None = Field(description="Below this scope score a text is out of scope.")
    seed: int
    packages: dict[str, str] = Field(description="What made it, and their versions.")

    @classmethod
    def of(cls, served: Served, default: str | None) -> "VersionDetail":
        """Return all that is told of a version."""
        return cls(summary=Version.of(served, default), **served.card.model_dump(include=_SAME))


_SAME = {"labels", "calibration", "scope_threshold", "seed", "packages"}


class Damaged(BaseModel):
    """A folder that cannot be served."""

    folder: str
    reason: str


class Models(BaseModel):
    """All versions, and which is the default."""

    default: str | None = Field(description="The version that answers where none is named; null if there is none.")
    previous: list[str] = Field(description="Those that were the default before, the last one last.")
    versions: list[Version] = Field(description="The newest first.")
    damaged: list[Damaged]

    @classmethod
    def of(cls, standing: Standing) -> "Models":
        """Return what is told of all versions."""
        return cls(
            default=standing.default,
            previous=list(standing.choice.previous) if standing.choice else [],
            versions=[Version.of(served, standing.default) for served in standing.served.values()],
            damaged=[Damaged(folder=folder, reason=reason) for folder, reason in standing.damaged.items()],
        )


def _in_utc(time: datetime) -> datetime:
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
