"""The sentence encoder of the intent service: texts go in, vectors of unit length come back."""

import asyncio
import json
import random
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Self

import httpx2
import numpy as np
import stamina
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from debugger.clients.calling import (
    Key,
    PassingError,
    PermanentError,
    RefusedError,
    Timeouts,
    address_of,
    bounded,
    detail_of,
    is_untrusted,
)
from debugger.clients.prediction import Patience
from debugger.clients.retry_after import seconds_to_wait

__all__ = ["Embedded", "EmbeddingClient", "Encoder", "PassingError", "PermanentError", "RefusedError"]

SERVICE: Final = "The intent service"
MAX_TEXTS: Final = 128
"""In one call; the service takes twice as many, but a slow one should not be asked for more than seconds of work."""
MAX_ANSWER_BYTES: Final = 8 << 20
MAX_DIMENSIONS: Final = 4096
MAX_REFUSED: Final = 8
"""Where it refuses all of more texts than these, it is not the texts that are wrong."""
ROUNDING: Final = 1e-3
"""By which the length of a vector may differ from 1."""
PATIENCE: Final = Patience(attempts=8, longest_wait=30, timeouts=Timeouts(connect=5, read=120, whole=180))
"""A minute or so: a service that starts anew is there again."""

_REFUSED: Final = frozenset({413, 422})
_PASSING: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_ADVICE: Final = {
    401: "it wants another key; set DEBUGGER_INTENT_KEY to its INTENT_API_KEY",
    404: "it has no embeddings at this address, or no such version; check DEBUGGER_INTENT_URL",
    409: "its model has no sentence encoder; train one with --encoder",
}


class Encoder(BaseModel):
    """Which encoder made vectors: those of two can be compared if `is_same`."""

    model_config = ConfigDict(frozen=True, protected_namespaces=())

    version: Annotated[str, Field(max_length=100)]
    """Of the model that has it."""

    source: Annotated[str, Field(max_length=1000)]
    finetuned: bool
    weights_sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    dimensions: Annotated[int, Field(ge=1, le=MAX_DIMENSIONS)]

    def is_same(self, other: "Encoder") -> bool:
        """Whether both turn a text into the same vector; versions of a model may have the same encoder."""
        return (self.weights_sha256, self.dimensions) == (other.weights_sha256, other.dimensions)


@dataclass(frozen=True)
class Embedded:
    """Vectors of n texts, (n, dimensions) of unit length; zeros for the `refused` ones."""

    vectors: NDArray[np.float32]
    refused: int


class UnreachableError(PassingError):
    """Nobody listens at the address."""


class UnknownVersionError(PermanentError):
    """The service no longer has the version of the model, or never had embeddings."""


class _Encoding(BaseModel):
    source: str
    finetuned: bool
    weights_sha256: str


class _Answer(BaseModel):
    version: str
    encoder: _Encoding
    dimensions: int
    vectors: str


class EmbeddingClient:
    """Asks the service at `url`, `concurrency` calls at a time; the key goes to that address alone.

    Each call is made several times where it may work later, and then raises PassingError; PermanentError says what to
    do. Raises ValueError for an address or a key that cannot be one.
    """

    def __init__(
        self,
        url: str,
        key: SecretStr | None = None,
        *,
        concurrency: int = 4,
        patience: Patience = PATIENCE,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._patience = patience
        self._concurrency = concurrency
        self._places = asyncio.Semaphore(concurrency)
        self._key = Key(key)
        self._client = httpx2.AsyncClient(
            base_url=address_of(url, SERVICE),
            auth=self._key,
            headers={"Accept-Encoding": "identity", "Content-Type": "application/json"},
            timeout=httpx2.Timeout(patience.timeouts.read, connect=patience.timeouts.connect),
            limits=httpx2.Limits(max_connections=concurrency),
            transport=transport,
            follow_redirects=False,
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def encoder(self) -> Encoder:
        """Return the encoder in service; one that nobody listens for is not waited for."""
        try:
            return (await self._patiently(["hello"], None, waits_for_it=False))[0]
        except RefusedError as error:
            raise PermanentError(str(error)) from None

    async def embed(self, texts: Sequence[str], encoder: Encoder) -> Embedded:
        """Return the vectors of `texts`, in order, by that very encoder; PermanentError where it is another one now."""
        vectors = np.zeros((len(texts), encoder.dimensions), np.float32)
        refused = [number for number, text in enumerate(texts) if not _is_visible(text)]
        askable = [number for number, text in enumerate(texts) if _is_visible(text)]
        batches = (askable[start : start + MAX_TEXTS] for start in range(0, len(askable), MAX_TEXTS))

        async def work(batches: Iterator[list[int]]) -> None:
            for batch in batches:
                places = dict(zip(batch, await self._batch([texts[number] for number in batch], encoder)))
                refused.extend(number for number, vector in places.items() if vector is None)
                for number, vector in places.items():
                    vectors[number] = 0 if vector is None else vector

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(self._concurrency, -(-len(askable) // MAX_TEXTS))):
                    group.create_task(work(batches))
        except* (PermanentError, PassingError) as errors:
            raise errors.exceptions[0] from None
        return Embedded(vectors, len(refused))

    async def _batch(self, texts: Sequence[str], encoder: Encoder) -> list[NDArray[np.float32] | None]:
        """Return the vectors; None for each text that is refused."""
        found = await self._apart(texts, encoder)
        if len(found) > MAX_REFUSED and all(vector is None for vector in found):
            raise PermanentError(f"{SERVICE} refuses all of {len(found)} texts: check that it speaks this API.")
        return found

    async def _apart(self, texts: Sequence[str], encoder: Encoder) -> list[NDArray[np.float32] | None]:
        try:
            return list(await self._vectors(texts, encoder))
        except RefusedError:
            middle = len(texts) // 2
            if not middle:
                return [None]
            return [*await self._apart(texts[:middle], encoder), *await self._apart(texts[middle:], encoder)]

    async def _vectors(self, texts: Sequence[str], encoder: Encoder) -> NDArray[np.float32]:
        try:
            answered, vectors = await self._patiently(texts, encoder.version)
        except UnknownVersionError:  # the model was replaced, perhaps by one with the same encoder
            answered, vectors = await self._patiently(texts, None)
        if not answered.is_same(encoder):
            raise PermanentError(f"{SERVICE} has another sentence encoder now: that of version {answered.version}.")
        return vectors

    async def _patiently(
        self, texts: Sequence[str], version: str | None, *, waits_for_it: bool = True
    ) -> tuple[Encoder, NDArray[np.float32]]:
        def pause(error: Exception) -> bool | float:
            if not isinstance(error, PassingError) or (isinstance(error, UnreachableError) and not waits_for_it):
                return False
            if error.wait is None:
                return True
            return min(error.wait, patience.longest_wait) + random.uniform(0, patience.jitter)  # noqa: S311 no secret

        patience = self._patience
        async for attempt in stamina.retry_context(
            pause,
            attempts=patience.attempts,
            timeout=None,
            wait_initial=patience.first_wait,
            wait_max=patience.longest_wait,
            wait_jitter=patience.jitter,
        ):
            with attempt:
                async with self._places:
                    return await self._asked(texts, version)
        raise AssertionError("The last attempt returns or raises.")

    async def _asked(self, texts: Sequence[str], version: str | None) -> tuple[Encoder, NDArray[np.float32]]:
        # What the library raises holds the request, and so the key: none of it is kept as a cause.
        try:
            async with asyncio.timeout(self._patience.timeouts.whole):
                return await self._post(texts, version)
        except (httpx2.TimeoutException, TimeoutError):
            raise PassingError(f"{SERVICE} does not answer in time.") from None
        except httpx2.RequestError as error:
            if is_untrusted(error):
                reason = f"{SERVICE}'s certificate is not trusted: check DEBUGGER_INTENT_URL, or have it put right."
                raise PermanentError(reason) from None
            kind = UnreachableError if isinstance(error, httpx2.ConnectError) else PassingError
            raise kind(f"{SERVICE} cannot be reached ({type(error).__name__}).") from None

    async def _post(self, texts: Sequence[str], version: str | None) -> tuple[Encoder, NDArray[np.float32]]:
        # In ASCII: a lone surrogate reaches the service too, and is refused there as one text.
        body = json.dumps({"texts": list(texts), "encoding_format": "base64"}).encode()
        params = {} if version is None else {"version": version}
        async with self._client.stream("POST", "embeddings", content=body, params=params) as answer:
            if answer.status_code != httpx2.codes.OK:
                raise await self._error(answer)
            return _embedded_in(await bounded(answer, MAX_ANSWER_BYTES, SERVICE), len(texts))

    async def _error(self, answer: httpx2.Response) -> Exception:
        status, detail = answer.status_code, await detail_of(answer, self._key)
        if status in _REFUSED:
            return RefusedError(f"{SERVICE} refuses the text with {status}{detail}.")
        if status in _PASSING:
            wait = seconds_to_wait(answer.headers.get("Retry-After", ""))
            return PassingError(f"{SERVICE} answers {status}{detail}.", wait)
        what = _ADVICE.get(status, "it does not take the call; check DEBUGGER_INTENT_URL")
        kind = UnknownVersionError if status == httpx2.codes.NOT_FOUND else PermanentError
        return kind(f"{SERVICE} answers {status}: {what}{detail}.")


def _embedded_in(body: bytes, texts: int) -> tuple[Encoder, NDArray[np.float32]]:
    try:
        answer = _Answer.model_validate_json(body)
        encoder = Encoder(version=answer.version, dimensions=answer.dimensions, **answer.encoder.model_dump())
        vectors = np.frombuffer(b64decode(answer.vectors, validate=True), "<f4").astype(np.float32)
        found = vectors.reshape(texts, encoder.dimensions)
    except (ValidationError, Base64Error, ValueError):
        raise PassingError(f"{SERVICE}'s answer is no embeddings of {texts} texts.") from None
    # Not finite numbers have no such length either.
    if not np.all(np.abs(np.linalg.norm(found.astype(np.float64), axis=1) - 1) <= ROUNDING):
        raise PassingError(f"{SERVICE}'s answer has vectors whose length is not 1.")
    return encoder, found


def _is_visible(text: str) -> bool:
    """Whether there is anything but blanks and control characters, which the service takes for blanks."""
    return any(not character.isspace() and not _is_control(character) for character in text)


def _is_control(character: str) -> bool:
    return character < " " or "\x7f" <= character <= "\x9f" or "\ud800" <= character <= "\udfff"
