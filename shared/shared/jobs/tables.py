"""Jobs in PostgreSQL; a service makes these tables in its own migrations."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, DateTime, ForeignKey, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel
from uuid_utils.compat import uuid7

UNFINISHED = ("queued", "running")
"""The statuses of a job that goes on."""


class Job(SQLModel, table=True):
    """Work that outlives a request; `position` is where it goes on after a restart."""

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint("status IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')", "jobs_status"),
    )

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    kind: str = Field(sa_type=Text)
    status: str = Field(default="queued", sa_type=Text)
    idempotency_key: str | None = Field(default=None, sa_type=Text, unique=True)
    request: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    position: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))
    total: int | None = Field(default=None, sa_type=BigInteger)
    done: int = Field(default=0, sa_type=BigInteger)
    failed: int = Field(default=0, sa_type=BigInteger)
    error: str | None = Field(default=None, sa_type=Text)
    result: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    started_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    finished_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class JobError(SQLModel, table=True):
    """One thing that a job could not do: of an import its row, of a suggestion its image."""

    __tablename__ = "job_errors"

    job_id: UUID = Field(
        sa_column=Column(Uuid, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True, nullable=False)
    )
    number: int = Field(primary_key=True, sa_type=BigInteger)
    subject: str = Field(sa_type=Text)
    message: str = Field(sa_type=Text)
