"""`python -m benchmarks.debugger` prints how well wrong labels are found that were made wrong on purpose.

On the training parts of Banking77 and CLINC150, beside plain cleanlab on the same probabilities; the test parts are not
touched. Everything was chosen with other seeds than the default ones. With `--speed` it prints how long the audit takes
instead, beside cleanlab's Datalab, which gets an environment of its own in the user's cache at the first run; with
`--service` how long the service takes from a file to ranked issues, for every list then, and to draw its map.
"""

import argparse
import sys
from pathlib import Path
from typing import Final

from benchmarks.debugger import finding, service, speed
from benchmarks.debugger.cache import Cache
from benchmarks.debugger.data import banking77, clinc150
from benchmarks.debugger.predicting import Predictor
from intent.encoder import EncoderError
from shared.settings import cache_folder

DATA: Final = Path("../shared/data/intents")


def main() -> int:
    """Run the benchmark; return the exit status."""
    options = _parse()
    if not options.data.is_dir():
        print(f"There is no folder {options.data}: give one by --data.", file=sys.stderr)
        return 1
    cache = Cache(options.cache)
    try:
        if options.service:
            service.compare(clinc150(options.data), options.rows or [2_300, 15_000, 100_000])
        elif options.speed:
            speed.compare(clinc150(options.data), options.rows or [15_000, 50_000], options.encoder, cache)
        else:
            data = (banking77(options.data), clinc150(options.data))
            finding.compare([Predictor(each, cache, options.encoder) for each in data], options.seeds)
    except EncoderError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.debugger", description=__doc__)
    parser.add_argument(
        "--data", type=Path, default=DATA, help="folder with banking77_train.csv and clinc150_full.json"
    )
    parser.add_argument("--encoder", help="also a sentence encoder: `minilm`, or a folder that has an exported one")
    parser.add_argument("--seeds", type=_numbers, default=[3, 4, 5], metavar="N,…", help="of the wrong labels")
    parser.add_argument("--speed", action="store_true", help="only how long the audit takes")
    parser.add_argument("--service", action="store_true", help="only how long the service takes")
    parser.add_argument("--rows", type=_numbers, metavar="N,…", help="with --speed or --service")
    parser.add_argument(
        "--cache", type=Path, default=cache_folder("benchmarks") / "debugger", help="folder that keeps what takes long"
    )
    return parser.parse_args()


def _numbers(text: str) -> list[int]:
    return [int(each) for each in text.split(",")]


if __name__ == "__main__":
    sys.exit(main())
