"""How long a client is willing to wait, as it says in `X-Request-Timeout`."""

import asyncio
from collections.abc import Awaitable
from typing import Annotated, Final, TypeVar

from fastapi import Depends, Header
from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from shared.errors import ProblemError

MAX_SECONDS: Final = 3600

T = TypeVar("T")


class DeadlineExceededError(ProblemError):
    """The client's time was up before the answer was there: 504."""

    def __init__(self, seconds: float) -> None:
        super().__init__(504, f"There was no answer within the {seconds:g} s that X-Request-Timeout allows.")


class Deadline:
    """The time until which an answer is of use, counted from the request's arrival."""

    def __init__(self, seconds: float | None) -> None:
        self._seconds = seconds
        self._at = None if seconds is None else asyncio.get_running_loop().time() + seconds

    async def keep(self, work: Awaitable[T]) -> T:
        """Return what `work` comes to; when time is up, cancel it and raise DeadlineExceededError."""
        try:
            async with asyncio.timeout_at(self._at) as limit:
                return await work
        except TimeoutError as error:
            if self._seconds is None or not limit.expired():
                raise
            raise DeadlineExceededError(self._seconds) from error


async def _deadline(
    x_request_timeout: Annotated[
        Annotated[float, Field(gt=0, le=MAX_SECONDS, allow_inf_nan=False)] | SkipJsonSchema[None],
        Header(
            description="Seconds after which the answer is of no use any more: then 504, and nothing is computed.",
        ),
    ] = None,
) -> Deadline:
    return Deadline(x_request_timeout)


DeadlineDep = Annotated[Deadline, Depends(_deadline)]
"""Dependency: the request's deadline; declare it before what reads the body."""
