"""The catalog in PostgreSQL.

Ids are UUIDv7, so the order of ids is the order of registration and carries its time. Three tables say who carries
which label, each for one kind of question:

- `labelings` is the truth: every version of every image's labels, never changed.
- `images` repeats of the latest version its number and its coverage, `labels` its tags. Both are there to be searched:
  `labels`, as `image_words`, is an inverted index, and has no foreign keys, whose checks would slow down every import.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel
from uuid_utils.compat import uuid7

NO_COVERAGE = 0
"""The coverage of an image that nobody has looked at for anything in particular."""

HASH_PARTS = 4
"""A perceptual hash of 64 bits is indexed in so many parts of 16."""


def hash_part(part: int) -> str:
    """Return the SQL expression of a part of the hash; a query must have the very one that is indexed."""
    return f"((perceptual_hash >> {16 * (HASH_PARTS - 1 - part)}) & 65535)"


class Image(SQLModel, table=True):
    """A photo: bytes in the object store, or a URL, or both."""

    __tablename__ = "images"
    __table_args__ = (
        Index("images_type_id", "type", "id"),
        Index("images_coverage_id_id", "coverage_id", "id"),
        Index("images_unlabeled", "id", postgresql_where=text("version = 0")),
        Index("images_labeled", "id", postgresql_where=text("version > 0")),
        *(
            Index(
                f"images_hash_part_{part}", text(hash_part(part)), postgresql_where=text("perceptual_hash IS NOT NULL")
            )
            for part in range(HASH_PARTS)
        ),
    )

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    name: str = Field(sa_type=Text)
    url: str | None = Field(default=None, sa_type=Text)
    type: str = Field(sa_type=Text)
    sha256: bytes | None = Field(default=None, sa_type=LargeBinary, unique=True)
    size: int | None = Field(default=None, sa_type=BigInteger)
    width: int | None = None
    height: int | None = None
    perceptual_hash: int | None = Field(default=None, sa_type=BigInteger)
    version: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default=text("0")))
    coverage_id: int = Field(
        default=NO_COVERAGE,
        sa_column=Column(Integer, ForeignKey("coverages.id"), nullable=False, server_default=text("0")),
    )


class Tag(SQLModel, table=True):
    """A name that images can carry; `key` is the name without regard to case.

    A tag that was merged into another stays as a synonym of it.
    """

    __tablename__ = "tags"

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    name: str = Field(sa_type=Text)
    key: str = Field(sa_column=Column(Text(collation="C"), nullable=False, unique=True))
    merged_into: UUID | None = Field(default=None, sa_column=Column(Uuid, ForeignKey("tags.id"), index=True))


class Coverage(SQLModel, table=True):
    """A set of tags that somebody looked for; labelings that looked for the same share one row."""

    __tablename__ = "coverages"
    __table_args__ = (Index("coverages_label_schema_id", "label_schema_id"),)

    id: int | None = Field(default=None, sa_column=Column(Integer, Identity(always=False), primary_key=True))
    label_schema_id: UUID | None = Field(default=None, foreign_key="label_schemas.id")
    label_schema_version: int | None = None
    tag_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    digest: bytes = Field(sa_type=LargeBinary, unique=True)


class CoverageTag(SQLModel, table=True):
    """Which coverages have a tag."""

    __tablename__ = "coverage_tags"

    tag_id: UUID = Field(foreign_key="tags.id", primary_key=True)
    coverage_id: int = Field(foreign_key="coverages.id", primary_key=True)


class Labeling(SQLModel, table=True):
    """One version of an image's labels: what was there of what was looked for, as somebody saw it.

    A `whole` one says all of it independently of the versions before, the others change something of these.
    """

    __tablename__ = "labelings"
    __table_args__ = (CheckConstraint("source IN ('human', 'model', 'import')", "labelings_source"),)

    image_id: UUID = Field(
        sa_column=Column(Uuid, ForeignKey("images.id", ondelete="CASCADE"), primary_key=True, nullable=False)
    )
    version: int = Field(primary_key=True, sa_type=Integer)
    tag_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    coverage_id: int = Field(foreign_key="coverages.id")
    author: str = Field(sa_type=Text)
    source: str = Field(sa_type=Text)
    comment: str | None = Field(default=None, sa_type=Text)
    restored: int | None = None
    whole: bool = Field(default=False, sa_column=Column(Boolean, nullable=False, server_default=text("false")))
    created_at: datetime = Field(sa_type=DateTime(timezone=True))


class Label(SQLModel, table=True):
    """The latest labeling of the image has the tag."""

    __tablename__ = "labels"

    tag_id: UUID = Field(primary_key=True)
    image_id: UUID = Field(primary_key=True)


class ImageWord(SQLModel, table=True):
    """The image's name has the word: like `labels`, an inverted index."""

    __tablename__ = "image_words"

    word: str = Field(sa_column=Column(Text(collation="C"), primary_key=True))
    image_id: UUID = Field(primary_key=True)


class Counter(SQLModel, table=True):
    """How many images a tag or a dataset has: the sum over its slots, so that writers seldom wait for each other."""

    __tablename__ = "counters"

    subject: UUID = Field(primary_key=True)
    slot: int = Field(primary_key=True, sa_type=SmallInteger)
    value: int = Field(sa_type=BigInteger)


class LabelSchema(SQLModel, table=True):
    """A named set of tags to look for, in versions."""

    __tablename__ = "label_schemas"

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    name: str = Field(sa_type=Text)
    key: str = Field(sa_column=Column(Text(collation="C"), nullable=False, unique=True))
    description: str | None = Field(default=None, sa_type=Text)
    version: int = 1


class LabelSchemaVersion(SQLModel, table=True):
    """The tags of one version of a label schema; never changed."""

    __tablename__ = "label_schema_versions"

    label_schema_id: UUID = Field(foreign_key="label_schemas.id", primary_key=True)
    version: int = Field(primary_key=True)
    tag_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    comment: str | None = Field(default=None, sa_type=Text)
    created_at: datetime = Field(sa_type=DateTime(timezone=True))


class Dataset(SQLModel, table=True):
    """A named collection of images."""

    __tablename__ = "datasets"

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    name: str = Field(sa_type=Text)
    key: str = Field(sa_column=Column(Text(collation="C"), nullable=False, unique=True))
    description: str | None = Field(default=None, sa_type=Text)


class DatasetImage(SQLModel, table=True):
    """The image is in the dataset."""

    __tablename__ = "dataset_images"
    __table_args__ = (Index("dataset_images_image_id", "image_id"),)

    dataset_id: UUID = Field(
        sa_column=Column(Uuid, ForeignKey("datasets.id", ondelete="CASCADE"), primary_key=True, nullable=False)
    )
    image_id: UUID = Field(
        sa_column=Column(Uuid, ForeignKey("images.id", ondelete="CASCADE"), primary_key=True, nullable=False)
    )


class Snapshot(SQLModel, table=True):
    """A dataset as it once was; `names` are what its `tags` and `label_schemas` were called at that time, by id.

    It is one as soon as it has its hash; before, a job is making it.
    """

    __tablename__ = "snapshots"
    __table_args__ = (Index("snapshots_dataset_id_content_hash", "dataset_id", "content_hash", unique=True),)

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    dataset_id: UUID = Field(foreign_key="datasets.id")
    content_hash: bytes | None = Field(default=None, sa_type=LargeBinary)
    image_count: int = Field(sa_type=BigInteger)
    comment: str | None = Field(default=None, sa_type=Text)
    names: dict[str, dict[str, str]] = Field(sa_column=Column(JSONB, nullable=False))


class SnapshotImage(SQLModel, table=True):
    """The image, under its name at that time, and the version of its labels; 0 when it had none."""

    __tablename__ = "snapshot_images"
    __table_args__ = (Index("snapshot_images_image_id", "image_id"),)

    snapshot_id: UUID = Field(
        sa_column=Column(Uuid, ForeignKey("snapshots.id", ondelete="CASCADE"), primary_key=True, nullable=False)
    )
    image_id: UUID = Field(foreign_key="images.id", primary_key=True)
    version: int
    name: str = Field(sa_type=Text)


class Suggestion(SQLModel, table=True):
    """What a model said of an image; never a label until somebody accepts it in the labeling `accepted_in`."""

    __tablename__ = "suggestions"
    __table_args__ = (Index("suggestions_image_id_id", "image_id", "id"),)

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    image_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("images.id", ondelete="CASCADE"), nullable=False))
    tag: str = Field(sa_type=Text)
    confidence: float = Field(sa_type=Double)
    model: str = Field(sa_type=Text)
    model_version: str = Field(sa_type=Text)
    accepted_in: int | None = None


class PendingObject(SQLModel, table=True):
    """An object that is being written or is to be deleted: if it stays here, it is swept."""

    __tablename__ = "pending_objects"

    path: str = Field(primary_key=True, sa_type=Text)
    since: datetime = Field(sa_type=DateTime(timezone=True))
