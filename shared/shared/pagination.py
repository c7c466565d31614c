"""Keyset pagination: a page costs the same at any depth, because its cursor says where the one before it ended."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final, Generic, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

DEFAULT_LIMIT: Final = 50
MAX_LIMIT: Final = 1000
MAX_CURSOR_LENGTH: Final = 2048
MAX_INTEGER: Final = 2**31 - 1
"""PostgreSQL's largest."""

T = TypeVar("T")
K = TypeVar("K")

_Cursor = Annotated[
    str | None,
    Query(max_length=MAX_CURSOR_LENGTH, description="`next_cursor` of the page before; none for the first."),
]


class Page(BaseModel, Generic[T]):
    """One page of a list."""

    items: list[T] = Field(description="In the list's order.")
    next_cursor: str | None = Field(description="What to send as `cursor` for the next page; null on the last one.")


class PageRequest:
    """Which page is asked for, and the header that leads to the one after it."""

    def __init__(self, request: Request, response: Response, limit: int, cursor: str | None) -> None:
        self.limit = limit
        self._cursor = cursor
        self._request = request
        self._response = response

    def after(self, kind: type[K]) -> K | None:
        """Return the key that the page before ended with, None for the first page; 422 if it is not one of `kind`."""
        return None if self._cursor is None else decode_cursor(self._cursor, kind)

    def page(self, found: Sequence[T], key: Callable[[T], Any], end: object = None) -> Page[T]:
        """Return the page of `found`, which holds one item more than `limit` where there is a next page.

        Where `found` is shorter though more may follow, `end` is the key behind which these are looked for.
        """
        items = list(found[: self.limit])
        last = key(items[-1]) if len(found) > self.limit else end
        cursor = None if last is None else encode_cursor(last)
        if cursor:
            query = [(name, value) for name, value in self._request.query_params.multi_items() if name != "cursor"]
            # Relative, so that it is right behind a gateway too.
            self._response.headers["Link"] = f'<?{urlencode([*query, ("cursor", cursor)])}>; rel="next"'
        return Page(items=items, next_cursor=cursor)


# These await nothing, but what is not `async` would go to a thread and back.
async def _page(
    request: Request,
    response: Response,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Most items on the page.")] = DEFAULT_LIMIT,
    cursor: _Cursor = None,
) -> PageRequest:
    return PageRequest(request, response, limit, cursor)


async def _short_page(
    request: Request,
    response: Response,
    limit: Annotated[int, Query(ge=1, le=DEFAULT_LIMIT, description="Most items on the page.")] = DEFAULT_LIMIT,
    cursor: _Cursor = None,
) -> PageRequest:
    return PageRequest(request, response, limit, cursor)


PageDep = Annotated[PageRequest, Depends(_page)]
"""Dependency: the page that is asked for."""
ShortPageDep = Annotated[PageRequest, Depends(_short_page)]
"""Dependency: the same for lists whose items are long."""


def encode_cursor(key: object) -> str:
    """Return `key` as an opaque string."""
    return urlsafe_b64encode(TypeAdapter(object).dump_json(key)).decode().rstrip("=")


def decode_cursor(cursor: str, kind: type[K]) -> K:
    """Return the key in `cursor`; raises RequestValidationError unless it is one of `kind`."""
    try:
        data = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        key = TypeAdapter(kind).validate_json(data)
        _require_storable(key)
    except (ValueError, ValidationError) as error:
        message = "this is no cursor of this list: take `next_cursor` of the page before, unchanged"
        raise RequestValidationError([{"loc": ("query", "cursor"), "msg": message}]) from error
    return key


def _require_storable(key: object) -> None:
    if isinstance(key, int) and not 0 <= key <= MAX_INTEGER:
        raise ValueError("no integer of PostgreSQL's that is a key")
    if isinstance(key, str) and "\0" in key:
        raise ValueError("no text of PostgreSQL's")
