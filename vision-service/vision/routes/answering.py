"""What every route that takes images does: find the model, keep to the deadline, mind whether the client is there."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final, TypeVar

from fastapi import Request

from shared.deadlines import Deadline
from shared.errors import problem_responses
from shared.workers import unless_gone
from vision.caching import Answer
from vision.instruments import Timings
from vision.models.card import ModelCard
from vision.pipeline import Pipeline
from vision.registry import Registry

AT_ONCE: Final = 16
"""Images of one request that are in the queues at the same time, so that others have their turn in between."""

Item = TypeVar("Item")
T = TypeVar("T")

PROBLEMS: Final[dict[int | str, dict[str, Any]]] = problem_responses(
    {
        404: "There is no model 'resnet19'; there is mobilenet_v2, resnet18",
        408: "The body did not arrive within 120 seconds.",
        413: "The image has 20,000 x 20,000 pixels; at most 50,000,000 are accepted.",
        415: "The file is not an image in JPEG, PNG, WebP, GIF, BMP or TIFF format.",
        422: "The JPEG image is damaged or cut off: image file is truncated (3 bytes not processed)",
        503: "All 66 places are taken; try again in a moment.",
        504: "There was no answer within the 0.5 s that X-Request-Timeout allows.",
    }
)


async def answer(
    request: Request, name: str | None, data: bytes, deadline: Deadline
) -> tuple[ModelCard, Answer, Timings]:
    """Return what the model says of the image file `data`, the model's card, and what it took.

    Raises what `Registry.get` and `Pipeline.answer` do, DeadlineExceededError and ClientDisconnect.
    """
    registry: Registry = request.state.registry
    pipeline: Pipeline = request.state.pipeline
    with registry.get(name).in_use() as model:
        found, timings = await deadline.keep(unless_gone(request, pipeline.answer(model, data)))
        return model.card, found, timings


async def in_turns(answer_one: Callable[[Item], Awaitable[T]], images: Iterable[Item]) -> list[T]:
    """Return what each of one request's images comes to, in order; raises the error of one that fails."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def in_turn(image: Item) -> T:
        async with turns:
            return await answer_one(image)

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(in_turn(image)) for image in images]
    except ExceptionGroup as failed:  # of those that failed together any will do
        raise failed.exceptions[0] from None
    return [task.result() for task in tasks]
