"""`python -m benchmarks.intent` prints accuracy, calibration and speed on Banking77 and CLINC150, with the bars.

Test rows are asked once, by the model that is finished; nothing is chosen by them.
"""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.intent.quality import Judged, judge
from benchmarks.intent.serving import BATCH, LARGE, of_scikit_learn, of_service
from intent.training.data.reading import read

DATA: Final = Path("../shared/data/intents")
ACCURACY: Final = {"Banking77": 0.915, "CLINC150": 0.93}
AUROC, CALIBRATION, TRAINING, ONE, BATCHES = 0.955, 0.015, 30.0, 2.0, 5000.0
"""The other bars: the last three are seconds on Banking77, milliseconds and texts per second."""


def main() -> int:
    """Run the benchmark; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.intent", description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="folder with banking77_*.csv and clinc150_full.json")
    parser.add_argument("--seconds", type=float, default=5, help="for each measurement of speed")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    if not options.data.is_dir():
        print(f"There is no folder {options.data}: give one by --data.", file=sys.stderr)
        return 1
    with TemporaryDirectory() as temporary:
        banking = (options.data / "banking77_train.csv", options.data / "banking77_test.csv")
        clinc = (options.data / "clinc150_full.json", None)
        found = judge("Banking77", *banking, Path(temporary, "banking"), options.seed)
        print_quality(found)
        print_quality(judge("CLINC150", *clinc, Path(temporary, "clinc"), options.seed))
        print_speed(found, *banking, options.seconds)
    return 0


def print_quality(found: Judged) -> None:
    """Print what a model is worth."""
    evaluation = found.evaluation
    accuracy, macro = evaluation.accuracy, evaluation.macro_f1
    print(f"\n{found.name}, {evaluation.rows:,} test rows")
    _line("accuracy", f"{accuracy.value:.4f} ({accuracy.low:.4f} to {accuracy.high:.4f})", f">= {ACCURACY[found.name]}")
    _line("macro F1", f"{macro.value:.4f} ({macro.low:.4f} to {macro.high:.4f})")
    _line("scikit-learn's accuracy", f"{found.reference_accuracy:.4f}")
    if evaluation.scope:
        area = evaluation.scope.auroc
        _line("out-of-scope AUROC", f"{area.value:.4f} ({area.low:.4f} to {area.high:.4f})", f">= {AUROC}")
        _line("at the threshold", f"{evaluation.scope.kept:.3f} kept, {evaluation.scope.refused:.3f} refused")
    _line("calibration error", f"{evaluation.calibration_error:.4f}", f"<= {CALIBRATION}")
    bar = f"<= {TRAINING:g} s" if found.name == "Banking77" else ""
    _line("training, all of it", f"{found.seconds:.1f} s", bar)
    ratio = found.seconds / found.reference_seconds
    _line("scikit-learn's fit alone", f"{found.reference_seconds:.1f} s, so x {ratio:.1f}")


def print_speed(found: Judged, source: Path, test: Path, seconds: float) -> None:
    """Print how fast the service answers."""
    texts = [each.text for each in read(source, test=test).testing]
    ours, theirs = of_service(found.folder, texts, seconds), of_scikit_learn(source, test, texts, seconds)
    print("\nServing Banking77: the service over HTTP, scikit-learn's TF-IDF + logistic regression in process")
    _line("one text, p50", f"{ours.one:.2f} ms / {theirs.one:.2f} ms = {ours.one / theirs.one:.2f}", f"<= {ONE:g} ms")
    for size, mine, other in ((BATCH, ours.batches, theirs.batches), (LARGE, ours.large_batches, theirs.large_batches)):
        _line(f"texts/s in {size}s", f"{mine:,.0f} / {other:,.0f} = {mine / other:.2f}", f">= {BATCHES:,.0f}")


def _line(name: str, value: str, bar: str = "") -> None:
    print(f"  {name:26}{value:34}{f'(bar {bar})' if bar else ''}")


if __name__ == "__main__":
    sys.exit(main())
