"""Envoy as a proxy, with one worker."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.gateway.environments import installed

_MANAGER = "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"
_ROUTER = "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"


def envoy(folder: Path, port: int, upstreams: Mapping[str, int]) -> list[str]:
    """Write the configuration; return the command; raises NotInstalledError."""
    config = folder / "envoy.json"
    resources = {
        "listeners": [_listener(port, upstreams)],
        "clusters": [_cluster(name, at) for name, at in upstreams.items()],
    }
    config.write_text(json.dumps({"static_resources": resources}), encoding="utf-8")
    program = str(installed("envoy") / "envoy")
    return [program, "-c", str(config), "--concurrency", "1", "--log-level", "error", "--use-dynamic-base-id"]


def _listener(port: int, upstreams: Mapping[str, int]) -> dict[str, Any]:
    routes = [
        {"match": {"prefix": f"/{name}/"}, "route": {"cluster": name, "prefix_rewrite": "/", "timeout": "0s"}}
        for name in upstreams
    ]
    manager = {
        "@type": _MANAGER,
        "stat_prefix": "http",
        "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": routes}]},
        "http_filters": [{"name": "envoy.filters.http.router", "typed_config": {"@type": _ROUTER}}],
    }
    named = {"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}
    return {"name": "listener", "address": _address(port), "filter_chains": [{"filters": [named]}]}


def _cluster(name: str, port: int) -> dict[str, Any]:
    endpoints = [{"lb_endpoints": [{"endpoint": {"address": _address(port)}}]}]
    return {
        "name": name,
        "type": "STATIC",
        "load_assignment": {"cluster_name": name, "endpoints": endpoints},
    }


def _address(port: int) -> dict[str, Any]:
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}
