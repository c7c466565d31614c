"""`python -m benchmarks.vision` prints images/s, latency and memory of the service and of others, and their ratios.

Every server has the machine to itself, with the same ONNX file and the same photos. The others get environments of
their own in the user's cache at the first run, and are measured in the best of a few settings, chosen for 16 clients
and for one. Needs Linux.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.vision import machine, photos
from benchmarks.vision.contestants import PEERS, Peer
from benchmarks.vision.environments import NotInstalledError, installed, versions
from benchmarks.vision.limit import limit_of
from benchmarks.vision.models import Model, models_of
from benchmarks.vision.overload import overloaded, print_overload
from benchmarks.vision.results import FP32, INT8, MANY, ONE, Row, bars, markdown, row, table
from benchmarks.vision.servers import Measured, Server, measure, of_peer, ours
from vision.models.card import ModelUnavailableError, UnknownModelError


@dataclass(frozen=True)
class Entry:
    """A server in its best setting for 16 clients and in its best for one, which may be the same."""

    name: str
    many: Server
    one: Server


def main() -> int:
    """Run the comparison; return the exit status."""
    options = _parse()
    try:
        sent = photos.photos_in(options.photos) if options.photos else photos.made_photos()
        fp32, int8 = models_of(options.model)
    except (UnknownModelError, ModelUnavailableError, ValueError) as error:
        print(error)
        return 1
    facts = list(_facts(fp32, photos.described(sent, options.photos), options))
    print(*facts, sep="\n", flush=True)
    own = {FP32: fp32, INT8: int8}
    if options.overload:
        for name, model in own.items():
            server = ours(name, model.repository, sent)
            print_overload(name, overloaded(server, options.warm_up, options.seconds))
        return 0
    entries = [_entry(ours(name, model.repository, sent)) for name, model in own.items()]
    entries += _peers(fp32, sent, options)
    _compare(entries, own, sent, facts, options)
    return 0


def _compare(
    entries: Sequence[Entry],
    own: Mapping[str, Model],
    sent: Sequence[bytes],
    facts: Sequence[str],
    options: argparse.Namespace,
) -> None:
    """Measure all of them in every round, and print the medians."""
    many, one = defaultdict[str, list[Measured]](list), defaultdict[str, list[Measured]](list)
    limits = defaultdict[str, list[float]](list)
    for number in range(options.rounds):
        print(f"Round {number + 1} of {options.rounds} …", flush=True)
        for name, model in own.items():
            limits[name].append(max(limit_of(model.folder, sent, options.seconds).values()))
        for entry in entries:
            _measure(entry, many[entry.name], one[entry.name], options)
    rows = [_row(entry, many[entry.name], one[entry.name]) for entry in entries]
    middle = {name: median(found) for name, found in limits.items()}
    found = bars(rows, middle)
    print(f"\n{table(rows, middle)}\n", *found, sep="\n")
    print(
        f"\nThe client took at most {max(each.client for each in rows):.1%} of a core, which it shares with the server."
    )
    print("MiB: resident, of all processes; pages that they share count for each.")
    if options.markdown:
        options.markdown.write_text(markdown(rows, middle, found, facts), encoding="utf-8")


def _measure(entry: Entry, many: list[Measured], one: list[Measured], options: argparse.Namespace) -> None:
    if entry.many is entry.one:
        found = measure(entry.many, (ONE, MANY), options.warm_up, options.seconds)
    else:
        found = measure(entry.many, (MANY,), options.warm_up, options.seconds)
        found |= measure(entry.one, (ONE,), options.warm_up, options.seconds)
    many.append(found[MANY])
    one.append(found[ONE])


def _row(entry: Entry, many: Sequence[Measured], one: Sequence[Measured]) -> Row:
    return row(entry.name, (entry.many.setting, entry.one.setting), many, one)


def _peers(model: Model, sent: Sequence[bytes], options: argparse.Namespace) -> Iterator[Entry]:
    """Yield the peers that start, in their best settings."""
    for peer in PEERS:
        if options.peers is not None and peer.environment not in options.peers.split(","):
            continue
        try:
            python = installed(peer.environment)
        except NotInstalledError as error:
            print(f"{peer.name} is left out, it cannot be installed: {error}", flush=True)
            continue
        print(f"{peer.name}: {_words(versions(python))}", flush=True)
        yield from _best(peer, [of_peer(peer, setting, python, model.folder, sent) for setting in peer.grid], options)


def _best(peer: Peer, servers: Sequence[Server], options: argparse.Namespace) -> Iterator[Entry]:
    """Yield the peer with the settings that were fastest for 16 clients and for one, if any of them starts."""
    tried: list[tuple[float, float, Server]] = []
    for server in servers:
        try:
            found = measure(server, (ONE, MANY), options.warm_up, options.grid_seconds)
        except (RuntimeError, OSError) as error:
            print(f"  {server.setting}: fails: {error}", flush=True)
            continue
        rate, quick = found[MANY].load.rate, found[ONE].load.percentile(50)
        failed = sum(found[MANY].load.others.values())
        print(f"  {server.setting:44}{rate:7.1f} images/s, p50 of one client {quick:6.1f} ms", end="", flush=True)
        print(f", {failed} errors" if failed else "", flush=True)
        tried.append((rate, quick, server))
    if not tried:
        print(f"{peer.name} is left out: it starts in none of these settings", flush=True)
        return
    many, one = max(tried, key=lambda each: each[0])[2], min(tried, key=lambda each: each[1])[2]
    yield Entry(peer.name, many, one)


def _entry(server: Server) -> Entry:
    return Entry(server.name, server, server)


def _facts(model: Model, sent: str, options: argparse.Namespace) -> Iterator[str]:
    yield f"Machine: {machine.described()}; load {machine.load()} before the start."
    yield f"Model: {model}."
    yield f"Photos: {sent}."
    yield f"Each measurement: {options.seconds:g} s after {options.warm_up:g} s of warm-up; median of {options.rounds}."
    yield "Settings: processes x threads of ONNX Runtime in each, then the largest batch and how long it is waited for."
    yield f"vision: {_words(versions(Path(sys.executable)))}"


def _words(found: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in found.items())


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.vision", description=__doc__)
    parser.add_argument("--model", help="of the prepared ones; by default ResNet-18, with random weights if need be")
    parser.add_argument("--photos", type=Path, metavar="DIR", help="JPEGs to send; by default made here")
    parser.add_argument("--seconds", type=float, default=10, help="length of one measurement")
    parser.add_argument("--warm-up", type=float, default=2, help="seconds before each measurement")
    parser.add_argument("--grid-seconds", type=float, default=5, help="length of a measurement that chooses a setting")
    parser.add_argument("--rounds", type=int, default=3, help="through all servers; the medians count")
    parser.add_argument(
        "--peers", metavar="NAMES", help=f"of {','.join(each.environment for each in PEERS)}; '' for none"
    )
    parser.add_argument(
        "--overload", action="store_true", help="only this: three times as many arrivals as it can answer"
    )
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="for the results as a table")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
