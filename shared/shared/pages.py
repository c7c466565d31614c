"""Web pages: HTML files of the services in the fleet's one look, under a strict content security policy."""

from pathlib import Path

from fastapi import APIRouter
from starlette.responses import FileResponse

from shared.errors import ProblemError

STATIC = Path(__file__).parent / "static"
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' blob: data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-cache",  # asked for anew each time, lest old and new scripts meet after an upgrade
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


def page_routes(folder: Path) -> APIRouter:
    """Return the routes that serve `index.html` of `folder` at `/` and its other files under `/static/`."""
    router = APIRouter(include_in_schema=False)
    files = {
        file.name: file for file in (*STATIC.iterdir(), *folder.iterdir()) if file.suffix in {".css", ".js", ".svg"}
    }

    @router.get("/")
    async def index() -> FileResponse:
        return FileResponse(folder / "index.html", headers=SECURITY_HEADERS)

    @router.get("/static/{name}")
    async def static(name: str) -> FileResponse:
        if name not in files:
            raise ProblemError(404, f"No file is called {name}.")
        return FileResponse(files[name], headers=SECURITY_HEADERS)

    return router
