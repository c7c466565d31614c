"""`python -m benchmarks.gateway` prints requests/s and latencies as ratios, and the memory of a 1 GiB upload.

Needs nginx and wrk (Debian's packages of these names).
"""

import argparse
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from urllib.parse import urlsplit

from benchmarks.gateway.servers import Servers, running_servers

GIB = 1 << 30
BLOCK = bytes(1 << 20)
UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3}


@dataclass(frozen=True)
class Load:
    """What wrk measured: requests per second, and milliseconds."""

    requests: float
    p50: float
    p99: float


def main() -> int:
    """Run the comparison; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gateway", description=__doc__)
    parser.add_argument("--seconds", type=int, default=5, help="length of one measurement")
    parser.add_argument("--rounds", type=int, default=3, help="measurements of each server; the median counts")
    options = parser.parse_args()
    missing = [tool for tool in ("nginx", "wrk") if not shutil.which(tool)]
    if missing:
        print(f"Missing: {', '.join(missing)}. On Debian: apt-get install nginx-light wrk")
        return 1
    with TemporaryDirectory() as folder, running_servers(Path(folder)) as servers:
        compare_requests(servers, options.rounds, options.seconds)
        compare_uploads(servers)
    return 0


def compare_requests(servers: Servers, rounds: int, seconds: int) -> None:
    """Print requests/s with 32 connections and the latency of one, each server in turn in every round."""
    urls = {
        "upstream itself": servers.bare,
        "nginx, upstream kept alive": servers.nginx,
        "nginx, as it comes": servers.nginx_close,
        "gateway": f"{servers.gateway}/bare/",
    }
    many = _medians(urls, rounds, lambda url: wrk(url, 32, seconds))
    one = _medians(urls, rounds, lambda url: wrk(url, 1, seconds))
    kept, closed, bare = (many[name].requests for name in list(urls)[1:3] + list(urls)[:1])
    print(f"{'':28}{'requests/s':>12}{'p50 ms':>9}{'p99 ms':>9}{'p50 ms':>9}   (32 connections; last column: 1)")
    for name in urls:
        load = many[name]
        print(f"{name:28}{load.requests:12,.0f}{load.p50:9.2f}{load.p99:9.2f}{one[name].p50:9.2f}")
    ours = many["gateway"].requests
    print(f"gateway / nginx with the upstream kept alive  {ours / kept:.3f}   (bar 0.15)")
    print(f"gateway / nginx as it comes                   {ours / closed:.3f}")
    print(f"gateway / upstream itself                     {ours / bare:.3f}")
    added = one["gateway"].p50 - one["upstream itself"].p50
    print(f"added at the median of one connection         {added:.2f} ms   (bar 0.6)")


def compare_uploads(servers: Servers) -> None:
    """Print the speed of a 1 GiB upload and what it adds to the gateway's memory."""
    upload(f"{servers.gateway}/sink/", 64 << 20)
    before = resident_bytes(servers.gateway_pid)
    ours = upload(f"{servers.gateway}/sink/", GIB)
    growth = resident_bytes(servers.gateway_pid) - before
    theirs = upload(f"{servers.nginx}/sink/", GIB)
    print(f"1 GiB upload: gateway {GIB / ours / 1e6:,.0f} MB/s, nginx {GIB / theirs / 1e6:,.0f} MB/s, ", end="")
    print(f"ratio {theirs / ours:.2f}; the gateway's memory grew by {growth / (1 << 20):.1f} MiB")


def wrk(url: str, connections: int, seconds: int) -> Load:
    """Load `url` from one thread."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}", "--latency", url]
    report = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in report or "Socket errors" in report:
        raise RuntimeError(report)
    requests = re.search(r"Requests/sec:\s+([\d.]+)", report)
    latencies = {
        percent: float(value) * UNITS[unit]
        for percent, value, unit in re.findall(r"(50|99)%\s+([\d.]+)(us|ms|s)", report)
    }
    if not requests:
        raise RuntimeError(report)
    return Load(float(requests[1]), latencies["50"], latencies["99"])


def upload(url: str, size: int) -> float:
    """Send `size` zeros; return the seconds until the answer says that all of them arrived."""
    parts = urlsplit(url)
    started = perf_counter()
    with socket.create_connection((parts.hostname or "", parts.port or 80)) as connection:
        head = f"POST {parts.path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {size}\r\n\r\n"
        connection.sendall(head.encode())
        for _ in range(size // len(BLOCK)):
            connection.sendall(BLOCK)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    if str(size).encode() not in answer:
        raise RuntimeError(answer.decode())
    return perf_counter() - started


def resident_bytes(pid: int) -> int:
    """Return the resident memory of the process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * 4096


def _medians(urls: dict[str, str], rounds: int, measure: Callable[[str], Load]) -> dict[str, Load]:
    loads: dict[str, list[Load]] = {name: [] for name in urls}
    for _ in range(rounds):
        for name, url in urls.items():
            loads[name].append(measure(url))
    return {
        name: Load(*(median(values) for values in zip(*((x.requests, x.p50, x.p99) for x in measured), strict=True)))
        for name, measured in loads.items()
    }


if __name__ == "__main__":
    sys.exit(main())
