"""The page to sign in with: one form that works without a script, with the error next to what it is about."""

from html import escape
from pathlib import Path
from string import Template
from typing import Final

from fastapi import APIRouter
from starlette.responses import FileResponse, HTMLResponse

from shared.errors import ProblemError
from shared.pages import SECURITY_HEADERS, STATIC

MAX_KEY_LENGTH: Final = 512

_PAGE: Final = Path(__file__).parent / "page"
_NOT_STORED: Final = {**SECURITY_HEADERS, "Cache-Control": "no-store"}


class SignInPage:
    """Fills the page in; everything that is filled in is escaped."""

    def __init__(self) -> None:
        self._page = Template((_PAGE / "signin.html").read_text("utf-8"))
        self._signed_in = Template((_PAGE / "signed_in.html").read_text("utf-8"))

    def show(self, next_path: str, signed_in_as: str | None = None) -> HTMLResponse:
        """Return the page, which goes on to `next_path`, and says who is signed in already."""
        target = escape(next_path)
        known = self._signed_in.substitute(name=escape(signed_in_as), next=target) if signed_in_as else ""
        return HTMLResponse(
            self._page.substitute(
                title="Sign in: Flotilla",
                signed_in=known,
                max_key=MAX_KEY_LENGTH,
                state='aria-describedby="hint"',
                error="",
                next=target,
            ),
            headers=_NOT_STORED,
        )

    def show_error(self, next_path: str, error: ProblemError) -> HTMLResponse:
        """Return the page with why the key was not accepted."""
        return HTMLResponse(
            self._page.substitute(
                title="Not signed in: Flotilla",
                signed_in="",
                max_key=MAX_KEY_LENGTH,
                state='aria-invalid="true" aria-describedby="error hint"',
                error=f'<p class="bad" id="error" role="alert">{escape(error.detail)}</p>',
                next=escape(next_path),
            ),
            status_code=error.status,
            headers={**(error.headers or {}), **_NOT_STORED},
        )


def asset_routes() -> APIRouter:
    """Return the route that serves what the page needs."""
    router = APIRouter(include_in_schema=False)
    files = {file.name: file for file in (STATIC / "flotilla.css", _PAGE / "signin.css")}

    @router.get("/signin/static/{name}")
    async def static(name: str) -> FileResponse:
        if name not in files:
            raise ProblemError(404, f"No file is called {name}.")
        return FileResponse(files[name], headers=SECURITY_HEADERS)

    return router
