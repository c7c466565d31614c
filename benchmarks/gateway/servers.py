"""The servers that are compared: one upstream, and in front of it nginx in two settings and the gateway."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import create_connection
from time import monotonic, sleep

from shared.testing import free_port

ANSWER = '{"prediction":["blue"],"scores":[{"blue":0.9928,"green":0.0072,"yellow":1.34e-8}]}'
NGINX = """
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_max_body_size 0;
  keepalive_requests 1000000;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  proxy_http_version 1.1;
  proxy_request_buffering off;
  upstream bare {{ server 127.0.0.1:{bare}; keepalive 64; }}
  upstream sink {{ server 127.0.0.1:{sink}; keepalive 8; }}
  server {{ listen 127.0.0.1:{bare}; location / {{ default_type application/json; return 200 '{answer}'; }} }}
  server {{ listen 127.0.0.1:{nginx}; proxy_set_header Connection "";
            location / {{ proxy_pass http://bare; }} location /sink/ {{ proxy_pass http://sink/; }} }}
  server {{ listen 127.0.0.1:{nginx_close}; location / {{ proxy_pass http://127.0.0.1:{bare}; }} }}
}}
"""


@dataclass(frozen=True)
class Servers:
    """Where each of them listens, and the gateway's process."""

    bare: str
    nginx: str
    nginx_close: str
    gateway: str
    gateway_pid: int


@contextmanager
def running_servers(folder: Path) -> Iterator[Servers]:
    """Start everything; yield when all of it answers."""
    ports = {name: free_port() for name in ("bare", "sink", "nginx", "nginx_close", "gateway")}
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, answer=ANSWER, **ports), encoding="utf-8")
    upstreams = {"bare": f"http://127.0.0.1:{ports['bare']}", "sink": f"http://127.0.0.1:{ports['sink']}"}
    variables = {"GATEWAY_PORT": str(ports["gateway"]), "GATEWAY_UPSTREAMS": json.dumps(upstreams)}
    sink = [sys.executable, "-m", "uvicorn", "benchmarks.gateway.sink:app", "--log-level", "error"]
    with ExitStack() as stack, (folder / "gateway.log").open("wb") as log:
        stack.enter_context(_process(["nginx", "-c", str(config), "-e", str(folder / "error.log")]))
        stack.enter_context(_process([*sink, "--port", str(ports["sink"])]))
        gateway = stack.enter_context(_process([sys.executable, "-m", "gateway"], variables, log))
        for port in ports.values():
            _wait_for(port)
        urls = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
        yield Servers(urls["bare"], urls["nginx"], urls["nginx_close"], urls["gateway"], gateway.pid)


@contextmanager
def _process(
    command: list[str], variables: dict[str, str] | None = None, log: object = None
) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, env={**os.environ, **(variables or {})}, stdout=log)  # type: ignore[call-overload]
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int) -> None:
    deadline = monotonic() + 30
    while monotonic() < deadline:
        try:
            create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            sleep(0.05)
        else:
            return
    raise TimeoutError(f"nothing listens on port {port}")
