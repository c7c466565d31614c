"""`python -m benchmarks.intent` prints accuracy, calibration and speed on Banking77 and CLINC150, with the bars.

Test rows are asked once, by the model that is finished; nothing is chosen by them.
"""

import argparse
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.intent.quality import Judged, judge
from benchmarks.intent.serving import BATCH, LARGE, of_scikit_learn, of_service
from intent.training.data.reading import read
from intent.training.encoders import building

DATA: Final = Path("../shared/data/intents")
CALIBRATION: Final = 0.015


@dataclass(frozen=True)
class Bars:
    """What a kind of model is to reach: `training` is seconds on Banking77, `one` milliseconds, `batches` texts/s."""

    banking77: float
    clinc150: float
    auroc: float
    one: float
    training: float | None = None
    batches: float | None = None


DEFAULT: Final = Bars(banking77=0.915, clinc150=0.93, auroc=0.955, one=2, training=30, batches=5000)
FROZEN: Final = Bars(banking77=0.94, clinc150=0.96, auroc=0.985, one=10)
FINETUNED: Final = Bars(banking77=0.95, clinc150=0.973, auroc=0.985, one=10)


def main() -> int:
    """Run the benchmark; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.intent", description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="folder with banking77_*.csv and clinc150_full.json")
    parser.add_argument("--seconds", type=float, default=5, help="for each measurement of speed")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--encoder", help="a model with this sentence encoder, such as `minilm`")
    parser.add_argument("--finetune", action="store_true", help="and train it too: about an hour")
    parser.add_argument("--out", type=Path, help="folder to keep the models in")
    options = parser.parse_args()
    if not options.data.is_dir():
        print(f"There is no folder {options.data}: give one by --data.", file=sys.stderr)
        return 1
    bars = DEFAULT if not options.encoder else FINETUNED if options.finetune else FROZEN
    build = partial(building.build, options.encoder, options.finetune) if options.encoder else None
    with TemporaryDirectory() as temporary:
        out = options.out or Path(temporary)
        banking = (options.data / "banking77_train.csv", options.data / "banking77_test.csv")
        clinc = (options.data / "clinc150_full.json", None)
        found = judge("Banking77", *banking, out / "banking", options.seed, build)
        print_quality(found, bars.banking77, bars)
        print_speed(found, *banking, options.seconds, bars)
        print_quality(judge("CLINC150", *clinc, out / "clinc", options.seed, build), bars.clinc150, bars)
    return 0


def print_quality(found: Judged, least: float, bars: Bars) -> None:
    """Print what a model is worth; `least` is the accuracy that it is to have."""
    evaluation = found.evaluation
    accuracy, macro = evaluation.accuracy, evaluation.macro_f1
    print(f"\n{found.name}, {evaluation.rows:,} test rows")
    _line("accuracy", f"{accuracy.value:.4f} ({accuracy.low:.4f} to {accuracy.high:.4f})", f">= {least}")
    _line("macro F1", f"{macro.value:.4f} ({macro.low:.4f} to {macro.high:.4f})")
    _line("scikit-learn's accuracy", f"{found.reference_accuracy:.4f}")
    if evaluation.scope:
        area = evaluation.scope.auroc
        _line("out-of-scope AUROC", f"{area.value:.4f} ({area.low:.4f} to {area.high:.4f})", f">= {bars.auroc}")
        _line("at the threshold", f"{evaluation.scope.kept:.3f} kept, {evaluation.scope.refused:.3f} refused")
    _line("calibration error", f"{evaluation.calibration_error:.4f}", f"<= {CALIBRATION}")
    bar = f"<= {bars.training:g} s" if found.name == "Banking77" and bars.training else ""
    _line("training, all of it", f"{found.seconds:.1f} s", bar)
    ratio = found.seconds / found.reference_seconds
    _line("scikit-learn's fit alone", f"{found.reference_seconds:.1f} s, so x {ratio:.1f}")


def print_speed(found: Judged, source: Path, test: Path, seconds: float, bars: Bars) -> None:
    """Print how fast the service answers."""
    texts = [each.text for each in read(source, test=test).testing]
    ours, theirs = of_service(found.folder, texts, seconds), of_scikit_learn(source, test, texts, seconds)
    print("\nServing Banking77: the service over HTTP, scikit-learn's TF-IDF + logistic regression in process")
    _line(
        "one text, p50", f"{ours.one:.2f} ms / {theirs.one:.2f} ms = {ours.one / theirs.one:.2f}", f"<= {bars.one:g} ms"
    )
    for size, mine, other in ((BATCH, ours.batches, theirs.batches), (LARGE, ours.large_batches, theirs.large_batches)):
        bar = f">= {bars.batches:,.0f}" if bars.batches else ""
        _line(f"texts/s in {size}s", f"{mine:,.0f} / {other:,.0f} = {mine / other:.2f}", bar)


def _line(name: str, value: str, bar: str = "") -> None:
    print(f"  {name:26}{value:34}{f'(bar {bar})' if bar else ''}")


if __name__ == "__main__":
    sys.exit(main())
