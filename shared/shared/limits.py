"""The limit on the size of a request's body."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.errors import MEDIA_TYPE, problem_response, too_large


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


def _is_plain_413(message: Message) -> bool:
    if message["status"] != 413:
        return False
    return not Headers(raw=message["headers"]).get("content-type", "").startswith(MEDIA_TYPE)
