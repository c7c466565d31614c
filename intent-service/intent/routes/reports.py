"""`/model/report`: what the training measured, as one page."""

from typing import Annotated, Final

from anyio import to_thread
from fastapi import APIRouter, Query
from starlette.responses import HTMLResponse

from intent.routes.answering import VersionsDep
from intent.schemas.intents import Which
from shared.errors import problem_responses

router = APIRouter(
    tags=["models"],
    responses=problem_responses(
        {
            404: "Version 3f1c9a0b7d52 has no report: its folder holds no report.html that can be read.",
            503: "There is no model in /models: train one with `python -m intent.training run`.",
        }
    ),
)

SECURITY_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
"""The report is a page of its own, which holds its styles and pictures and runs no script."""


@router.get("/model/report", response_class=HTMLResponse)
async def get_report(versions: VersionsDep, which: Annotated[Which, Query()]) -> HTMLResponse:
    """Show the report that was written when the model was trained."""
    served = versions.get(which.version)
    return HTMLResponse(await to_thread.run_sync(served.report), headers=SECURITY_HEADERS)
