"""nginx as a proxy: tuned, or as a first configuration has it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

_COMMON: Final = """
worker_processes 1;
daemon off;
pid {folder}/{name}.pid;
error_log {folder}/{name}.log;
events {{ worker_connections 4096; }}
http {{
  access_log {access_log};
  client_max_body_size 0;
  client_body_temp_path {folder}/{name}-body;
  proxy_temp_path {folder}/{name}-proxy;
{upstreams}
  server {{
    listen 127.0.0.1:{port};
{tuning}
{locations}
  }}
}}
"""
_TUNING: Final = """
    keepalive_requests 100000000;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_request_buffering off;
    proxy_max_temp_file_size 0;
"""


def nginx(folder: Path, name: str, port: int, upstreams: Mapping[str, int], *, tuned: bool) -> list[str]:
    """Write the configuration; return the command.

    `tuned` keeps connections to the upstreams, takes bodies to no disk, and writes no access log.
    """
    config = folder / f"{name}.conf"
    config.write_text(
        _COMMON.format(
            folder=folder,
            name=name,
            port=port,
            access_log="off" if tuned else f"{folder}/{name}-access.log",
            tuning=_TUNING if tuned else "    keepalive_requests 100000000;",
            upstreams="\n".join(_upstream(each, at, tuned=tuned) for each, at in upstreams.items()),
            locations="\n".join(_location(each) for each in upstreams),
        ),
        encoding="utf-8",
    )
    return ["nginx", "-c", str(config), "-e", str(folder / f"{name}.log")]


def _upstream(name: str, port: int, *, tuned: bool) -> str:
    kept = " keepalive 64;" if tuned else ""
    return f"  upstream {name} {{ server 127.0.0.1:{port} max_fails=0;{kept} }}"


def _location(name: str) -> str:
    buffering = " proxy_buffering off;" if name == "live" else ""
    return f"    location /{name}/ {{ proxy_pass http://{name}/;{buffering} }}"
