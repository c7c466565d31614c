"""All gateways in front of the same services, each with one worker, at the same time."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.gateway import caddy, nginx, ours
from benchmarks.gateway.environments import PEERS, installed
from benchmarks.gateway.envoy import envoy
from benchmarks.gateway.processes import server
from benchmarks.gateway.upstreams import Upstreams
from shared.testing import free_port

UPSTREAM: Final = "upstream itself"
NGINX: Final = "nginx"
NGINX_PLAIN: Final = "nginx, as it comes"
CADDY: Final = "Caddy"
ENVOY: Final = "Envoy"
TEXTBOOK: Final = "FastAPI + httpx"
OURS: Final = "gateway"
OURS_TRACED: Final = "gateway, each request traced"
TRACED_SHARE: Final = 0.1


@dataclass(frozen=True)
class Contestant:
    """A running gateway, or the upstream alone: its URL without a last slash, and its process."""

    name: str
    url: str
    pid: int

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        return "127.0.0.1", int(self.url.rpartition(":")[2])


@dataclass(frozen=True)
class Field:
    """All of them, what clients show as X-API-Key, and how to ask the collector for the number of spans it has."""

    contestants: Mapping[str, Contestant]
    upstreams: Upstreams
    key: str
    collector: str

    def of(self, *names: str) -> list[Contestant]:
        """Return those of `names` that run."""
        return [self.contestants[name] for name in names if name in self.contestants]


@contextmanager
def running_contestants(folder: Path, upstreams: Upstreams) -> Iterator[Field]:
    """Start all gateways; yield when all of them listen."""
    found: dict[str, Contestant] = {}
    collector = free_port()
    keys = folder / "keys.json"
    key = ours.made_key(keys)
    config = ours.written_configuration(folder, upstreams.urls)
    gateway = [sys.executable, "-m", "gateway"]
    with ExitStack() as stack:

        def run(name: str, command: Callable[[int], list[str]], variables: Mapping[str, str] | None = None) -> None:
            port = int((variables or {}).get("GATEWAY_PORT", 0)) or free_port()
            log = folder / f"{name.replace(' ', '-')}.out"
            process = stack.enter_context(server(command(port), port, log, variables))
            found[name] = Contestant(name, f"http://127.0.0.1:{port}", process.pid)

        spans = ["--port", str(collector), "--log-level", "error", "--lifespan", "off"]
        taking = [sys.executable, "-m", "uvicorn", "benchmarks.gateway.collector:app", *spans]
        stack.enter_context(server(taking, collector, folder / "collector.out"))
        found[UPSTREAM] = Contestant(UPSTREAM, upstreams.urls["json"], 0)
        ports = upstreams.ports
        run(NGINX, lambda port: nginx.nginx(folder, "tuned", port, ports, tuned=True))
        run(NGINX_PLAIN, lambda port: nginx.nginx(folder, "plain", port, ports, tuned=False))
        run(CADDY, lambda port: caddy.caddy(folder, port, ports), caddy.variables(folder))
        run(ENVOY, lambda port: envoy(folder, port, ports))
        run(TEXTBOOK, _textbook, {"UPSTREAMS": json.dumps(dict(upstreams.urls))})
        sampled = ours.ours(free_port(), config, keys, collector, "parentbased_traceidratio", TRACED_SHARE)
        run(OURS, lambda _: gateway, sampled)
        always = ours.ours(free_port(), config, keys, collector, "always_on", 1.0)
        run(OURS_TRACED, lambda _: gateway, always)
        yield Field(found, upstreams, key, f"http://127.0.0.1:{collector}")


def _textbook(port: int) -> list[str]:
    command = [str(installed("textbook") / "uvicorn"), "textbook:app", "--app-dir", str(PEERS)]
    return [*command, "--port", str(port), "--log-level", "error"]
