"""Refuses what another website makes a signed-in browser send (cross-site request forgery).

Source: OWASP, Cross-Site Request Forgery Prevention Cheat Sheet, "Fetch Metadata headers", with the origin compared
with the host where a browser sends none ("Verifying Origin With Standard Headers"); and the same for WebSockets, whose
handshake is a GET that no browser keeps within its origin (OWASP, WebSocket Security Cheat Sheet).
"""

from typing import Final

from starlette.types import Scope

from gateway.consumer import SAFE_METHODS
from shared.errors import ProblemError

_OWN_SITES: Final = frozenset({b"same-origin", b"none"})
_DEFAULT_PORTS: Final = {b"http": b":80", b"https": b":443"}
_ORIGIN_SCHEMES: Final = {"http": b"http", "https": b"https", "ws": b"http", "wss": b"https"}
_ASKED: Final = frozenset({b"sec-fetch-site", b"origin", b"host"})
_Sent = dict[bytes, list[bytes]]


def require_same_origin(scope: Scope) -> None:
    """Refuse (ProblemError 403) a request that changes something, or opens a WebSocket, from another website.

    For requests whose only credential is the session's cookie, which browsers send along whoever makes them do so.
    The host is that of the `Host` header, the scheme `scope["scheme"]`: what is in front must leave the host as it is.
    """
    if _needs_check(scope) and not _is_same(_sent(scope), scope["scheme"]):
        raise ProblemError(
            403,
            "Another website sent this request, or it does not say from where it comes, so your session does not "
            "count for it. Go to the page at this address itself; programs send an API key in place of the cookie.",
        )


def refuse_other_sites(scope: Scope) -> None:
    """Refuse (ProblemError 403) what a browser says that another website made it send, where nobody shows who they are.

    Else any website could change what is behind a gateway that only its visitor's browser reaches. Programs, which
    send neither `Sec-Fetch-Site` nor `Origin`, pass. The origin `null` does not: any page can have it, in a sandbox.
    """
    if not _needs_check(scope):
        return
    sent = _sent(scope)
    if (sent[b"sec-fetch-site"] or sent[b"origin"]) and not _is_same(sent, scope["scheme"]):
        raise ProblemError(403, "Another website made your browser send this request, so it does not count.")


def _needs_check(scope: Scope) -> bool:
    if scope["type"] == "websocket" or scope["method"] not in SAFE_METHODS:
        return True
    return any(name == b"upgrade" for name, _ in scope["headers"])


def _sent(scope: Scope) -> _Sent:
    sent: _Sent = {name: [] for name in _ASKED}
    for name, value in scope["headers"]:
        if name in _ASKED:
            sent[name].append(value.strip().lower())
    return sent


def _is_same(sent: _Sent, scheme: str) -> bool:
    sites = sent[b"sec-fetch-site"]
    return _OWN_SITES.issuperset(sites) if sites else _is_own(sent[b"origin"], sent[b"host"], scheme)


def _is_own(origins: list[bytes], hosts: list[bytes], scheme: str) -> bool:
    if len(origins) != 1 or len(hosts) != 1 or not hosts[0]:
        return False
    expected = _ORIGIN_SCHEMES[scheme]
    own_scheme, mark, origin_host = origins[0].partition(b"://")
    if not mark or own_scheme != expected:
        return False
    port = _DEFAULT_PORTS[expected]
    return origin_host.removesuffix(port) == hosts[0].removesuffix(port)
