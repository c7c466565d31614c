"""HTTP/1.1 towards one instance of a service: pooled connections, answers as they come, and tunnels."""

from gateway.wire.answer import Answer
from gateway.wire.connections import Connections
from gateway.wire.errors import (
    BrokenError,
    ExhaustedError,
    NotConnectedError,
    SilentError,
    StaleError,
    UnsendableError,
    WireError,
)
from gateway.wire.upgrades import UPGRADE, Upgrade, UpgradingProtocol

__all__ = [
    "UPGRADE",
    "Answer",
    "BrokenError",
    "Connections",
    "ExhaustedError",
    "NotConnectedError",
    "SilentError",
    "StaleError",
    "UnsendableError",
    "Upgrade",
    "UpgradingProtocol",
    "WireError",
]
