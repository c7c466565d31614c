"""The limits on a request's body: its size, and the time that it takes to arrive."""

import asyncio

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.errors import MEDIA_TYPE, ProblemError, problem_response, too_large


class BodyLimitAnswerMiddleware:
    """Gives the framework's own plain-text 413 the shape of a problem document.

    `max_body_size` of FastAPI and Starlette enforces the limit on the stream, but answers in plain text, past
    every exception handler.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        replaced = False

        async def send_problem(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start" and _is_plain_413(message):
                replaced = True
                await problem_response(scope, 413, too_large(scope))(scope, receive, send)
            elif not replaced:
                await send(message)

        await self.app(scope, receive, send_problem if scope["type"] == "http" else send)


class BodyTimeMiddleware:
    """Ends the wait for a body that does not arrive within `body_seconds` with 408."""

    def __init__(self, app: ASGIApp, body_seconds: float) -> None:
        self.app = app
        self.body_seconds = body_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        deadline = asyncio.get_running_loop().time() + self.body_seconds
        complete = False

        async def receive_in_time() -> Message:
            nonlocal complete
            if complete:
                return await receive()
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError:
                raise ProblemError(408, f"The body did not arrive within {self.body_seconds:g} seconds.") from None
            complete = not message.get("more_body", False)
            return message

        await self.app(scope, receive_in_time if scope["type"] == "http" else receive, send)


def _is_plain_413(message: Message) -> bool:
    if message["status"] != 413:
        return False
    return not Headers(raw=message["headers"]).get("content-type", "").startswith(MEDIA_TYPE)
