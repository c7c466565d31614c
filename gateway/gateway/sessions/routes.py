"""Signing in and out, over HTTP."""

from datetime import UTC, datetime
from typing import Annotated

import structlog
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, RedirectResponse, Response

from gateway.limiting.wrong_credentials import WrongCredentials
from gateway.sessions.cookies import is_https
from gateway.sessions.requested import HOME, SignIn, is_json, local_path, read_sign_in
from gateway.sessions.same_origin import require_same_origin
from gateway.sessions.sessions import Session, Sessions
from gateway.sessions.sign_in_page import MAX_KEY_LENGTH, SignInPage, asset_routes
from shared.errors import ProblemError, problem_responses

_log = structlog.get_logger(source="sessions")


class SessionView(BaseModel):
    """Who is signed in."""

    consumer: str = Field(description="Whose the key is that was signed in with.")
    scopes: list[str] = Field(description="What the key allows, as `catalog:read`.")
    expires_at: datetime = Field(description="When to sign in again, at the latest.")


def session_routes(sessions: Sessions, wrong_credentials: WrongCredentials) -> APIRouter:
    """Return the routes below `/signin`, `/signout` and `/session`; `wrong_credentials` counts those shown."""
    router = APIRouter()
    page = SignInPage()
    router.include_router(asset_routes())

    @router.get("/signin", include_in_schema=False)
    async def show(request: Request, next_path: Annotated[str, Query(alias="next")] = HOME) -> Response:
        session = sessions.find(_cookies(request), https=is_https(request.scope))
        return page.show(local_path(next_path), session.consumer.name if session else None)

    @router.post("/signin", include_in_schema=False)
    async def sign_in(request: Request) -> Response:
        require_same_origin(request.scope)
        asked = await read_sign_in(request)
        address = request.client.host if request.client else None
        wrong_credentials.check(address)
        try:
            session, cookie = _begin(sessions, asked, request)
        except ProblemError as error:
            wrong_credentials.count(address)
            if is_json(request) or error.status != 401:
                raise
            return page.show_error(local_path(asked.next), error)
        _log.info("signed in", consumer=session.consumer.name, credential=session.consumer.credential)
        if is_json(request):
            return _with_cookie(JSONResponse(_view(session).model_dump(mode="json")), cookie)
        return _with_cookie(RedirectResponse(local_path(asked.next), 303), cookie)

    @router.post("/signout", include_in_schema=False)
    async def sign_out(request: Request) -> Response:
        require_same_origin(request.scope)
        return _with_cookie(RedirectResponse("signin", 303), sessions.end(https=is_https(request.scope)))

    @router.get("/session", tags=["session"], responses=problem_responses({401: _NOT_SIGNED_IN}))
    async def current(request: Request, response: Response) -> SessionView:
        """Tell who is signed in with the browser's cookie."""
        session = sessions.find(_cookies(request), https=is_https(request.scope))
        if session is None:
            raise ProblemError(401, _NOT_SIGNED_IN, {"WWW-Authenticate": "Bearer", "Cache-Control": "no-store"})
        response.headers["Cache-Control"] = "no-store"
        return _view(session)

    return router


_NOT_SIGNED_IN = "Nobody is signed in here, or the session has ended; sign in at /signin."


def _begin(sessions: Sessions, asked: SignIn, request: Request) -> tuple[Session, str]:
    if not 0 < len(asked.key) <= MAX_KEY_LENGTH:
        raise ProblemError(401, "Enter an API key.", {"WWW-Authenticate": "Bearer"})
    return sessions.begin(asked.key, https=is_https(request.scope))


def _cookies(request: Request) -> bytes:
    return b"; ".join(value for name, value in request.scope["headers"] if name == b"cookie")


def _view(session: Session) -> SessionView:
    expires_at = datetime.fromtimestamp(session.expires_at, UTC)
    return SessionView(
        consumer=session.consumer.name, scopes=list(session.consumer.scopes.texts), expires_at=expires_at
    )


def _with_cookie(response: Response, cookie: str) -> Response:
    response.headers.append("Set-Cookie", cookie)
    response.headers["Cache-Control"] = "no-store"
    return response
