"""Who takes part, and in which settings: a small grid for each peer out of which its best counts."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from vision.settings import usable_cores

CORES: Final = usable_cores()


@dataclass(frozen=True)
class Setting:
    """One way to set a peer up."""

    workers: int
    threads: int
    batch: int = 1
    wait_ms: float = 0
    variables: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        words = [f"{self.workers} x {self.threads}"]
        words += [f"batch {self.batch}, {self.wait_ms:g} ms"] if self.batch > 1 else []
        return ", ".join([*words, *self.variables])


@dataclass(frozen=True)
class Peer:
    """A server of others: `command` starts it with an interpreter, a port and a setting."""

    name: str
    environment: str
    command: Callable[[Path, int, Setting], list[str]]
    grid: Sequence[Setting]
    path: str = "/predictions"
    content_type: str = "image/jpeg"
    body: Callable[[bytes], bytes] = bytes


SINGLE: Final = (Setting(CORES, 1), Setting(1, CORES))
"""A worker per core with a thread each, and one worker with all of them."""
PACKAGE: Final = "benchmarks.vision.peers"


def _module(name: str) -> Callable[[Path, int, Setting], list[str]]:
    return lambda python, *_: [str(python), "-m", f"{PACKAGE}.{name}"]


def _uvicorn(python: Path, port: int, setting: Setting) -> list[str]:
    command = [str(python), "-m", "uvicorn", f"{PACKAGE}.plain:app", "--port", str(port)]
    return [*command, "--workers", str(setting.workers)]


def _bentoml(python: Path, port: int, setting: Setting) -> list[str]:
    service = "Batched" if setting.batch > 1 else "Single"
    return [str(python), "-m", "bentoml", "serve", f"{PACKAGE}.bentoml:{service}", "--port", str(port)]


def _inference_request(photo: bytes) -> bytes:
    data = base64.b64encode(photo).decode()
    parameters = {"content_type": "base64"}
    tensor = {"name": "photo", "shape": [1, 1], "datatype": "BYTES", "parameters": parameters, "data": [data]}
    return json.dumps({"inputs": [tensor]}).encode()


RAY_FAST: Final = {"RAY_SERVE_THROUGHPUT_OPTIMIZED": "1"}

PEERS: Final = (
    Peer("FastAPI + onnxruntime", "plain", _uvicorn, SINGLE),
    Peer(
        "LitServe",
        "litserve",
        _module("litserve"),
        (*SINGLE, Setting(CORES, 1, 4, 10), Setting(1, CORES, 8, 10)),
    ),
    Peer("BentoML", "bentoml", _bentoml, (*SINGLE, Setting(CORES, 1, 8))),
    Peer(
        "Ray Serve",
        "rayserve",
        _module("rayserve"),
        (
            *SINGLE,
            Setting(CORES, 1, variables=RAY_FAST),
            Setting(CORES, 1, 8, 10, RAY_FAST),
            Setting(1, CORES, 8, 10, RAY_FAST),
        ),
    ),
    Peer(
        "MLServer",
        "mlserver",
        _module("mlserver"),
        (*SINGLE, Setting(CORES, 1, 4, 10), Setting(1, CORES, 8, 10)),
        path="/v2/models/classifier/infer",
        content_type="application/json",
        body=_inference_request,
    ),
)
