"""What somebody sends to sign in: an API key, and where to go on then, from the page's form or as JSON."""

import re
from typing import Final
from urllib.parse import parse_qs

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field

from gateway.sessions.sign_in_page import MAX_KEY_LENGTH
from shared.bodies import parse_json
from shared.errors import ProblemError

HOME: Final = "/"
MAX_FIELDS: Final = 8
MAX_NEXT_LENGTH: Final = 2048
_LOCAL: Final = re.compile(r"/(?!/)[^\\\x00-\x20\x7f]*")
_FORM: Final = "application/x-www-form-urlencoded"


class SignIn(BaseModel):
    """A key to sign in with."""

    key: str = Field(min_length=1, max_length=MAX_KEY_LENGTH, description="An API key.")
    next: str = Field(HOME, description="The path to go on to.")


def is_json(request: Request) -> bool:
    """Tell whether it is a program that signs in; a browser's form cannot send JSON."""
    return _media_type(request) == "application/json"


async def read_sign_in(request: Request) -> SignIn:
    """Return what the body holds; raises ProblemError (415) or RequestValidationError (422)."""
    body = await request.body()
    if is_json(request):
        return parse_json(SignIn, body)
    if _media_type(request) != _FORM:
        raise ProblemError(415, f"The body must be {_FORM} or application/json.")
    fields = _fields(body)
    return SignIn.model_construct(key=fields.get("key", "").strip(), next=fields.get("next", HOME))


def local_path(path: str) -> str:
    r"""Return `path` if it leads to this host and nowhere else, and `/` if not.

    Browsers take `//host`, `/\host` and, as they skip tabs and line breaks, what looks like neither, for another host
    (WHATWG URL, sections 4.4 and 4.5; OWASP, Unvalidated Redirects and Forwards Cheat Sheet).
    """
    return path if len(path) <= MAX_NEXT_LENGTH and _LOCAL.fullmatch(path) else HOME


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _fields(body: bytes) -> dict[str, str]:
    try:
        fields = parse_qs(body.decode("ascii"), errors="strict", max_num_fields=MAX_FIELDS)
    except ValueError:
        message = f"not a form of at most {MAX_FIELDS} fields in UTF-8"
        raise RequestValidationError([{"loc": ("body",), "msg": message}]) from None
    return {name: values[0] for name, values in fields.items()}
