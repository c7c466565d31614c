"""The first step of every request: straight to a service, or to the gateway's own application."""

from typing import Any, Final

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.documents.answers import REFERENCES, SCHEMES
from gateway.doorkeeper import Doorkeeper
from gateway.proxy import Proxy
from gateway.request_head import read_head
from gateway.routing import Table
from shared.access import RequestContextMiddleware
from shared.errors import ProblemError

_METRICS: Final = "/metrics"
_PUBLIC: Final = frozenset({"/livez", "/readyz", "/signin", "/signout", "/session"})
"""What answers also without a credential: probes, and the way to get one."""
_PUBLIC_FOLDERS: Final = ("/static/", "/signin/static/", "/docs/assets/")


class FrontDoor:
    """Spares proxied requests the framework, whose layers would cost them more than the proxy itself.

    `table` says which requests are proxied; it is replaced as a whole when the configuration changes.
    """

    table: Table
    proxy: Proxy
    doorkeeper: Doorkeeper

    def __init__(self, app: FastAPI, *, is_open: bool) -> None:
        """Take the gateway's own application, `is_open` to everybody or not."""
        self.app = app
        self.state = app.state
        self._is_open = is_open
        self._proxied = RequestContextMiddleware(self._proxy)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            route = self.table.find(scope["raw_path"], scope["method"])
            if route is None:
                await self._admit(scope)
        except ProblemError as error:
            await RequestContextMiddleware(self._refusing(error))(scope, receive, send)
            return
        if route:
            scope["route"] = route
            await self._proxied(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document of the gateway's own routes, with the credentials that they ask for."""
        document = self.app.openapi()
        if self._is_open:
            return document
        paths = {path: item if _is_public(path) else _closed(path, item) for path, item in document["paths"].items()}
        return {**document, "paths": paths}

    async def _proxy(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.proxy(scope, receive, send, scope["route"])

    def _refusing(self, error: ProblemError) -> ASGIApp:
        async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
            await self.doorkeeper.refusal(scope, error)(scope, receive, send)

        return refuse

    async def _admit(self, scope: Scope) -> None:
        path: str = scope["path"]
        if _is_public(path):
            return
        if self._is_open:
            self.doorkeeper.check_name(scope)
            return
        consumer = await self.doorkeeper.identify(read_head(scope), scope)
        if path == _METRICS:
            self.doorkeeper.authorise(consumer, "gateway", scope["method"])
        else:
            self.doorkeeper.require_known(consumer)


def _is_public(path: str) -> bool:
    return path in _PUBLIC or path.startswith(_PUBLIC_FOLDERS)


def _closed(path: str, item: dict[str, Any]) -> dict[str, Any]:
    """Return the path item with what its operations ask for, and what they answer otherwise."""
    asked: dict[str, Any] = {"security": [{scheme: []} for scheme in SCHEMES]}
    refusals = {"401": REFERENCES["401"]}
    if path == _METRICS:
        asked["x-required-scope"] = "gateway:read"
        refusals["403"] = REFERENCES["403"]
    return {
        method: {**operation, **asked, "responses": {**operation["responses"], **refusals}}
        for method, operation in item.items()
    }
