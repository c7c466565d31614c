"""Projects and versions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from debugger.schemas.fields import CommentText
from debugger.tables import Project, Version
from debugger.versions import Difference, State
from shared.names import Name
from shared.times import created_at


class ProjectIn(BaseModel):
    """A new project."""

    model_config = ConfigDict(extra="forbid")

    name: Name = Field(examples=["Chatbot, autumn"])
    description: CommentText | None = None


class ProjectChange(BaseModel):
    """What is given of a project is changed."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    description: CommentText | None = None


class ProjectOut(BaseModel):
    """A data set and where it is."""

    id: UUID
    name: str
    description: str | None
    version: int = Field(description="The latest data version; 0 while nothing was imported.")
    rows: int
    analysis_id: UUID | None = Field(description="The newest analysis that is done.")
    created_at: datetime

    @classmethod
    def of(cls, project: Project) -> "ProjectOut":
        """Return what is told of `project`."""
        return cls(
            id=project.id,
            name=project.name,
            description=project.description,
            version=project.version,
            rows=project.row_count,
            analysis_id=project.analysis_id,
            created_at=created_at(project.id),
        )


class VersionOut(BaseModel):
    """A change of the data."""

    number: int
    action: str = Field(description="`import`, `undo`, or what was decided, such as `relabel`.")
    author: str
    comment: str | None
    changed: int = Field(description="So many rows came or changed.")
    request: dict[str, Any] = Field(description="What was asked for: the new label, the file's name.")
    undoes: int | None = Field(description="The version that it undoes.")
    undone_by: int | None
    created_at: datetime

    @classmethod
    def of(cls, version: Version) -> "VersionOut":
        """Return what is told of `version`."""
        return cls.model_validate(version.model_dump(exclude={"project_id"}))


class VersionEvent(VersionOut):
    """A change of the data, as those who watch the project are told of it."""

    rows: list[int] = Field(description="The numbers of the rows that came or changed; at most 1,000 of them.")

    @classmethod
    def about(cls, version: Version, rows: Sequence[int]) -> "VersionEvent":
        """Return what is told of `version`, which changed these rows."""
        return cls(**version.model_dump(exclude={"project_id"}), rows=list(rows))


class StateOut(BaseModel):
    """What a row is in a version."""

    label: str | None
    status: str
    decision: str | None

    @classmethod
    def of(cls, state: State) -> "StateOut":
        """Return what is told of `state`."""
        return cls(label=state.label, status=state.status, decision=state.decision)


class DifferenceOut(BaseModel):
    """A row that two versions see differently."""

    number: int
    id: str | None
    text: str
    before: StateOut | None = Field(description="Null where the row came later.")
    after: StateOut
    version: int = Field(description="Of those between, the last that changed the row.")

    @classmethod
    def of(cls, found: Difference) -> "DifferenceOut":
        """Return what is told of `found`."""
        return cls(
            number=found.number,
            id=found.external_id,
            text=found.text,
            before=StateOut.of(found.before) if found.before else None,
            after=StateOut.of(found.after),
            version=found.version,
        )
