"""What the gateway's own routes see of the gateway."""

from collections.abc import Callable
from dataclasses import dataclass

import aiohttp

from gateway.documents.fleet_document import FleetDocument
from gateway.upstreams import Upstreams


@dataclass
class Running:
    """What there is from the gateway's start to its end; `session` asks services about themselves.

    `problems` returns what is wrong with the gateway's own files, a line each.
    """

    session: aiohttp.ClientSession
    upstreams: Upstreams
    document: FleetDocument
    problems: Callable[[], list[str]]
