"""What every request's body has in common."""

from pydantic import BaseModel, ConfigDict


class Body(BaseModel):
    """A request's body; a field that it does not know is refused, as one with a typo would silently do nothing."""

    model_config = ConfigDict(extra="forbid")
