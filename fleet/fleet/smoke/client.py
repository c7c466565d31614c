"""The gateway as a client sees it: answers are JSON, and whatever is none is an error that tells the whole story."""

import time
from collections.abc import Iterator, Mapping
from typing import Any, Final

import httpx2

REQUEST_SECONDS: Final = 90
"""How long a service may be silent; the gateway itself gives up after 60 s, unless it is set up otherwise."""
PAGE_ITEMS: Final = 200
_RETRIES: Final = 2


class FailedRequestError(Exception):
    """A request without an answer, or with one that is not a success."""

    def __init__(self, request: str, detail: str, status: int | None = None, request_id: str | None = None) -> None:
        super().__init__(detail)
        self.request = request
        """Method and URL."""
        self.detail = detail
        self.status = status
        """None where no answer came."""
        self.request_id = request_id


class Client:
    """Asks the gateway at `url`, in a `with`: by its key and that of the intent service, if there are such.

    An answer may be silent for `seconds`.

    All methods raise FailedRequestError for an answer that is no success, and where none comes.
    """

    def __init__(
        self, url: str, key: str | None = None, intent_key: str | None = None, seconds: float = REQUEST_SECONDS
    ) -> None:
        self.url = url.rstrip("/")
        # The gateway's key as a token, so that X-API-Key stays free for that of the intent service.
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._intent_headers = {"X-API-Key": intent_key} if intent_key else {}
        self._http = httpx2.Client(base_url=self.url, headers=headers, timeout=seconds)

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, path: str, **query: str | int) -> Any:  # noqa: ANN401 whatever JSON the service sends
        """Return what is there."""
        return self.ask("GET", path, params=query).json()

    def post(self, path: str, **sent: Any) -> Any:  # noqa: ANN401 as httpx2 takes it, and whatever JSON comes
        """Return the answer to what is sent."""
        return self.ask("POST", path, **sent).json()

    def delete(self, path: str) -> None:
        """Remove it; what is gone already is gone."""
        try:
            self.ask("DELETE", path)
        except FailedRequestError as error:
            if error.status != httpx2.codes.NOT_FOUND:
                raise

    def items(self, path: str, **query: str | int) -> Iterator[Any]:
        """Yield the items of a list, page after page."""
        cursor: Mapping[str, str] = {}
        while True:
            page = self.get(path, limit=PAGE_ITEMS, **query, **cursor)
            yield from page["items"]
            if page["next_cursor"] is None:
                return
            cursor = {"cursor": page["next_cursor"]}

    def ask(self, method: str, path: str, **sent: Any) -> httpx2.Response:  # noqa: ANN401 as httpx2 takes it
        """Return the answer; a 429 is waited for as long as it says, twice at most."""
        headers = {**(self._intent_headers if path.startswith("/intent/") else {}), **sent.pop("headers", {})}
        for _ in range(_RETRIES):
            answer = self._send(method, path, headers, sent)
            if answer.status_code != httpx2.codes.TOO_MANY_REQUESTS:
                break
            time.sleep(_wanted_pause(answer))
        else:
            answer = self._send(method, path, headers, sent)
        if not answer.is_success:
            raise _failed(answer)
        return answer

    def _send(self, method: str, path: str, headers: Mapping[str, str], sent: Mapping[str, Any]) -> httpx2.Response:
        try:
            return self._http.request(method, path, headers=dict(headers), **sent)
        except httpx2.RequestError as error:
            reason = str(error) or type(error).__name__
            raise FailedRequestError(f"{method} {self.url}{path}", f"No answer: {reason}") from error


def _wanted_pause(answer: httpx2.Response) -> float:
    wanted = answer.headers.get("Retry-After", "1")
    return min(float(wanted), REQUEST_SECONDS) if wanted.isdecimal() else 1


def _failed(answer: httpx2.Response) -> FailedRequestError:
    """Return what a problem document says, or as much as can be said of another answer."""
    problem = _document(answer)
    told = f"{answer.status_code} {answer.reason_phrase}"
    detail = problem.get("detail") or answer.text[:500] or "The answer is empty."
    request_id = problem.get("request_id") or answer.headers.get("X-Request-ID")
    request = f"{answer.request.method} {answer.request.url}: {told}"
    return FailedRequestError(request, detail, answer.status_code, request_id)


def _document(answer: httpx2.Response) -> dict[str, Any]:
    try:
        document = answer.json()
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
