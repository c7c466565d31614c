"""Caddy as a proxy, on one core."""

from collections.abc import Mapping
from pathlib import Path


def variables(folder: Path) -> dict[str, str]:
    """Return the variables that keep it on one core, and what it writes in `folder`."""
    return {"GOMAXPROCS": "1", "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}


def caddy(folder: Path, port: int, upstreams: Mapping[str, int]) -> list[str]:
    """Write the Caddyfile; return the command."""
    config = folder / "Caddyfile"
    routes = "\n".join(
        f"\thandle_path /{name}/* {{\n\t\treverse_proxy 127.0.0.1:{at}\n\t}}" for name, at in upstreams.items()
    )
    options = "{\n\tadmin off\n\tauto_https off\n}"
    config.write_text(f"{options}\nhttp://:{port} {{\n\tbind 127.0.0.1\n{routes}\n}}\n", encoding="utf-8")
    return ["caddy", "run", "--config", str(config), "--adapter", "caddyfile"]
