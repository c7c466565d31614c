"""`python -m gateway` serves."""

import os
import resource
import sys
from contextlib import suppress
from typing import Final

from pydantic import ValidationError

from gateway.configuration import ConfigurationError
from gateway.main import create_app
from gateway.settings import Settings
from gateway.wire.upgrades import UpgradingProtocol
from shared.logging import configure_logging
from shared.server import serve

MISUSE = 2
EXPORTED_SPANS: Final = 64
"""Encoded at a time, where the operator says nothing else; a batch of 512, as usual, holds requests up for 15 ms."""


def main() -> None:
    """Serve until a signal; exit with 2 where the settings or the files that they name cannot be used."""
    _export_few_spans_at_a_time()
    try:
        settings = Settings()
        configure_logging(settings.log_format, settings.log_level)
        app = create_app(settings)
    except (ConfigurationError, ValueError) as error:
        sys.stderr.write(f"{_in_words(error)}\n")
        sys.exit(MISUSE)
    _raise_limit_of_files()
    serve(app, settings, UpgradingProtocol)


def _export_few_spans_at_a_time() -> None:
    """Let the thread that exports spans hold up requests for little at a time."""
    os.environ.setdefault("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", str(EXPORTED_SPANS))


def _raise_limit_of_files() -> None:
    """Allow as many open files, each connection is one, as the system lets the process have; 1024 are usual."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(OSError, ValueError):  # as where it is unlimited, which the system does not let a process ask for
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _in_words(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    lines = []
    for problem in error.errors():
        name = f"GATEWAY_{str(problem['loc'][0]).upper()}: " if problem["loc"] else ""
        lines.append(name + problem["msg"].removeprefix("Value error, "))
    return "\n".join(lines)


if __name__ == "__main__":
    main()
