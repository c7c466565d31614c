"""For tests: an application in-process with its lifespan, and on a real socket in a thread or as a process."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from time import monotonic, sleep
from typing import Any

import httpx2
import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@asynccontextmanager
async def client_of(app: FastAPI, *, raise_app_exceptions: bool = False) -> AsyncIterator[httpx2.AsyncClient]:
    """Yield a client that talks to `app` in-process, between the app's start and its shutdown."""
    async with app.router.lifespan_context(app) as state:

        async def with_state(scope, receive, send) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
            scope["state"] = dict(state or {})
            await app(scope, receive, send)

        transport = httpx2.ASGITransport(with_state, raise_app_exceptions=raise_app_exceptions)
        async with httpx2.AsyncClient(transport=transport, base_url="http://service") as client:
            yield client


def free_port() -> int:
    """Return a port of 127.0.0.1 that nothing listens on, and that the system gives to nobody else for a minute.

    A connection that its server has ended keeps the port in the state TIME-WAIT (RFC 9293, section 3.6): whoever asks
    for any port gets another, and only a server that names this one, with `SO_REUSEADDR`, can have it.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address: tuple[str, int] = listener.getsockname()
        with socket.create_connection(address):
            listener.accept()[0].close()
    return address[1]


@contextmanager
def served(app: ASGIApp, port: int = 0, **options: Any) -> Iterator[str]:  # noqa: ANN401 whatever uvicorn takes
    """Yield the URL of `app` while uvicorn serves it in a thread; `options` are uvicorn's.

    It starts at once, as a process of its own would not; its lifespan runs with `lifespan="on"`.
    """
    port = port or free_port()
    config = uvicorn.Config(app, port=port, **{"log_level": "critical", "lifespan": "off", "ws": "none", **options})
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise RuntimeError("The application did not start.")
        thread.join(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = server.force_exit = True
        thread.join(10)


@contextmanager
def server_process(
    module: str, prefix: str, environment: Mapping[str, str] | None = None, seconds: float = 60
) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Run `python -m module` on a free port; yield the process and its URL once it accepts connections."""
    port = free_port()
    variables = {**os.environ, f"{prefix}PORT": str(port), **(environment or {})}
    # Into a file: a pipe that nobody reads fills up and stops the server.
    with TemporaryFile() as output:
        command = [sys.executable, "-m", module]
        process = subprocess.Popen(command, env=variables, stdout=output, stderr=subprocess.STDOUT)
        try:
            _wait_until_open(process, port, seconds)
            yield process, f"http://127.0.0.1:{port}"
        except (RuntimeError, TimeoutError) as error:
            output.seek(0)
            raise RuntimeError(f"{error}\n{output.read().decode()}") from error
        finally:
            process.kill()
            process.wait()


def _wait_until_open(process: subprocess.Popen[bytes], port: int, seconds: float) -> None:
    deadline = monotonic() + seconds
    while monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"The server exited with {process.returncode}.")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        sleep(0.05)
    raise TimeoutError(f"Nothing listens on port {port} after {seconds} s.")
