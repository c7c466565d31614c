"""`python -m fleet.soak --minutes 20`: exit status 1 where something grows, is answered wrongly or gets lost."""

import argparse
import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import time
from typing import Final

from rich.console import Console

from fleet.load.mix import MixedLoad, mixed_load
from fleet.soak.findings import findings_of, table_of
from fleet.soak.processes import NotFoundError, processes_of
from fleet.soak.sampling import Sampler
from fleet.testing import RunningFleet

WARM_UP_SECONDS: Final = 60.0
WIDTH: Final = 140


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m fleet.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=20, help="how long to measure, the warm-up not counted")
    parser.add_argument(
        "--warm-up", type=float, default=WARM_UP_SECONDS, metavar="SECONDS", help="how long not to look"
    )
    parser.add_argument("--url", help="the gateway of a fleet that runs on this machine; without it one is started")
    parser.add_argument("--clients", type=int, default=2, help="of each service")
    parser.add_argument("--pause", type=float, default=0.2, help="seconds between two requests of a client, on average")
    parser.add_argument("--every", type=float, default=5, help="seconds between two looks at the processes")
    return parser.parse_args()


@contextmanager
def fleet_at(url: str | None) -> Iterator[str]:
    """Yield the URL of a fleet's gateway: the one given, or that of a fleet of our own."""
    if url is not None:
        yield url.rstrip("/")
        return
    with TemporaryDirectory(prefix="soak-") as folder:
        fleet = RunningFleet(Path(folder) / "fleet")
        try:
            yield fleet.url
        finally:
            fleet.stop()


async def soak(console: Console, url: str, options: argparse.Namespace) -> bool:
    """Keep the load up, print what was found, and tell whether all is well."""
    watched = processes_of(url)
    async with mixed_load(url, seed=f"soak {time()}", clients=options.clients, pause=options.pause) as load:
        console.print(f"{url}: {len(watched)} processes, {options.warm_up:.0f} s of warm-up …")
        await asyncio.sleep(options.warm_up)
        load.ledger.take_outcomes()
        sampler = Sampler(watched, load, options.every)
        await sampler.run(60 * options.minutes)
        await load.settle()
        findings = findings_of(sampler.series)
        console.print(table_of(findings))
        held = await _held(console, load)
    growing = [f"{finding.subject}: {finding.measure}" for finding in findings if finding.grows]
    console.print(f"What grows: {'; '.join(growing) or 'nothing'}.")
    return held and not growing


async def _held(console: Console, load: MixedLoad) -> bool:
    lost = await load.lost()
    console.print(load.ledger.table(), markup=False)
    console.print(f"Acknowledged: {load.promised().total()}, of which {len(lost)} are not there as they were.")
    wrongs = load.ledger.wrongs
    for line in (*wrongs, *lost):
        console.print(line, style="red", markup=False)
    refused = load.ledger.refusals().total()
    return not wrongs and not lost and not refused


def main() -> int:
    """Run a soak and return the exit status."""
    options = arguments()
    console = Console(highlight=False, width=WIDTH)
    try:
        with fleet_at(options.url) as url:
            return 0 if asyncio.run(soak(console, url, options)) else 1
    except NotFoundError as error:
        console.print(str(error), style="red")
        return 2


if __name__ == "__main__":
    sys.exit(main())
