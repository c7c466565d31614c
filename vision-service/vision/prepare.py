"""`python -m vision.prepare` gets a model's weights and makes the files that the service serves.

Only the preparation needs torch and rich, so they are imported only when there is something to prepare.
"""

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from vision.models.card import ModelCard, ModelUnavailableError, UnknownModelError, file_sha256
from vision.models.repository import Repository
from vision.settings import Settings

EXTRA = "./vision-service[prepare]"


def main(arguments: Sequence[str] | None = None) -> int:
    """Prepare a model unless there is one already; return the process's exit status."""
    settings = Settings()
    options = _parse(arguments, settings.model_dir)
    ready = None if options.force else _prepared(options, settings.weights)
    if ready:
        _say(f"Already prepared in {options.output}: {ready.describe()}")
    else:
        ready = _prepare(options, settings.weights)
    if ready and ready.stands_in_for:
        _say(
            f"{ready.name} stands in for {ready.stands_in_for}, whose weights could not be had. Set VISION_WEIGHTS to "
            "their file, or use --force where they can be downloaded."
        )
    return 0 if ready else 1


def _prepare(options: argparse.Namespace, file: Path | None) -> ModelCard | None:
    try:
        preparation = importlib.import_module("vision.models.preparation")
        int8 = importlib.import_module("vision.quantisation.int8") if options.precision == "int8" else None
    except ModuleNotFoundError as error:
        _say(f"{error.name} is missing: pip install '{EXTRA}'")
        return None
    errors: tuple[type[Exception], ...] = (*preparation.ERRORS, *(int8.ERRORS if int8 else ()))
    try:
        card = _prepare_fp32(preparation, options, file)
        if int8:
            card = _prepare_int8(int8, card, options, preparation.create_console())
    except errors as error:
        _say(f"No {'int8 ' if int8 else ''}model was prepared: {error}")
        return None
    _say(f"Prepared in {options.output}: {card.describe()}")
    return card


def _prepare_fp32(preparation: ModuleType, options: argparse.Namespace, file: Path | None) -> ModelCard:
    basis = argparse.Namespace(**{**vars(options), "precision": "fp32", "calibration": None})
    ready = None if options.force or options.precision != "int8" else _prepared(basis, file)
    wish = preparation.Wish(options.model, options.weights, file)
    card: ModelCard = ready or preparation.prepare_model(options.output, wish, preparation.create_console())
    return card


def _prepare_int8(int8: ModuleType, fp32: ModelCard, options: argparse.Namespace, console: Any) -> ModelCard:  # noqa: ANN401 rich's, which the service has not
    _say(f"Prepared in {options.output}: {fp32.describe()}")
    card: ModelCard = int8.add_int8(Repository(options.output), fp32, options.calibration, console)
    return card


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _prepared(options: argparse.Namespace, file: Path | None) -> ModelCard | None:
    """Return the card of a whole model that is what is asked for, and put it into service; one that is there first."""
    repository = Repository(options.output)
    try:
        name = repository.default(options.model)
        sha256 = file_sha256(file) if file else None
        fitting = [card.version for card in repository.cards(name) if _fits(card, options, sha256)]
        serving = repository.serving(name).version
        if not fitting:
            return None
        card, _ = repository.load(name, serving if serving in fitting else fitting[-1])
        if card.version != serving:
            repository.choose(name, card.version)
    except (UnknownModelError, ModelUnavailableError, OSError):
        return None
    return card


def _fits(card: ModelCard, options: argparse.Namespace, sha256: str | None) -> bool:
    source = card.quantisation.source if card.quantisation else None
    return (
        options.weights in {None, card.weights}
        and sha256 in {None, card.weights_sha256}
        and options.precision in {None, card.precision}
        and (options.calibration is None or source == f"the folder {options.calibration}")
    )


def _parse(arguments: Sequence[str] | None, folder: Path) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m vision.prepare", description="Prepare a model for the service.")
    parser.add_argument("--model", help="any classifier of torchvision's; by default resnet18, or mobilenet_v2 for it")
    parser.add_argument("--weights", help="e.g. IMAGENET1K_V2; by default the architecture's own", metavar="NAME")
    parser.add_argument("--precision", choices=("fp32", "int8"), help="by default whichever is there, or fp32")
    parser.add_argument("--calibration", type=Path, help="folder of photos for int8; by default two of a package's")
    parser.add_argument("--output", type=Path, default=folder, help="folder for the files (default: %(default)s)")
    parser.add_argument("--force", action="store_true", help="prepare again even if a model is there")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
