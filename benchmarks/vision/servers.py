"""Each server in turn, alone on the machine: started, waited for, and loaded."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import Final

from benchmarks.vision.client import Load, closed_loop, request
from benchmarks.vision.contestants import Peer, Setting
from benchmarks.vision.processes import Process, running
from shared.testing import free_port

ROOT: Final = Path(__file__).parents[2]
START_SECONDS: Final = 120


@dataclass(frozen=True)
class Server:
    """Something to measure: `command` starts it on a port, with a folder that it may write to."""

    name: str
    setting: str
    command: Callable[[int], Sequence[str]]
    variables: Callable[[int, Path], dict[str, str]]
    path: str
    content_type: str
    bodies: Sequence[bytes]


@dataclass(frozen=True)
class Running:
    """A server that answers: where, the requests to send it, and its processes."""

    url: str
    requests: Sequence[bytes]
    process: Process


@dataclass(frozen=True)
class Measured:
    """A load and the memory that the server took under it, in MiB."""

    load: Load
    memory: float


def ours(name: str, folder: Path, photos: Sequence[bytes]) -> Server:
    """Return the service with the models in `folder`, in its own settings, but without its cache of answers."""

    def variables(port: int, _: Path) -> dict[str, str]:
        return {"VISION_PORT": str(port), "VISION_MODEL_DIR": str(folder), "VISION_CACHE_BYTES": "0"}

    command = [sys.executable, "-m", "vision"]
    return Server(name, "as it comes", lambda _: command, variables, "/predictions", "image/jpeg", photos)


def of_peer(peer: Peer, setting: Setting, python: Path, model: Path, photos: Sequence[bytes]) -> Server:
    """Return a peer in one of its settings, with the model in the folder `model`."""

    def variables(port: int, folder: Path) -> dict[str, str]:
        numbers = {"PORT": port, "WORKERS": setting.workers, "THREADS": setting.threads, "BATCH": setting.batch}
        named = {"MODEL": model, "FOLDER": folder, "WAIT_MS": setting.wait_ms, **numbers}
        own = {f"PEER_{name}": str(value) for name, value in named.items()}
        path = f"{python.parent}:/usr/local/bin:/usr/bin:/bin"
        return {**own, **setting.variables, "PYTHONPATH": str(ROOT), "PATH": path, "HOME": str(folder)}

    return Server(
        peer.name,
        str(setting),
        lambda port: peer.command(python, port, setting),
        variables,
        peer.path,
        peer.content_type,
        [peer.body(photo) for photo in photos],
    )


@contextmanager
def started(server: Server) -> Iterator[Running]:
    """Start it and wait until it answers a photo; raises RuntimeError with what it wrote."""
    port = free_port()
    url = f"http://127.0.0.1:{port}{server.path}"
    requests = [request(url, server.content_type, body) for body in server.bodies]
    with (
        TemporaryDirectory() as folder,
        running(server.command(port), server.variables(port, Path(folder)), Path(folder)) as process,
    ):
        _wait(url, requests, process)
        yield Running(url, requests, process)


def measure(server: Server, clients: Sequence[int], warm_up: float, seconds: float) -> dict[int, Measured]:
    """Return what came of each number of clients."""
    found = {}
    with started(server) as up:
        for count in clients:
            load = closed_loop(up.url, up.requests, count, warm_up, seconds)
            found[count] = Measured(load, up.process.resident_mib())
    return found


def _wait(url: str, requests: Sequence[bytes], process: Process) -> None:
    deadline = monotonic() + START_SECONDS
    while True:
        process.check()
        try:
            closed_loop(url, requests, 1, 0, 0.01)
        except (OSError, RuntimeError) as error:
            if monotonic() > deadline:
                raise TimeoutError(f"no answer after {START_SECONDS} s: {error}") from error
            sleep(0.2)
        else:
            return
