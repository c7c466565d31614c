"""The parts of the comparison: each measures, and returns columns of the table and bars."""

from collections.abc import Mapping
from dataclasses import dataclass
from signal import SIGKILL, SIGTERM
from typing import Final

from benchmarks.gateway.connections import IDLE, STREAMS, memory_of_connections
from benchmarks.gateway.contestants import (
    CADDY,
    ENVOY,
    NGINX,
    NGINX_PLAIN,
    OURS,
    OURS_TRACED,
    TEXTBOOK,
    UPSTREAM,
    Field,
)
from benchmarks.gateway.hanging import others_meanwhile
from benchmarks.gateway.processes import MIB
from benchmarks.gateway.report import Bar
from benchmarks.gateway.requests import CONNECTIONS, many_and_one
from benchmarks.gateway.restarts import failed_requests
from benchmarks.gateway.transfers import downloads, uploads

EVERY: Final = (UPSTREAM, NGINX, NGINX_PLAIN, CADDY, ENVOY, TEXTBOOK, OURS, OURS_TRACED)
PROXIES: Final = (NGINX, CADDY, ENVOY, TEXTBOOK, OURS)
SHIELDED: Final = (NGINX, CADDY, ENVOY, OURS)


@dataclass(frozen=True)
class Result:
    """Columns by title, each with its cells by contestant, and the bars."""

    columns: Mapping[str, Mapping[str, str]]
    bars: tuple[Bar, ...]


def requests(field: Field, rounds: int, seconds: int) -> Result:
    """Compare small requests, many at a time and one by one."""
    many, one = many_and_one(field, field.of(*EVERY), rounds, seconds)
    ours, nginx = many[OURS], many[NGINX]
    columns = {
        f"requests/s, {CONNECTIONS} connections": {name: f"{load.requests:,.0f}" for name, load in many.items()},
        "of nginx": {name: f"{load.requests / nginx.requests:.3f}" for name, load in many.items()},
        "its CPU a request": {name: f"{load.cpu:.0f} µs" for name, load in many.items() if load.cpu},
        "p50": {name: f"{load.p50:.2f} ms" for name, load in many.items()},
        "p99": {name: f"{load.p99:.2f} ms" for name, load in many.items()},
        "failed": {name: str(load.failed) for name, load in many.items()},
        "p50, 1 connection": {name: f"{load.p50:.2f} ms" for name, load in one.items()},
    }
    bars = (
        Bar.at_least("requests/s, of nginx", 0.25, ours.requests / nginx.requests),
        Bar.at_least("requests/s, of FastAPI + httpx", 8, ours.requests / many[TEXTBOOK].requests),
        Bar.at_most("p50 added with one connection", 0.5, one[OURS].p50 - one[UPSTREAM].p50, " ms"),
        Bar.at_most("p99 under load, three times nginx's and 5 ms", 3 * nginx.p99 + 5, ours.p99, " ms"),
    )
    return Result(columns, bars)


def transfers(field: Field, rounds: int, _: int) -> Result:
    """Compare 1 GiB up and 1 GiB down."""
    up, down = (measure(field, field.of(*PROXIES), rounds) for measure in (uploads, downloads))
    columns = {
        "1 GiB up": {name: f"{each.speed / 1e6:,.0f} MB/s" for name, each in up.items()},
        "1 GiB down": {name: f"{each.speed / 1e6:,.0f} MB/s" for name, each in down.items()},
        "memory, up / down": {
            name: f"{up[name].growth / MIB:+.1f} / {down[name].growth / MIB:+.1f} MiB" for name in up
        },
    }
    growth = max(up[OURS].growth, down[OURS].growth) / MIB
    bars = (
        Bar.at_least("1 GiB up, of nginx's speed", 0.5, up[OURS].speed / up[NGINX].speed),
        Bar.at_least("1 GiB down, of nginx's speed", 0.5, down[OURS].speed / down[NGINX].speed),
        Bar.at_most("memory for these", 16, growth, " MiB"),
    )
    return Result(columns, bars)


def connections(field: Field, _: int, __: int) -> Result:
    """Compare the memory of connections that stay."""
    grown = memory_of_connections(field, field.of(*PROXIES))
    title = f"{IDLE} idle, {STREAMS} event streams"
    columns = {title: {name: f"{size / MIB:+.1f} MiB" for name, size in grown.items()}}
    return Result(columns, (Bar.at_most(title, 50, grown[OURS] / MIB, " MiB"),))


def hanging(field: Field, rounds: int, seconds: int) -> Result:
    """Compare requests to others while one service hangs."""
    hangs = others_meanwhile(field, field.of(*SHIELDED), rounds, seconds)
    columns = {"p99 of others, one hangs": {name: f"{hang.ratio:.2f} of before" for name, hang in hangs.items()}}
    bars = (
        Bar.at_most("p99 of the others while one hangs, of before", 1.2, hangs[OURS].ratio),
        Bar.at_most("their failed requests", 0, hangs[OURS].failed),
    )
    return Result(columns, bars)


def restarts(field: Field, _: int, __: int) -> Result:
    """Compare failed requests while services restart."""
    outcomes = failed_requests(field, field.of(*SHIELDED))
    columns = {
        title: {
            name: f"{by_signal[signal].failed:,} of {by_signal[signal].answered + by_signal[signal].failed:,}"
            for name, by_signal in outcomes.items()
        }
        for title, signal in (("failed GETs, restarts", SIGTERM), ("failed GETs, kill -9", SIGKILL))
    }
    ours = outcomes[OURS]
    bars = (
        Bar.at_most("failed GETs while services restart", 0, ours[SIGTERM].failed),
        Bar.at_most("failed GETs while services are killed", 0, ours[SIGKILL].failed),
    )
    return Result(columns, bars)


PARTS: Final = {
    "requests": requests,
    "transfers": transfers,
    "connections": connections,
    "hanging": hanging,
    "restarts": restarts,
}
