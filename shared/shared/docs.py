"""Swagger UI from an installed package: the documentation works without the internet."""

import json
import re
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import fastapi_swagger
from fastapi import APIRouter
from starlette.responses import FileResponse, HTMLResponse

from shared.errors import ProblemError
from shared.pages import SECURITY_HEADERS

ASSETS = Path(fastapi_swagger.__file__).parent / "resources"


def docs_routes(title: str, documents: Sequence[tuple[str, str]] = ()) -> APIRouter:
    """Return the routes of the page `/docs`.

    `documents` are (name, URL) of the OpenAPI documents to choose from; without any it is the service's own.
    """
    router = APIRouter(include_in_schema=False)
    page = _PAGE.replace("{title}", title).replace(
        "{documents}", json.dumps(documents or [(title, "openapi.json")]).replace("<", "\\u003c")
    )

    headers = {**SECURITY_HEADERS, "Content-Security-Policy": _policy(page)}

    @router.get("/docs")
    async def docs() -> HTMLResponse:
        return HTMLResponse(page, headers=headers)

    @router.get("/docs/assets/{name}")
    async def asset(name: str) -> FileResponse:
        if name not in {"swagger-ui-bundle.js", "swagger-ui.css"}:
            raise ProblemError(404, f"No file is called {name}.")
        return FileResponse(ASSETS / name, headers={"X-Content-Type-Options": "nosniff"})

    return router


def _policy(page: str) -> str:
    """Return the policy of all pages with what stands in this page itself allowed too (CSP Level 3, section 2.3.1)."""
    policy = SECURITY_HEADERS["Content-Security-Policy"]
    for kind in ("script", "style"):
        for text in re.findall(rf"<{kind}>(.*?)</{kind}>", page, re.DOTALL):
            digest = b64encode(sha256(text.encode()).digest()).decode()
            policy = policy.replace(f"{kind}-src 'self'", f"{kind}-src 'self' 'sha256-{digest}'")
    return policy


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Flotilla {title}: API</title>
<link rel="stylesheet" href="docs/assets/swagger-ui.css">
<style>
  body { margin: 0; }
  #choice { display: block; padding: .75rem 1.25rem; background: #14304f; }
  #choice { color: #fff; font: 600 1rem system-ui, sans-serif; }
  [hidden] { display: none !important; }
  #choice select { margin-left: .5rem; padding: .25rem .5rem; font: inherit; }
</style>
</head>
<body>
<label id="choice">Flotilla API <select></select></label>
<div id="swagger-ui"></div>
<script src="docs/assets/swagger-ui-bundle.js"></script>
<script>
  const documents = {documents};
  const select = document.querySelector("select");
  select.append(...documents.map(([name, url]) => new Option(name, url)));
  document.querySelector("#choice").hidden = documents.length < 2;
  const show = () => SwaggerUIBundle({
    url: new URL(select.value, location.href).href, dom_id: "#swagger-ui", tryItOutEnabled: true,
  });
  select.onchange = () => { history.replaceState(null, "", "?service=" + select.selectedOptions[0].text); show(); };
  const chosen = new URLSearchParams(location.search).get("service");
  select.selectedIndex = Math.max(0, documents.findIndex(([name]) => name === chosen));
  show();
</script>
</body>
</html>
"""
