"""One call of the Humanloop prediction API, and which of the many ways in which it can fail it failed in."""

import asyncio
import json
import ssl
from collections.abc import Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote

import httpx2
from pydantic import SecretStr
from pydantic_core import from_json

from debugger.clients.retry_after import seconds_to_wait
from shared.refusals import RefusalError

MAX_ANSWER_BYTES: Final = 8 << 20
MAX_DETAIL_BYTES: Final = 64 << 10
"""Of an answer that says what is wrong; a longer one is not looked at."""
MAX_DETAIL_CHARACTERS: Final = 300
MAX_PORT: Final = 65_535
PREDICTION_API: Final = "The prediction API"
"""What errors call the service, unless they are told that it is another."""

_PASSING: Final = frozenset({408, 425, 429})
_NEVER: Final = frozenset({501, 505})
_REFUSED: Final = frozenset({413, 422})
_ADVICE: Final = {
    400: "it does not understand the call; check that it speaks the Humanloop prediction API",
    401: "it wants another key; give the right one",
    403: "the key may not ask for this project; give one that may",
    404: "nothing is there; check the address, the project and the version",
}


class PermanentError(RefusalError):
    """The service will never answer as it is asked; the text names the status and what to do."""


class PassingError(Exception):
    """It may work later; `wait` is how long the service wants to be left alone, in seconds."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


class RefusedError(Exception):
    """One of the texts, or their size, is refused."""


@dataclass(frozen=True)
class Timeouts:
    """Seconds until a connection must stand, until the next bytes must come, and until the answer must be whole."""

    connect: float = 5
    read: float = 30
    whole: float = 60


@dataclass(frozen=True)
class Question:
    """Texts, how many labels of each are wanted at most, and the version of the model, where there are several."""

    texts: Sequence[str]
    n_best: int
    version: str | None = None

    def of(self, texts: Sequence[str]) -> "Question":
        """Return the same question about other texts."""
        return replace(self, texts=texts)

    def body(self) -> bytes:
        """Return it as JSON in ASCII: a lone surrogate reaches the service too, and is refused there as one text."""
        return json.dumps({"data": [{"text": text} for text in self.texts], "n_best": self.n_best}).encode()


class Key(httpx2.Auth):
    """Adds the key to each call, and is the only one that knows it; raises ValueError for what cannot be one."""

    def __init__(self, key: SecretStr | None) -> None:
        secret = key.get_secret_value() if key else ""
        if not all("!" <= character <= "~" for character in secret):
            raise ValueError("A key for the prediction API has printable ASCII characters alone, and no blanks.")
        self._key = key if secret else None

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Add it to `request`."""
        if self._key:
            request.headers["X-API-KEY"] = self._key.get_secret_value()
        yield request

    def hidden_in(self, text: str) -> str:
        """Return `text` without the key."""
        return text.replace(self._key.get_secret_value(), "…") if self._key else text


class Caller:
    """Calls `predict` of the project at `url`; raises ValueError for an address or a key that cannot be one."""

    def __init__(
        self,
        url: str,
        project: str,
        key: SecretStr | None,
        *,
        connections: int,
        timeouts: Timeouts,
        transport: httpx2.AsyncBaseTransport | None,
    ) -> None:
        self._path = f"projects/{quote(project, safe='')}/predict"
        self._seconds = timeouts.whole
        self._key = Key(key)
        self._client = httpx2.AsyncClient(
            base_url=address_of(url),
            auth=self._key,
            headers={"Accept-Encoding": "identity", "Content-Type": "application/json"},
            timeout=httpx2.Timeout(timeouts.read, connect=timeouts.connect),
            limits=httpx2.Limits(max_connections=connections),
            transport=transport,
            follow_redirects=False,
            trust_env=False,
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def ask(self, question: Question) -> list[Any]:
        """Return the rows of the answer, of which nothing is checked yet.

        Raises PermanentError, RefusedError and PassingError.
        """
        # What the library raises holds the request, and so the key: none of it is kept as a cause.
        try:
            async with asyncio.timeout(self._seconds):
                return await self._post(question)
        except (httpx2.TimeoutException, TimeoutError):
            raise PassingError("The prediction API does not answer in time.") from None
        except httpx2.RequestError as error:
            if is_untrusted(error):
                reason = "The prediction API's certificate is not trusted: check the address, or have it put right."
                raise PermanentError(reason) from None
            raise PassingError(f"The prediction API cannot be reached ({type(error).__name__}).") from None

    async def _post(self, question: Question) -> list[Any]:
        params = {"version": question.version} if question.version is not None else None
        async with self._client.stream("POST", self._path, content=question.body(), params=params) as answer:
            if answer.status_code != httpx2.codes.OK:
                raise await self._error(answer)
            return _rows_in(await bounded(answer, MAX_ANSWER_BYTES))

    async def _error(self, answer: httpx2.Response) -> Exception:
        status, detail = answer.status_code, await detail_of(answer, self._key)
        if status in _REFUSED:
            return RefusedError(f"The prediction API refuses the text with {status}{detail}.")
        if status in _PASSING or (status >= 500 and status not in _NEVER):
            wait = seconds_to_wait(answer.headers.get("Retry-After", ""))
            return PassingError(f"The prediction API answers {status}{detail}.", wait)
        return PermanentError(f"The prediction API answers {status}: {_advice(status)}{detail}.")


async def detail_of(answer: httpx2.Response, key: Key) -> str:
    """Return in parentheses what a problem document says, without the key; empty if that is nothing."""
    detail = ""
    with suppress(PassingError, ValueError, KeyError, TypeError):
        detail = str(from_json(await bounded(answer, MAX_DETAIL_BYTES))["detail"])
    hidden = key.hidden_in(detail)
    shown = "".join(character if character.isprintable() else " " for character in hidden)
    shown = shown[:MAX_DETAIL_CHARACTERS].strip().rstrip(".")
    return f" ({shown})" if shown else ""


async def bounded(answer: httpx2.Response, most: int, service: str = PREDICTION_API) -> bytes:
    """Return the body of at most `most` bytes; raises PassingError for more, and for one that is packed."""
    # Not unpacked: a few bytes may unpack to any number.
    if answer.headers.get("Content-Encoding", "identity") != "identity":
        raise PassingError(f"{service}'s answer is packed, though that was not asked for.")
    body = bytearray()
    async for chunk in answer.aiter_raw():
        body += chunk
        if len(body) > most:
            raise PassingError(f"{service}'s answer has more than {most:,} bytes.")
    return bytes(body)


def _rows_in(body: bytes) -> list[Any]:
    try:
        rows = from_json(body)
    except ValueError:
        raise PassingError("The prediction API's answer is not JSON.") from None
    if not isinstance(rows, list):
        raise PassingError("The prediction API's answer is not a list of rows.")
    return rows


def _advice(status: int) -> str:
    if 300 <= status < 400:
        return "it is elsewhere; give its final address, as the key is not sent on"
    return _ADVICE.get(status, "it does not take the call; check the address and that it speaks this API")


def address_of(url: str, service: str = PREDICTION_API) -> httpx2.URL:
    """Return the address; raises ValueError for what cannot be one, or holds more than that."""
    try:
        address = httpx2.URL(url)
    except httpx2.InvalidURL:
        raise ValueError(f"{service}'s address cannot be one; give it as https://host/path.") from None
    has_more = address.userinfo or address.query or address.fragment or (address.port or 0) > MAX_PORT
    if address.scheme not in {"http", "https"} or not address.host or has_more:
        reason = f"{service}'s address must be https://host:port/path or http://…, with no user and no query."
        raise ValueError(reason)
    return address


def is_untrusted(error: BaseException | None) -> bool:
    """Whether a call failed because the service's certificate is not trusted."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False
