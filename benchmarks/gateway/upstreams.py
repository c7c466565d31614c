"""The services behind every gateway: nginx for small JSON and a large file, others for uploads, streams and failure."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks.gateway.live import ANSWER
from benchmarks.gateway.processes import server, start
from shared.testing import free_port

GIB: Final = 1 << 30
RESTARTED: Final = ("one", "two", "three")
"""Services that only serve to be restarted."""
_NGINX: Final = """
worker_processes 1;
daemon off;
pid {folder}/upstream.pid;
error_log {folder}/upstream.log;
events {{ worker_connections 2048; }}
http {{
  access_log off;
  sendfile on;
  keepalive_requests 100000000;
  server {{
    listen 127.0.0.1:{port};
    location / {{ default_type application/json; return 200 '{answer}'; }}
    location /json/ {{ default_type application/json; return 200 '{answer}'; }}
    location /big {{ root {folder}; }}
  }}
}}
"""


@dataclass
class Upstreams:
    """Where each service listens, by the name that is the first part of its path at a gateway."""

    folder: Path
    ports: dict[str, int]
    replaceable: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def urls(self) -> Mapping[str, str]:
        """The URL of each service, without a last slash."""
        return {name: f"http://127.0.0.1:{port}" for name, port in self.ports.items()}

    def start(self, name: str) -> None:
        """Start one of the `RESTARTED`; returns when it listens."""
        command = _live(self.ports[name])
        self.replaceable[name] = start(command, self.ports[name], self.folder / f"{name}.log")


@contextmanager
def running_upstreams(folder: Path) -> Iterator[Upstreams]:
    """Start all services; yield when all of them listen."""
    ports = {name: free_port() for name in ("json", "sink", "live", "hanging", *RESTARTED)}
    config = folder / "upstream.conf"
    config.write_text(_NGINX.format(folder=folder, port=ports["json"], answer=ANSWER.decode()), encoding="utf-8")
    with (folder / "big").open("wb") as big:
        os.truncate(big.fileno(), GIB)
    commands = {
        "json": ["nginx", "-c", str(config), "-e", str(folder / "upstream.log")],
        "sink": [sys.executable, "-m", "benchmarks.gateway.sink", str(ports["sink"])],
        "live": _live(ports["live"]),
        "hanging": _live(ports["hanging"]),
    }
    upstreams = Upstreams(folder, ports)
    with ExitStack() as stack:
        for name, command in commands.items():
            stack.enter_context(server(command, ports[name], folder / f"{name}.log"))
        stack.callback(_end, upstreams)
        for name in RESTARTED:
            upstreams.start(name)
        yield upstreams


def _live(port: int) -> list[str]:
    options = ["--port", str(port), "--log-level", "critical", "--lifespan", "off", "--timeout-graceful-shutdown", "5"]
    return [sys.executable, "-m", "uvicorn", "benchmarks.gateway.live:app", *options]


def _end(upstreams: Upstreams) -> None:
    for process in upstreams.replaceable.values():
        process.kill()
        process.wait()
