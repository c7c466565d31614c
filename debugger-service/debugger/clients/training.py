"""The trainings of the intent service: rows go in, and after a while there is a new version of the model."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Annotated, Final, Literal, Self
from uuid import UUID

import httpx2
import stamina
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from debugger.clients.calling import (
    Key,
    PassingError,
    PermanentError,
    Timeouts,
    address_of,
    bounded,
    detail_of,
    is_untrusted,
)
from debugger.clients.prediction import Patience
from debugger.clients.retry_after import seconds_to_wait

__all__ = ["PassingError", "PermanentError", "Training", "TrainingClient"]

SERVICE: Final = "The intent service"
MAX_ANSWER_BYTES: Final = 4 << 20
MAX_STEP_CHARACTERS: Final = 200
SENDING: Final = Patience(attempts=4, first_wait=0.5, longest_wait=5, timeouts=Timeouts(connect=5, read=60, whole=300))
"""Short: who waits for a place in the service's queue asks again by itself."""

_TAKEN: Final = (200, 202)
_PASSING: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_ADVICE: Final = {
    401: "it wants another key; set DEBUGGER_INTENT_KEY to its INTENT_API_KEY",
    403: "trainings are off there; set INTENT_TRAININGS=true for it",
    404: "it has no trainings at this address; check DEBUGGER_INTENT_URL",
    413: "these are more rows than it takes; raise its INTENT_MAX_TRAINING_BYTES, or prove with fewer rows",
    501: "what trains is not installed there",
}

Status = Literal["queued", "running", "succeeded", "failed", "cancelled"]
_Text = Annotated[str, Field(max_length=10_000)]


class TakenStep(BaseModel):
    """What a run has begun."""

    text: _Text


class Training(BaseModel):
    """How far a training is, and what came of it; of the service's answer what is needed, checked."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    status: Status
    steps: list[TakenStep] = Field(default_factory=list, max_length=1_000)
    seconds: float | None = Field(None, ge=0, allow_inf_nan=False)
    version: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    training_rows: int | None = Field(None, ge=0)
    rejected_rows: int | None = Field(None, ge=0)
    first_rejection: _Text | None = None
    error: _Text | None = None

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will change."""
        return self.status not in {"queued", "running"}

    @property
    def step(self) -> str:
        """What it does now, in words."""
        if self.status == "queued":
            return "waiting behind other trainings"
        return self.steps[-1].text[:MAX_STEP_CHARACTERS] if self.steps else "beginning"


class TrainingClient:
    """Has models trained by the service at `url`; the key goes to that address alone.

    Each call is made several times where it may work later, and then raises PassingError; PermanentError says what to
    do. Raises ValueError for an address or a key that cannot be one.
    """

    def __init__(
        self,
        url: str,
        key: SecretStr | None = None,
        *,
        patience: Patience = SENDING,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._patience = patience
        self._key = Key(key)
        self._client = httpx2.AsyncClient(
            base_url=address_of(url, SERVICE),
            auth=self._key,
            headers={"Accept-Encoding": "identity"},
            timeout=httpx2.Timeout(patience.timeouts.read, connect=patience.timeouts.connect),
            transport=transport,
            follow_redirects=False,
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def submit(self, rows: bytes, idempotency_key: str, *, seed: int, encoder: str | None) -> Training:
        """Queue a training on `rows`, lines of JSON; with a key that was sent before, return the training it has."""
        request = self._client.build_request(
            "POST",
            "trainings",
            content=rows,
            params={"seed": str(seed), **({"encoder": encoder} if encoder else {})},
            headers={"Content-Type": "application/x-ndjson", "Idempotency-Key": idempotency_key},
        )
        return await self._sent(request, _ADVICE)

    async def get(self, training: UUID) -> Training:
        """Return how far it is."""
        lost = "it no longer knows the training, as when its folder of models is another one; begin another proof"
        return await self._sent(self._client.build_request("GET", f"trainings/{training}"), {**_ADVICE, 404: lost})

    async def cancel(self, training: UUID) -> Training:
        """End it; the answer comes when it has ended. PermanentError where that was so before."""
        advice = {**_ADVICE, 404: "it does not know the training", 409: "the training has ended"}
        return await self._sent(self._client.build_request("POST", f"trainings/{training}/cancel"), advice)

    async def _sent(self, request: httpx2.Request, advice: Mapping[int, str]) -> Training:
        patience = self._patience
        async for attempt in stamina.retry_context(
            self._pause,
            attempts=patience.attempts,
            timeout=None,
            wait_initial=patience.first_wait,
            wait_max=patience.longest_wait,
            wait_jitter=patience.jitter,
        ):
            with attempt:
                return await self._answer(request, advice)
        raise AssertionError("The last attempt returns or raises.")

    def _pause(self, error: Exception) -> bool:
        """Return whether to ask again soon; where the service says when, the caller waits."""
        return isinstance(error, PassingError) and (error.wait or 0) <= self._patience.longest_wait

    async def _answer(self, request: httpx2.Request, advice: Mapping[int, str]) -> Training:
        # What the library raises holds the request, and so the key: none of it is kept as a cause.
        try:
            async with asyncio.timeout(self._patience.timeouts.whole), self._answered(request) as answer:
                if answer.status_code not in _TAKEN:
                    raise await self._error(answer, advice)
                return _training_in(await bounded(answer, MAX_ANSWER_BYTES, SERVICE))
        except (httpx2.TimeoutException, TimeoutError):
            raise PassingError(f"{SERVICE} does not answer in time.") from None
        except httpx2.RequestError as error:
            if is_untrusted(error):
                reason = f"{SERVICE}'s certificate is not trusted: check DEBUGGER_INTENT_URL, or have it put right."
                raise PermanentError(reason) from None
            raise PassingError(f"{SERVICE} cannot be reached ({type(error).__name__}).") from None

    @asynccontextmanager
    async def _answered(self, request: httpx2.Request) -> AsyncIterator[httpx2.Response]:
        answer = await self._client.send(request, stream=True)
        try:
            yield answer
        finally:
            await answer.aclose()

    async def _error(self, answer: httpx2.Response, advice: Mapping[int, str]) -> Exception:
        status, detail = answer.status_code, await detail_of(answer, self._key)
        if status in _PASSING:
            wait = seconds_to_wait(answer.headers.get("Retry-After", ""))
            return PassingError(f"{SERVICE} answers {status}{detail}.", wait)
        what = advice.get(status, "it does not take the call; check DEBUGGER_INTENT_URL")
        return PermanentError(f"{SERVICE} answers {status}: {what}{detail}.")


def _training_in(body: bytes) -> Training:
    try:
        return Training.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the body"
        raise PassingError(f"{SERVICE}'s answer is no training: {where}: {first['msg']}.") from None
