"""`python -m vision.prepare` gets a model's weights and makes the files that the service serves.

Only the preparation needs torch and rich, so they are imported only when there is something to prepare.
"""

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

from vision.models.card import ModelCard, ModelUnavailableError, file_sha256, load_card
from vision.settings import Settings

MODELS = ("resnet18", "mobilenet_v2")
EXTRA = "./vision-service[prepare]"


def main(arguments: Sequence[str] | None = None) -> int:
    """Prepare a model unless there is one already; return the process's exit status."""
    settings = Settings()
    options = _parse(arguments, settings.model_dir)
    ready = None if options.force else _prepared(options.output, options.model, settings.weights)
    if ready:
        _say(f"Already prepared in {options.output}: {ready.describe()}")
    else:
        ready = _prepare(options.output, options.model, settings.weights)
    if ready and ready.stands_in_for:
        _say(
            f"{ready.name} stands in for {ready.stands_in_for}, whose weights could not be had. Set VISION_WEIGHTS to "
            "their file, or use --force where they can be downloaded."
        )
    return 0 if ready else 1


def _prepare(folder: Path, name: str | None, weights: Path | None) -> ModelCard | None:
    try:
        preparation = importlib.import_module("vision.models.preparation")
    except ModuleNotFoundError as error:
        _say(f"{error.name} is missing: pip install '{EXTRA}'")
        return None
    try:
        card: ModelCard = preparation.prepare_model(folder, name, weights, preparation.create_console())
    except (preparation.WeightsError, preparation.ExportError, OSError) as error:
        _say(f"No model was prepared: {error}")
        return None
    _say(f"Prepared in {folder}: {card.describe()}")
    return card


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _prepared(folder: Path, name: str | None, weights: Path | None) -> ModelCard | None:
    """Return the card of the model in `folder` if it is whole and is what is asked for."""
    try:
        card = load_card(folder)
        wanted = file_sha256(weights) if weights else card.weights_sha256
    except (ModelUnavailableError, OSError):
        return None
    return card if name in {None, card.name} and wanted == card.weights_sha256 else None


def _parse(arguments: Sequence[str] | None, folder: Path) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m vision.prepare", description="Prepare a model for the service.")
    parser.add_argument("--model", choices=MODELS, help="this one and no other; by default resnet18, or mobilenet_v2")
    parser.add_argument("--output", type=Path, default=folder, help="folder for the files (default: %(default)s)")
    parser.add_argument("--force", action="store_true", help="prepare again even if a model is there")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
