"""The processes of a running fleet on this machine: found by the ports that the gateway names, and measured."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx2
import psutil
from platformdirs import user_data_path

MIB: Final = 1 << 20
WITH_DATABASE: Final = ("catalog", "debugger")


class NotFoundError(Exception):
    """There is no fleet, or its processes are not on this machine."""


@dataclass(frozen=True)
class Watched:
    """A process of the fleet, and the folder of its embedded PostgreSQL if it has one."""

    name: str
    process: psutil.Process
    database: Path | None

    def measures(self) -> dict[str, float]:
        """Return its memory in MiB, open file descriptors, threads and connections to its database.

        Empty where it has ended.
        """
        try:
            with self.process.oneshot():
                found = {
                    "memory, MiB": self.process.memory_info().rss / MIB,
                    "open files": float(self.process.num_fds()),
                    "threads": float(self.process.num_threads()),
                }
            connections = self._connections()
        except (psutil.Error, OSError):
            return {}
        return found if connections is None else {**found, "database connections": float(connections)}

    def cpu_seconds(self) -> float | None:
        """Return how long it has computed so far; None where it has ended."""
        try:
            times = self.process.cpu_times()
        except psutil.Error:
            return None
        return float(times.user + times.system)

    def _connections(self) -> int | None:
        if self.database is None:
            return None
        postmaster = int((self.database / "postmaster.pid").read_text(encoding="ascii").split()[0])
        children = psutil.Process(postmaster).children()
        return sum("[local]" in " ".join(child.cmdline()) for child in children)


def processes_of(url: str) -> list[Watched]:
    """Return the gateway at `url` and every instance behind it; raises NotFoundError where one is not here."""
    ports = [("gateway", _port_of(url))]
    try:
        services = httpx2.get(f"{url}/health", timeout=10).raise_for_status().json()["services"]
    except (httpx2.HTTPError, ValueError, LookupError) as error:
        raise NotFoundError(f"No gateway of a fleet answers at {url}: {error}") from error
    for name, service in services.items():
        instances = [_port_of(instance["url"]) for instance in service["instances"]]
        many = len(instances) > 1
        ports += [(f"{name} {number}" if many else name, port) for number, port in enumerate(instances, 1)]
    return [_watched(name, port) for name, port in ports]


def _watched(name: str, port: int) -> Watched:
    for process in psutil.process_iter():
        try:
            listening = [
                each.laddr.port for each in process.net_connections("tcp") if each.status == psutil.CONN_LISTEN
            ]
            if port in listening:
                return Watched(name, process, _database_of(name.partition(" ")[0], process))
        except psutil.Error:
            continue
    raise NotFoundError(f"No process of this machine that can be seen listens on port {port}, where {name} is.")


def _database_of(service: str, process: psutil.Process) -> Path | None:
    environment, prefix = process.environ(), service.upper()
    if service not in WITH_DATABASE or environment.get(f"{prefix}_DATABASE_URL"):
        return None
    folder = environment.get(f"{prefix}_DATA_DIR") or user_data_path("flotilla") / service
    return Path(process.cwd()) / folder / "postgres"


def _port_of(url: str) -> int:
    parts = urlsplit(url)
    return parts.port or (443 if parts.scheme == "https" else 80)
