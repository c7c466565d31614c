"""What would find no place is refused before anything else is done for it: under overload that is most of all."""

import re

from starlette.types import ASGIApp, Receive, Scope, Send

from shared.errors import OverloadedError, error_response
from shared.workers import WorkerPool


class AdmissionMiddleware:
    """Answers POSTs to `paths` with 503 while the state's `pool` has no place, and leaves all others to the routes.

    A route takes its place itself, by `PoolDep`; this only spares what comes before it.
    """

    def __init__(self, app: ASGIApp, paths: re.Pattern[str]) -> None:
        self.app = app
        self.paths = paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "POST" and self.paths.fullmatch(scope["path"]):
            pool: WorkerPool = scope["state"]["pool"]
            try:
                pool.check()
            except OverloadedError as error:
                await error_response(scope, error)(scope, receive, send)
                return
        await self.app(scope, receive, send)
