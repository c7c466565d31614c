"""`python -m vision.prepare` gets a model's weights and makes the files that the service serves.

Only the preparation needs torch and rich, so they are imported only when there is something to prepare.
"""

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

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
    except ModuleNotFoundError as error:
        _say(f"{error.name} is missing: pip install '{EXTRA}'")
        return None
    wish = preparation.Wish(options.model, options.weights, file)
    try:
        card: ModelCard = preparation.prepare_model(options.output, wish, preparation.create_console())
    except preparation.ERRORS as error:
        _say(f"No model was prepared: {error}")
        return None
    _say(f"Prepared in {options.output}: {card.describe()}")
    return card


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _prepared(options: argparse.Namespace, file: Path | None) -> ModelCard | None:
    """Return the card of the model in service if it is whole and is what is asked for."""
    repository = Repository(options.output)
    try:
        name = repository.default(options.model)
        card, _ = repository.load(name, repository.serving(name).version)
        sha256 = file_sha256(file) if file else card.weights_sha256
    except (UnknownModelError, ModelUnavailableError, OSError):
        return None
    return card if options.weights in {None, card.weights} and sha256 == card.weights_sha256 else None


def _parse(arguments: Sequence[str] | None, folder: Path) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m vision.prepare", description="Prepare a model for the service.")
    parser.add_argument("--model", help="any classifier of torchvision's; by default resnet18, or mobilenet_v2 for it")
    parser.add_argument("--weights", help="e.g. IMAGENET1K_V2; by default the architecture's own", metavar="NAME")
    parser.add_argument("--output", type=Path, default=folder, help="folder for the files (default: %(default)s)")
    parser.add_argument("--force", action="store_true", help="prepare again even if a model is there")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
