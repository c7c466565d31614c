"""The answer to what is not a request that an application could be asked."""

from http import HTTPStatus

import orjson
from uuid_utils import uuid7

from shared.errors import MEDIA_TYPE, Problem, ProblemError


def last_answer(error: ProblemError) -> bytes:
    """Return an answer of HTTP/1.1 with the problem document that `error` stands for; the last of its connection."""
    title, request_id = HTTPStatus(error.status).phrase, str(uuid7())
    problem = Problem(title=title, status=error.status, detail=error.detail, instance="", request_id=request_id)
    body = orjson.dumps(problem.model_dump(exclude_none=True))
    head = (
        f"HTTP/1.1 {error.status} {title}\r\ncontent-type: {MEDIA_TYPE}\r\ncontent-length: {len(body)}\r\n"
        f"x-request-id: {request_id}\r\nx-content-type-options: nosniff\r\nconnection: close\r\n\r\n"
    )
    return head.encode() + body
