"""`python -m intent.training`: train a model, look at data, or make some."""

import argparse
import json
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from importlib import import_module
from pathlib import Path
from time import perf_counter
from types import ModuleType
from typing import Final

from rich.console import Console

from intent.card import ModelUnavailableError
from intent.classifier import load
from intent.training import comparing, repeating
from intent.training.attended import attended, tell_result
from intent.training.chatbot.generating import generate
from intent.training.comparing import Comparison
from intent.training.data.audit import audit
from intent.training.data.audit_lines import lines
from intent.training.data.encrypted import opened
from intent.training.data.examples import Data
from intent.training.data.reading import read
from intent.training.data.refusals import DataError
from intent.training.data.splitting import Splits, split
from intent.training.encoding import Build, Tell
from intent.training.evaluation import Evaluation
from intent.training.predicting import ServiceError, predict
from intent.training.repeating import Repeated
from intent.training.running import Tuned, run

STORAGE: Final = "models/search.journal"
MAX_SEED: Final = 2**31 - 1


def main() -> int:
    """Run what is asked for; return the exit status."""
    options = _parser().parse_args()
    console = Console(stderr=True, highlight=False, markup=False)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that what was begun is removed
    try:
        options.command(options, console)
    except (ModelUnavailableError, ServiceError, OSError, ValueError) as error:
        console.print(f"Error: {error}", style="red", soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        console.print("Stopped.")
        return 128 + signal.SIGINT
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m intent.training", description=__doc__)
    commands = parser.add_subparsers(required=True)
    training = commands.add_parser("run", help="train, judge and export a model")
    training.set_defaults(command=_run)
    looking = commands.add_parser("inspect", help="say what is in the data, and what is questionable")
    looking.set_defaults(command=_inspect)
    looking.add_argument("--json", action="store_true", help="all findings, as JSON")
    asking = commands.add_parser("predict", help="ask a running service for the intents of the test part")
    asking.set_defaults(command=_predict)
    asking.add_argument("--url", default="http://127.0.0.1:4002", help="where the service is")
    asking.add_argument("--out", type=Path, default=Path("predictions.csv"), help="file for `ID,question,intent`")
    varying = commands.add_parser("repeat", help="fit on resamples, and say how much the figures vary")
    varying.set_defaults(command=_repeat)
    varying.add_argument("--repeats", type=int, default=10, help="2 to 1000")
    choosing = commands.add_parser("compare", help="say whether one of two models is better on the same rows")
    choosing.set_defaults(command=_compare)
    choosing.add_argument("first", type=Path, help="folder of a model")
    choosing.add_argument("second", type=Path, help="folder of another")
    searching_ = commands.add_parser("search", help="look for better hyperparameters; several processes may share it")
    searching_.set_defaults(command=_search)
    searching_.add_argument("--trials", type=int, help="finished trials of all processes together")
    searching_.add_argument("--seconds", type=float, help="how long this process goes on")
    for command in (training, searching_):
        command.add_argument("--study", required=command is searching_, help="name of the search")
        command.add_argument("--storage", default=STORAGE, help="file, or `postgresql://…`, that keeps the search")
    for command in (varying, choosing):
        command.add_argument("--json", type=Path, metavar="FILE", help="also write all figures there")
    for command in (training, looking, asking, varying, choosing, searching_):
        command.add_argument("--data", type=Path, required=True, help="file or folder; also .tgz and .tgz.gpg")
        command.add_argument("--test", type=Path, help="file with the test part, where it is one of its own")
    training.add_argument("--encoder", metavar="NAME", help="`minilm`, a folder, or `owner/name` on a hub")
    training.add_argument("--finetune", action="store_true", help="train the encoder too: minutes for 1,000 rows")
    training.add_argument(
        "--attended", action="store_true", help="for programs: tell all as lines of JSON, and end when the input ends"
    )
    training.add_argument("--out", type=Path, required=True, help="folder of models; the new one is a folder in it")
    for command in (training, asking, varying, choosing, searching_):
        command.add_argument("--seed", type=_seed, default=0, help="of the split, where the data has none")
    making = commands.add_parser("generate", help="write the data of a made-up chatbot, in English and French")
    making.set_defaults(command=_generate)
    making.add_argument("--out", type=Path, required=True, help="folder for it")
    making.add_argument("--rows", type=int, default=2400)
    making.add_argument("--seed", type=int, default=0)
    making.add_argument("--noise", type=float, default=0.03, help="share of wrong labels in the training part")
    return parser


def _seed(text: str) -> int:
    seed = int(text)
    if not 0 <= seed <= MAX_SEED:
        raise argparse.ArgumentTypeError(f"a seed is from 0 to {MAX_SEED}")
    return seed


def _run(options: argparse.Namespace, console: Console) -> None:
    if options.finetune and not options.encoder:
        raise DataError("--finetune needs an --encoder, such as `minilm`")
    started = perf_counter()
    with attended() if options.attended else _steps(console) as tell:
        tune = partial(_tuned, options, tell) if options.study else None
        build = _build(options.encoder, options.finetune) if options.encoder else None
        trained = run(options.data, options.test, options.out, options.seed, tell, tune, build)
    if options.attended:
        tell_result(trained)
        return
    for line in summary(trained.evaluation):
        console.print(line)
    console.print(f"{perf_counter() - started:.1f} s")
    print(trained.folder)


def _build(name: str, finetuned: bool) -> Build:
    building = _optional("intent.training.encoders.building", "--encoder", "encoder-training")
    build: Build = partial(building.build, name, finetuned)
    return build


def _optional(module: str, what: str, extra: str) -> ModuleType:
    try:
        return import_module(module)
    except ImportError as error:
        raise DataError(f"{what} needs more: install flotilla-intent[{extra}] ({error})") from error


def _read(options: argparse.Namespace) -> Data:
    with opened(options.data) as source:
        return read(source.folder, test=options.test)


def _tuned(options: argparse.Namespace, tell: Tell, splits: Splits) -> Tuned:
    searching = _optional("intent.training.searching", "--study", "search")
    tuned: Tuned = searching.tuned(splits, options.storage, options.study, options.seed, tell)
    return tuned


def _search(options: argparse.Namespace, console: Console) -> None:
    searching = _optional("intent.training.searching", "search", "search")
    splits = split(_read(options), options.seed)
    bounds = {"trials": options.trials, "seconds": options.seconds}
    found = searching.search(
        splits, storage=options.storage, study=options.study, seed=options.seed, tell=console.print, **bounds
    )
    best, rows = found.hyperparameters, len(splits.validation)
    console.print(f"Best of {len(found.trials)} trials on {rows:,} validation rows: {found.accuracy:.4f} with {best}")
    console.print(f"The defaults: {found.accuracy_of_defaults:.4f}. `run --study {options.study}` takes the best.")


def _inspect(options: argparse.Namespace, _: Console) -> None:
    found = audit(_read(options))
    text = json.dumps(asdict(found), ensure_ascii=False, indent=1) if options.json else "\n".join(lines(found))
    sys.stdout.write(f"{text}\n")


def _predict(options: argparse.Namespace, console: Console) -> None:
    predicted = predict(options.data, options.test, options.url, options.out, options.seed)
    console.print(f"{predicted.rows:,} rows in {options.out}, {predicted.accuracy:.2%} with the intent of the data")


def _repeat(options: argparse.Namespace, console: Console) -> None:
    splits = split(_read(options), options.seed)
    with _steps(console) as tell:
        found = repeating.repeat(splits, options.repeats, options.seed, tell=tell)
    _show(repeating.lines(found), found, options.json)


def _compare(options: argparse.Namespace, console: Console) -> None:
    first, second = load(options.first), load(options.second)
    data = _read(options)
    for caution in comparing.cautions(first.card, second.card, data.sha256, options.seed):
        console.print(f"Caution: {caution}")
    rows = [(each.text, each.label) for each in split(data, options.seed).testing if each.label is not None]
    found = comparing.compare(first, second, [text for text, _ in rows], [label for _, label in rows], options.seed)
    _show(comparing.lines(found), found, options.json)


def _show(lines_: Sequence[str], found: Repeated | Comparison, file: Path | None) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines_))
    if file is not None:
        file.write_text(json.dumps(asdict(found), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _generate(options: argparse.Namespace, console: Console) -> None:
    generate(options.out, options.rows, options.seed, options.noise)
    console.print(f"{options.rows:,} rows in {options.out}")


def summary(evaluation: Evaluation | None) -> list[str]:
    """Return the headline figures for a terminal."""
    if evaluation is None:
        return ["The data left no rows to test on."]
    shown = [("accuracy", evaluation.accuracy), ("macro F1", evaluation.macro_f1)]
    if evaluation.scope:
        shown.append(("out-of-scope AUROC", evaluation.scope.auroc))
    calibration = f"{evaluation.calibration_error:.4f}  (before calibration {evaluation.calibration_error_before:.4f})"
    figures = [f"{name:24}{each.value:.4f}  ({each.low:.4f} to {each.high:.4f})" for name, each in shown]
    figures.append(f"{'calibration error':24}{calibration}")
    if evaluation.unknown:
        figures.append(f"Not counted: {evaluation.unknown:,} rows for testing with labels that training lacks.")
    return figures


@contextmanager
def _steps(console: Console) -> Iterator[Tell]:
    """Yield what shows the step that is under way: on a terminal with a spinner, elsewhere line by line."""
    if not console.is_terminal:
        yield console.print
        return
    with console.status("Starting") as status:
        yield status.update


if __name__ == "__main__":
    sys.exit(main())
