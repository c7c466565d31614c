"""Lets in who may, as often as they may."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response
from starlette.types import Scope

from gateway.consumer import ANONYMOUS, SAFE_METHODS, Consumer
from gateway.identity import Identity
from gateway.limiting.limiter import Limiter
from gateway.limiting.policy import Policy
from gateway.request_head import Head
from gateway.routing import Route
from gateway.sessions.same_origin import refuse_other_sites
from gateway.wire.heads import Header
from shared.errors import ProblemError, error_response

_NAVIGATES: Final = (b"sec-fetch-mode", b"navigate")


class Doorkeeper:
    """Asks who it is, what they may do, and how often they have come."""

    def __init__(self, identity: Identity, limiter: Limiter, *, has_sign_in: bool) -> None:
        """Take `has_sign_in`, whether there is a page for it."""
        self.policies: Mapping[str, Policy] = {}
        self._identity = identity
        self._limiter = limiter
        self._has_sign_in = has_sign_in

    def check_name(self, scope: Scope) -> None:
        """Raise ProblemError, 421, for a request under a name that is not the gateway's, where that matters."""
        self._identity.check_name(value for name, value in scope["headers"] if name == b"host")

    async def identify(self, head: Head, scope: Scope) -> Consumer:
        """Return who sent a request; raises ProblemError, 400, 401, 403 or 429."""
        consumer = await self._identity.of(head, scope)
        if consumer is ANONYMOUS:
            refuse_other_sites(scope)
        return consumer

    def authorise(self, consumer: Consumer, service: str, method: str) -> None:
        """Raise ProblemError unless `consumer` may ask `service`: 401 for who is unknown, else 403.

        What is missing is also told to programs (RFC 6750, section 3.1).
        """
        if consumer.scopes.allow(service, method):
            return
        self.require_known(consumer)
        scope = f"{service}:{'read' if method in SAFE_METHODS else 'write'}"
        raise ProblemError(
            403,
            f"{consumer.name} may not do this: it needs the scope {scope} or {service}:*.",
            {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'},
        )

    def require_known(self, consumer: Consumer) -> None:
        """Raise ProblemError, 401, for whoever has shown no credential."""
        if consumer is ANONYMOUS:
            raise ProblemError(
                401,
                "Show who you are: send an API key as X-API-Key or as Authorization: Bearer, or sign in at /signin.",
                {"WWW-Authenticate": "Bearer"},
            )

    def refusal(self, scope: Scope, error: ProblemError) -> Response:
        """Return the answer that `error` stands for; people in a browser who are unknown are sent to sign in."""
        if error.status == 401 and self._has_sign_in and _NAVIGATES in scope["headers"]:
            target = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
            return RedirectResponse(f"/signin?next={quote(target, safe='')}", 303, {"Cache-Control": "no-store"})
        return error_response(scope, error)

    async def count(self, consumer: Consumer, scope: Scope, route: Route) -> list[Header]:
        """Count a request against the limit of its route; return the headers that tell what is left.

        Raises ProblemError, 429.
        """
        policy = self.policies.get(route.limit or "")
        if policy is None:  # the configuration has changed since the request came
            return []
        address = scope["client"][0] if scope["client"] else None
        taken = await self._limiter.take(policy, policy.who(consumer, address, route.name))
        return taken.headers()
