"""Logs: one JSON line per event, or the same in colours on a terminal."""

import logging
import re
import sys
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Literal, TextIO

import orjson
import structlog
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict, Processor, WrappedLogger

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_tracebacks = structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False))
current_request_id: ContextVar[str] = ContextVar("current_request_id")
"""The id of the request that this context works for; each event logged meanwhile carries it."""


def configure_logging(
    log_format: Literal["auto", "json", "console"] = "auto", level: str = "info", stream: TextIO = sys.stdout
) -> None:
    """Send structlog's events and the standard library's records to `stream` in one format."""
    console = log_format == "console" or (log_format == "auto" and stream.isatty())
    before: list[Processor] = [
        structlog.processors.add_log_level,
        _add_time_and_request,
    ]
    last: list[Processor] = (
        [_without_control, structlog.dev.ConsoleRenderer()]
        if console
        else [_tracebacks, structlog.processors.JSONRenderer(_to_json)]
    )
    # Ours take the short way: the standard library's would cost a busy gateway a tenth of its time.
    structlog.configure(
        processors=[*before, *last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(stream),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*before, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    # It logs the address of each request that we send, with the password that may be in it.
    logging.getLogger("httpx2").setLevel(logging.WARNING)


def _add_time_and_request(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    event["time"] = datetime.now(UTC).isoformat()
    request_id = current_request_id.get(None)
    if request_id:
        event["request_id"] = request_id
    return event


def _without_control(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Escape what would steer the terminal: paths and headers are what clients make them."""
    return {
        key: _CONTROL.sub(lambda found: repr(found[0])[1:-1], value) if isinstance(value, str) else value
        for key, value in event.items()
    }


def _to_json(event: object, default: Callable[[object], object] = repr, **_: object) -> str:
    return orjson.dumps(event, default=default).decode()
