"""Looks before anything starts whether every service can have its port."""

import socket
from collections.abc import Iterable

from fleet.services import Service


def complaints(services: Iterable[Service]) -> list[str]:
    """Return one clear line for each port that is wrong, wanted twice or taken; none when all is well."""
    found, wanted = [], dict[int, str]()
    for service in services:
        try:
            port = service.port
        except ValueError as error:
            found.append(str(error))
            continue
        if port in wanted:
            found.append(f"Port {port} is wanted by {wanted[port]} and by {service.name}: set {service.prefix}PORT.")
        elif _is_taken(service.host, port):
            found.append(f"Port {port} is taken, {service.name} needs it: free it or set {service.prefix}PORT.")
        wanted[port] = service.name
    return found


def _is_taken(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False
