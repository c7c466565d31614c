"""A running fleet that can be disturbed: processes and databases killed, halted and restarted, lines cut."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from time import monotonic
from typing import Final

import httpx2

from fleet.load.mix import SERVICES
from fleet.testing import RunningFleet
from shared.testing import free_port

UP_SECONDS: Final = 240.0
POLL_SECONDS: Final = 0.05
WAIT_SECONDS: Final = 240
"""How long the gateway lets requests wait for a service that restarts: a start with models takes long on busy cores."""

DRAIN_SECONDS: Final = 8
"""How long a service goes on once it is to stop, as in a deployment: the gateway misses it after two checks of 2 s."""


class DisturbedFleet(RunningFleet):
    """A fleet whose gateway goes by a file that names the instances, and whose debugger has its worker beside it."""

    def __init__(self, folder: Path) -> None:
        self._config = folder / "gateway.toml"
        self._beside: dict[str, subprocess.Popen[bytes]] = {}
        self._seconds: dict[str, int] = {}
        super().__init__(
            folder,
            GATEWAY_CONFIG_FILE=str(self._config),
            DEBUGGER_RUN_JOBS="false",
            VISION_CACHE_BYTES="0",
            **{f"{service.upper()}_DRAIN_SECONDS": str(DRAIN_SECONDS) for service in SERVICES},
        )

    def start(self) -> None:
        """Start its processes, then the debugger's worker."""
        self._write({})
        super().start()
        asyncio.run(self._until_all_up())
        self.start_beside("worker", "debugger.worker")

    def stop(self) -> int:
        """Stop what runs beside it, then all of it."""
        for process in self._beside.values():
            process.terminate()
        for process in self._beside.values():
            process.wait(60)
        return super().stop()

    def start_beside(self, name: str, module: str, **variables: str) -> subprocess.Popen[bytes]:
        """Run another process of the fleet, which Supervisor knows nothing of, instead of the one of that name."""
        environment = {**os.environ, **self._variables, **variables}
        with (self.folder / f"{name}.log").open("ab") as log:
            command = [sys.executable, "-m", module]
            self._beside[name] = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        return self._beside[name]

    def beside(self, name: str) -> subprocess.Popen[bytes]:
        """Return a process that runs beside the fleet."""
        return self._beside[name]

    def start_second(self, service: str) -> int:
        """Run a second instance of a service, always on the same port, and return that."""
        port = self._seconds.setdefault(service, free_port())
        self.start_beside(f"{service}-2", service, **{f"{service.upper()}_PORT": str(port)})
        return port

    def postmaster_of(self, service: str) -> int:
        """Return the process of the embedded PostgreSQL of a service."""
        return int((self.data_of(service) / "postmaster.pid").read_text(encoding="ascii").split()[0])

    def data_of(self, service: str) -> Path:
        """Return the folder of the embedded PostgreSQL of a service."""
        return self.folder / service / "postgres"

    async def route(self, ports: Mapping[str, Iterable[int]]) -> None:
        """Have the gateway find services at other ports than their own, and return when it does."""
        self._write(ports)
        os.kill(self.pid_of("gateway"), signal.SIGHUP)
        wanted = {name: {f"http://127.0.0.1:{port}" for port in numbers} for name, numbers in ports.items()}
        async with asyncio.timeout(UP_SECONDS), httpx2.AsyncClient() as http:
            while True:
                known = (await http.get(f"{self.url}/health")).json()["services"]
                instances = {name: {each["url"].rstrip("/") for each in known[name]["instances"]} for name in wanted}
                healthy = all(each["ready"] for name in wanted for each in known[name]["instances"])
                if instances == wanted and healthy:
                    return
                await asyncio.sleep(0.2)

    async def until_up(self, port: int) -> float:
        """Wait until the process on `port` says that it is ready; return when it did, in monotonic seconds."""
        async with asyncio.timeout(UP_SECONDS), httpx2.AsyncClient(timeout=2) as http:
            while True:
                try:
                    if (await http.get(f"http://127.0.0.1:{port}/readyz")).status_code == httpx2.codes.OK:
                        return monotonic()
                except httpx2.TransportError:
                    pass
                await asyncio.sleep(POLL_SECONDS)

    async def _until_all_up(self) -> None:
        for port in self.ports.values():
            await self.until_up(port)

    async def until_gone(self, pid: int) -> None:
        """Wait until a process has ended."""
        async with asyncio.timeout(UP_SECONDS):
            while _runs(pid):  # noqa: ASYNC110 nobody tells
                await asyncio.sleep(POLL_SECONDS)

    def _write(self, ports: Mapping[str, Iterable[int]]) -> None:
        lines = []
        for name in SERVICES:
            numbers = ports.get(name, [self.ports[name]])
            instances = ", ".join(f'{{ url = "http://127.0.0.1:{port}" }}' for port in numbers)
            lines += [f"[services.{name}]", f"wait_seconds = {WAIT_SECONDS}", f"instances = [{instances}]", ""]
        new = self._config.with_suffix(".new")
        new.write_text("\n".join(lines), encoding="utf-8")
        new.replace(self._config)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
