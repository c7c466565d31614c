"""The services of the fleet, in the order in which they start."""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Service:
    """One service: how it is prepared and started, and where it listens."""

    name: str
    default_port: int
    prepare: str | None = None

    @property
    def prefix(self) -> str:
        """The prefix of its environment variables."""
        return f"{self.name.upper()}_"

    @property
    def port(self) -> int:
        """The port it listens on; raises ValueError when its variable holds none."""
        variable = f"{self.prefix}PORT"
        port = os.environ.get(variable) or str(self.default_port)
        if not port.isdecimal() or not 0 < int(port) < 65536:
            raise ValueError(f"{variable} must be a port from 1 to 65535, not {port!r}.")
        return int(port)

    @property
    def host(self) -> str:
        """The address it listens on."""
        return os.environ.get(f"{self.prefix}HOST", "127.0.0.1")

    @property
    def url(self) -> str:
        """Where it is reached from this machine."""
        return f"http://{'127.0.0.1' if self.host == '0.0.0.0' else self.host}:{self.port}"  # noqa: S104 compared only

    @property
    def command(self) -> list[str]:
        """The command that serves."""
        return [sys.executable, "-m", self.name]


GATEWAY = Service("gateway", 8000)
SERVICES = (
    Service("catalog", 8001, prepare="catalog.migrate"),
    Service("crystal", 3000, prepare="crystal.train"),
    Service("vision", 8002, prepare="vision.prepare"),
    Service("intent", 4002, prepare="intent.prepare"),
    Service("debugger", 8003, prepare="debugger.migrate"),
    GATEWAY,
)


def fleet_environment() -> Mapping[str, str]:
    """Return the variables of all services: the caller's own, and where the others are if that is not given."""
    behind = {service.name: service.url for service in SERVICES if service is not GATEWAY}
    return {
        "GATEWAY_UPSTREAMS": json.dumps(behind),
        "CATALOG_VISION_URL": behind["vision"],
        "DEBUGGER_INTENT_URL": behind["intent"],
        **os.environ,
    }
