"""The first step of every request: straight to a service's proxy, or to the gateway's own application."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.access import RequestContextMiddleware


class FrontDoor:
    """Spares proxied requests the framework, whose layers would cost them more than the proxy itself."""

    def __init__(self, app: FastAPI, proxies: Mapping[str, ASGIApp]) -> None:
        self.app = app
        self.state = app.state
        self._proxies = {name.encode(): RequestContextMiddleware(proxy) for name, proxy in proxies.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Route by the path's first segment as it was sent: an encoded name or slash belongs to no service."""
        if scope["type"] == "http":
            name, slash, _ = scope["raw_path"][1:].partition(b"/")
            if slash and name in self._proxies:
                await self._proxies[name](scope, receive, send)
                return
        await self.app(scope, receive, send)

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document of the gateway's own routes."""
        return self.app.openapi()
