"""What the file says of each key: everything but the key."""

from datetime import UTC, datetime
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from gateway.consumer import Scopes, is_consumer_name
from gateway.keys.text import ID_PATTERN

MAX_NOTE: Final = 200
MAX_SCOPES: Final = 100
HASH_PREFIX: Final = "sha256:"

State = Literal["active", "expired", "revoked"]


def checked_consumer(name: str) -> str:
    """Return `name`; raises ValueError where it can be no consumer's."""
    if not is_consumer_name(name):
        raise ValueError("a consumer's name is 1 to 128 letters, digits and . _ @ -, the first a letter or digit")
    return name


def checked_scopes(scopes: tuple[str, ...]) -> tuple[str, ...]:
    """Return `scopes`, each once; raises ValueError, which does not tell what is no scope: it could be anything."""
    try:
        return Scopes(scopes).texts
    except ValueError:
        raise ValueError("a scope is service:verb, as catalog:read, vision:post or *:*") from None


def checked_note(note: str) -> str:
    """Return `note`; raises ValueError where it is too long or would upset a terminal."""
    if len(note) > MAX_NOTE or not note.isprintable():
        raise ValueError(f"a note is one line of at most {MAX_NOTE} printable characters")
    return note


def _in_utc(time: datetime) -> datetime:
    try:
        return time.astimezone(UTC)
    except OverflowError:
        raise ValueError("the time is outside the years 1 to 9999") from None


Id = Annotated[str, Field(pattern=f"^{ID_PATTERN}$")]
Time = Annotated[AwareDatetime, AfterValidator(_in_utc)]


class Entry(BaseModel):
    """One key; `hash` is not shown in its `repr`."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    id: Id
    consumer: Annotated[str, AfterValidator(checked_consumer)]
    scopes: Annotated[tuple[str, ...], Field(min_length=1, max_length=MAX_SCOPES), AfterValidator(checked_scopes)]
    hash: Annotated[str, Field(pattern=rf"^{HASH_PREFIX}[0-9a-f]{{64}}$", repr=False)]
    created_at: Time
    expires_at: Time | None
    revoked_at: Time | None
    note: Annotated[str, AfterValidator(checked_note)] | None
    rotated_from: Id | None

    def state(self, now: datetime) -> State:
        """Tell what the key is at `now`; one that was revoked stays so."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= now else "active"

    def ended_at(self, now: datetime) -> datetime | None:
        """Return since when the key is of no use, None while it is active."""
        if self.state(now) == "active":
            return None
        return min(time for time in (self.revoked_at, self.expires_at) if time is not None)

    def digest(self) -> bytes:
        """Return the 32 bytes of the key's hash."""
        return bytes.fromhex(self.hash.removeprefix(HASH_PREFIX))


class Entries(BaseModel):
    """All keys, the oldest first."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    version: Literal[1] = 1
    keys: tuple[Entry, ...] = ()

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        seen: set[str] = set()
        for entry in self.keys:
            if entry.id in seen:
                raise ValueError(f"the id {entry.id} is there twice")
            seen.add(entry.id)
        return self

    def to_json(self) -> str:
        """Return the file's text: one field a line, always in the same order."""
        ordered = sorted(self.keys, key=lambda entry: (entry.created_at, entry.id))
        return self.model_copy(update={"keys": tuple(ordered)}).model_dump_json(indent=2) + "\n"
