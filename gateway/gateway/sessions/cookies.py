"""The session's cookie (RFC 6265): its names, how it is found in a request and set in an answer."""

from typing import Final

from starlette.types import Scope

NAME: Final = "flotilla_session"
SECURE_NAME: Final = f"__Host-{NAME}"
"""Over https: browsers take a cookie of this name only from the host itself, over https, and for all paths."""

MAX_LENGTH: Final = 1024
"""Of the cookie's value, in bytes."""

_PLAIN: Final = NAME.encode()
_SECURE: Final = SECURE_NAME.encode()


def cookie_name(*, https: bool) -> str:
    """Return what the session's cookie is called over this scheme."""
    return SECURE_NAME if https else NAME


def is_https(scope: Scope) -> bool:
    """Tell whether a request comes over https, as far as the gateway is told."""
    return scope["scheme"] in ("https", "wss")


def find_cookie(header: bytes, *, https: bool) -> tuple[str, bytes] | None:
    """Return name and value of the session's cookie in a `Cookie` header: the first with the name for this scheme.

    A neighbour of the host, or whoever sits on a line without encryption, can set the plain one over https as well
    (RFC 6265, sections 8.5 and 8.6), and so have somebody work as another.
    """
    if _PLAIN not in header:
        return None
    wanted = _SECURE if https else _PLAIN
    for pair in header.split(b";"):
        name, _, value = pair.strip().partition(b"=")
        if name == wanted:
            return (cookie_name(https=https), value) if 0 < len(value) <= MAX_LENGTH else None
    return None


def without_session(header: bytes) -> bytes:
    """Return a `Cookie` header without the session's cookies, empty where nothing is left; the others stay as sent."""
    if _PLAIN not in header:
        return header
    pairs = header.split(b";")
    kept = [pair for pair in pairs if pair.partition(b"=")[0].strip() not in (_PLAIN, _SECURE)]
    return header if len(kept) == len(pairs) else b";".join(kept).strip()


def set_cookie(value: str, *, seconds: int, https: bool) -> str:
    """Return the `Set-Cookie` header that keeps `value` for so many seconds, or deletes the cookie with 0."""
    attributes = ["HttpOnly", "SameSite=Lax", "Path=/", f"Max-Age={seconds}"]
    if https:
        attributes.append("Secure")
    return "; ".join([f"{cookie_name(https=https)}={value}", *attributes])
