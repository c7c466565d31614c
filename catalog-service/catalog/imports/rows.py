"""What a record says: which image, and what is on it."""

import csv
import io
from collections.abc import Sequence
from functools import lru_cache
from typing import Annotated, Any, Final
from uuid import UUID

import orjson
from pydantic import AliasChoices, BaseModel, Field, StringConstraints, ValidationError, model_validator

from catalog.exports.comma_separated import unshielded
from catalog.fields import HttpUrl, MediaType, Text
from catalog.labelings import Source
from shared.names import MAX_NAME_LENGTH, Name, clean, key_of

MAX_TAGS: Final = 1000
SEPARATOR: Final = ";"
"""Between the tags in a cell that does not hold a JSON array."""

BOM: Final = b"\xef\xbb\xbf"
"""What some editors put before the first character of a file in UTF-8."""

_LISTS: Final = frozenset({"tags", "present", "absent"})
Names = Annotated[
    list[Annotated[str, StringConstraints(max_length=MAX_NAME_LENGTH)]],
    Field(max_length=MAX_TAGS),
]


class ImportRow(BaseModel):
    """An image that exists, by its `id` or `sha256`, or one to register by its `url`; and its labels, if there are any.

    What an export writes besides is passed over.
    """

    id: UUID | None = None
    sha256: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")] | None = None
    name: Name | None = None
    url: HttpUrl | None = None
    type: MediaType | None = None
    tags: Names | None = Field(None, validation_alias=AliasChoices("tags", "present"))
    absent: Names = []
    author: Name | None = None
    source: Source | None = None
    comment: Text | None = None
    labeling: int | None = -1
    """Null in an export for an image that was never labeled, whose `present` then says nothing."""

    @model_validator(mode="after")
    def _names_an_image(self) -> "ImportRow":
        if self.id is None and self.sha256 is None and (self.url is None or self.name is None or self.type is None):
            raise ValueError("a row has the `id` or `sha256` of an image, or `name`, `url` and `type` of a new one")
        self.tags = None if self.tags is None else list(map(_clean, self.tags))
        self.absent = list(map(_clean, self.absent))
        if self.absent and not set(map(key_of, self.tags or ())).isdisjoint(map(key_of, self.absent)):
            raise ValueError("a tag cannot be present and absent at the same time")
        return self

    @property
    def subject(self) -> str:
        """Which image the row is about, for people."""
        return str(self.id or self.sha256 or self.name)

    @property
    def is_labeled(self) -> bool:
        """Whether the row says anything of what is on the image."""
        return self.labeling is not None and (self.tags is not None or bool(self.absent))


def parse_json(data: bytes) -> ImportRow:
    """Return what a line of NDJSON says; raises ValueError with a text for people."""
    try:
        return ImportRow.model_validate_json(data.removeprefix(BOM))
    except ValidationError as error:
        raise ValueError(_text(error)) from error


def parse_header(data: bytes) -> list[str]:
    """Return the names of the columns; raises ValueError."""
    columns = [column.strip().lower() for column in _cells(data.removeprefix(BOM))]
    if len(set(columns)) < len(columns):
        raise ValueError("two columns have the same name")
    if not {"id", "sha256", "url"}.intersection(columns):
        raise ValueError("it must name the columns, among them `url`, `id` or `sha256`")
    return columns


def parse_csv(data: bytes, columns: Sequence[str]) -> ImportRow:
    """Return what a line of CSV says; raises ValueError with a text for people."""
    cells = _cells(data)
    if len(cells) != len(columns):
        raise ValueError(f"the row has {len(cells)} cells, the first line {len(columns)}")
    row = {column: _value(column, cell) for column, cell in zip(columns, cells, strict=True) if cell != ""}
    if "labeling" in columns:
        row.setdefault("labeling", None)
    try:
        return ImportRow.model_validate(row)
    except ValidationError as error:
        raise ValueError(_text(error)) from error


def _cells(data: bytes) -> list[str]:
    try:
        rows = list(csv.reader(io.StringIO(data.decode(), newline=""), strict=True))
    except UnicodeDecodeError as error:
        raise ValueError("the row is not UTF-8") from error
    except csv.Error as error:
        raise ValueError(f"the row is not CSV: {error}") from error
    if not rows:
        raise ValueError("the row is empty")
    if len(rows) > 1:
        raise ValueError("a line ends with LF or CRLF, and not with CR alone")
    return rows[0]


def _value(column: str, cell: str) -> Any:  # noqa: ANN401 a list where the column is one
    if column not in _LISTS:
        return unshielded(cell)
    if cell.startswith("["):
        try:
            return orjson.loads(cell)
        except orjson.JSONDecodeError as error:
            raise ValueError(f"{column}: this is no JSON array: {error}") from error
    return [name for name in map(str.strip, unshielded(cell).split(SEPARATOR)) if name]


@lru_cache(maxsize=100_000)
def _clean(name: str) -> str:
    return clean(name)


def _text(error: ValidationError) -> str:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    parts = [(".".join(map(str, each["loc"])), each["msg"].removeprefix("Value error, ")) for each in found[:3]]
    text = "; ".join(f"{place}: {message}" if place else message for place, message in parts)
    return f"{text}; and {len(found) - 3} more" if len(found) > 3 else text
