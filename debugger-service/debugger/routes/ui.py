"""The web UI: `/` and its assets, as Vite built them into the package."""

from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, HTMLResponse, Response

from shared.compression import accepted_encodings
from shared.errors import ProblemError
from shared.pages import SECURITY_HEADERS

FOLDER: Final = Path(__file__).parents[1] / "ui"
ENCODINGS: Final = {"br": ".br", "gzip": ".gz"}
"""The better first; the build puts the compressed files beside the others."""

MEDIA_TYPES: Final = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
ASSET_HEADERS: Final = {**SECURITY_HEADERS, "Cache-Control": "public, max-age=31536000, immutable"}
"""An asset's name has a hash of what is in it."""

_MISSING: Final = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Debugger</title></head>
<body>
<h1>The debugger's web UI is not built</h1>
<p>In the repository's folder, <code>make ui</code> builds it; <code>make run</code> does so by itself.
Then load this page again. The <a href="docs">API</a> works without it.</p>
</body>
</html>
"""


def ui_routes(folder: Path = FOLDER) -> APIRouter:
    """Return the routes that serve the UI in `folder`, or say how to build it while nothing is there."""
    router = APIRouter(include_in_schema=False)
    assets = folder / "assets"

    @router.get("/")
    async def index() -> Response:
        page = folder / "index.html"
        if not page.is_file():
            return HTMLResponse(_MISSING, 503, SECURITY_HEADERS)
        return FileResponse(page, headers=SECURITY_HEADERS)

    @router.get("/assets/{name}")
    async def asset(name: str, request: Request) -> FileResponse:
        file = assets / name
        if file.suffix not in MEDIA_TYPES or not file.is_file():
            raise ProblemError(404, f"No file is called {name}.")
        return _compressed(file, request.headers.get("accept-encoding", ""))

    return router


def _compressed(file: Path, accepted: str) -> FileResponse:
    headers = {**ASSET_HEADERS, "Vary": "Accept-Encoding"}
    media_type = MEDIA_TYPES[file.suffix]
    taken = accepted_encodings(accepted)
    for encoding, suffix in ENCODINGS.items():
        packed = file.with_name(file.name + suffix)
        if encoding in taken and packed.is_file():
            return FileResponse(packed, headers={**headers, "Content-Encoding": encoding}, media_type=media_type)
    return FileResponse(file, headers=headers, media_type=media_type)
