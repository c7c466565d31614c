"""What tests of the whole fleet share: a fleet that runs as `make run` starts it, in a folder of its own."""

import os
import re
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

from fleet.services import SERVICES
from shared.testing import free_port

STARTED = "Ctrl-C stops everything"
START_SECONDS = 300
STOP_SECONDS = 60


class RunningFleet:
    """`python -m fleet` with free ports, and with data, intent models and logs of its own below `folder`.

    `variables` join its environment.
    """

    def __init__(self, folder: Path, **variables: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.ports = {service.name: free_port() for service in SERVICES}
        self._variables = {
            **{f"{service.prefix}PORT": str(self.ports[service.name]) for service in SERVICES},
            "FLEET_DIR": str(folder / "logs"),
            "CATALOG_DATA_DIR": str(folder / "catalog"),
            "DEBUGGER_DATA_DIR": str(folder / "debugger"),
            "INTENT_MODEL_DIR": str(folder / "intent"),
            "COLUMNS": "200",
            **variables,
        }
        self.start()

    def start(self) -> None:
        """Start its processes, with the same ports and data as before, and wait until all of them answer."""
        with self.output.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "fleet"],
                env={**os.environ, **self._variables},
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        try:
            self.wait_for(STARTED)
        except AssertionError:
            self.stop()
            raise

    @property
    def output(self) -> Path:
        """What it prints on its terminal."""
        return self.folder / "output"

    @property
    def printed(self) -> str:
        """All that it has printed since it was started."""
        return self.output.read_text(encoding="utf-8")

    @property
    def url(self) -> str:
        """Where its gateway answers."""
        return f"http://127.0.0.1:{self.ports['gateway']}"

    def wait_for(self, pattern: str, seconds: float = START_SECONDS) -> None:
        """Return once it has printed `pattern`; raises AssertionError when it ends or the time does."""
        deadline = monotonic() + seconds
        while monotonic() < deadline:
            if re.search(pattern, self.printed):
                return
            assert self.process.poll() is None, self.printed
            sleep(0.2)
        raise AssertionError(f"no {pattern!r} in:\n{self.printed}")

    def pid_of(self, name: str) -> int:
        """Return the process of a service as it is now; raises AssertionError when it has none."""
        ports = f"{name.upper()}_PORT={self.ports[name]}".encode()
        for process in Path("/proc").glob("[0-9]*"):
            try:
                environment = (process / "environ").read_bytes().split(b"\0")
                command = (process / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if ports in environment and command[1:3] == [b"-m", name.encode()]:
                return int(process.name)
        raise AssertionError(f"no process of {name}")

    def stop(self) -> int:
        """Stop all of it as SIGTERM does; return its exit status."""
        self.process.terminate()
        return self.process.wait(STOP_SECONDS)
