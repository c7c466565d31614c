"""What a training run tells the program that attends it: one line of JSON each, on its standard output."""

from typing import TypeAlias

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    def line(self) -> str:
        """Return it as it is sent, with its end."""
        return f"{self.model_dump_json()}\n"


class Step(_Message):
    """What begins now."""

    step: str


class Result(_Message):
    """The model's version, how many rows it is of, how many of the data were not taken, and why the first was not."""

    version: str
    rows: int
    rejected: int
    first_rejection: str | None = None


class Fault(_Message):
    """Why there is no model."""

    error: str


Message: TypeAlias = Step | Result | Fault
_MESSAGE: TypeAdapter[Message] = TypeAdapter(Message)


def parse(line: bytes) -> Message | None:
    """Return the message in `line`; None if it is none, as what a library prints."""
    try:
        return _MESSAGE.validate_json(line)
    except ValidationError:
        return None
