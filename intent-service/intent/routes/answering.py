"""What every route that takes texts does: what is light is scored at once, all else in a thread in its turn."""

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Annotated, Any, Final, ParamSpec, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel

from intent.instruments import Instruments
from intent.scoring import Verdict, judge
from intent.served import Served
from intent.versions import Versions
from shared.bodies import parse_json
from shared.deadlines import Deadline
from shared.errors import problem_responses
from shared.workers import WorkerPool

LIGHT_CHARACTERS: Final = 400
"""A text of so many is scored in half a millisecond by n-grams, about what handing it to a thread and back takes."""
LIGHT_BYTES: Final = 16 << 10
"""A body of so many is parsed at once, a larger one in a thread."""
DECIMALS: Final = 8
"""Of a confidence."""

P = ParamSpec("P")
T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)

PROBLEMS: Final[dict[int | str, dict[str, Any]]] = problem_responses(
    {
        404: "There is no version '3f1c9a0b7d53'; there is 3f1c9a0b7d52.",
        422: "body.text: The text is empty or blank",
        503: "All 66 places are taken; try again in a moment.",
        504: "There was no answer within the 0.5 s that X-Request-Timeout allows.",
    }
)


def get_versions(request: Request) -> Versions:
    """Return the models in service."""
    versions: Versions = request.state.versions
    return versions


def get_instruments(request: Request) -> Instruments:
    """Return what counts the texts."""
    instruments: Instruments = request.state.instruments
    return instruments


VersionsDep = Annotated[Versions, Depends(get_versions)]
InstrumentsDep = Annotated[Instruments, Depends(get_instruments)]


def is_light(served: Served, texts: Sequence[str]) -> bool:
    """Return whether `texts` are scored so soon that handing them to a thread would take longer."""
    return len(texts) == 1 and len(texts[0]) <= LIGHT_CHARACTERS and served.is_light


async def compute(
    request: Request, pool: WorkerPool, deadline: Deadline, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Return what `function` returns, from a thread; raises DeadlineExceededError, ClientDisconnect."""
    return await deadline.keep(pool.run(request, function, *args, **kwargs))


async def parsed(request: Request, pool: WorkerPool, deadline: Deadline, model: type[M]) -> M:
    """Return the body as `model`, a large one from a thread; raises what `compute` and `parse_json` do."""
    body = await request.body()
    if len(body) <= LIGHT_BYTES:
        return parse_json(model, body)
    return await compute(request, pool, deadline, parse_json, model, body)


def judged(instruments: Instruments, served: Served, texts: Sequence[str], n_best: int) -> list[Verdict]:
    """Return what the model says of `texts`, and count it."""
    started = perf_counter()
    verdicts = judge(served.classifier, texts, n_best)
    instruments.record(served.card.version, verdicts, perf_counter() - started)
    return verdicts
