"""The folder of the prepared models: `<name>/<version>/` holds one, `<name>/serving.json` says which is in service."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from vision.models.card import (
    CARD_NAME,
    HOW_TO_PREPARE,
    NAME_PATTERN,
    ONNX_NAME,
    VERSION_PATTERN,
    ModelCard,
    ModelUnavailableError,
    UnknownModelError,
    load_card,
    read_card,
)

DEFAULT = "resnet18"
SERVING_NAME = "serving.json"

_Version = Annotated[str, Field(pattern=VERSION_PATTERN)]


@dataclass(frozen=True)
class Serving:
    """Which version of a model is in service, and which was before it."""

    version: _Version
    previous: _Version | None


_SERVING = TypeAdapter(Serving)


class Repository:
    """The models in a folder. Everything is put there in one step, so a reader never sees a part of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> list[str]:
        """Return, sorted, the models with at least one version."""
        return sorted(name for name in _children(self.folder, NAME_PATTERN) if self.cards(name))

    def cards(self, name: str) -> list[ModelCard]:
        """Return the versions of `name`, the first prepared first; the ONNX files are not checked."""
        if not re.fullmatch(NAME_PATTERN, name):
            return []
        versions = _children(self.folder / name, VERSION_PATTERN)
        found = (self._card(name, version) for version in versions)
        return sorted((card for card in found if card), key=lambda card: (card.prepared_at, card.version))

    def load(self, name: str, version: str) -> tuple[ModelCard, Path]:
        """Return the card and the path of the ONNX file, which is checked.

        Raises UnknownModelError when there is no such model, ModelUnavailableError when it is damaged.
        """
        valid = re.fullmatch(NAME_PATTERN, name) and re.fullmatch(VERSION_PATTERN, version)
        if not valid or not self._path(name, version).is_dir():
            raise self._unknown(name, version)
        folder = self._path(name, version)
        card = load_card(folder)
        if (card.name, card.version) != (name, version):
            raise ModelUnavailableError(f"{folder / CARD_NAME} is another model's card; {HOW_TO_PREPARE}")
        return card, folder / ONNX_NAME

    def serving(self, name: str) -> Serving:
        """Return what is in service; where nothing was chosen, the last prepared. Raises UnknownModelError."""
        found = self._serving(name)
        if not found:
            raise self._unknown(name)
        return found

    def choose(self, name: str, version: str) -> Serving:
        """Put `version` into service and remember the one before.

        Raises UnknownModelError, and OSError where the folder cannot be written to.
        """
        if version not in {card.version for card in self.cards(name)}:
            raise self._unknown(name, version)
        return self._save(name, _successor(self._serving(name), version))

    def default(self, wanted: str | None) -> str:
        """Return `wanted`, else ResNet-18, else what stands in for it, else the last prepared.

        Raises UnknownModelError when `wanted` is not there, ModelUnavailableError when nothing is.
        """
        names = self.names()
        if wanted is not None and wanted not in names:
            raise self._unknown(wanted)
        if not names:
            raise ModelUnavailableError(f"There is no model at {self.folder}; {HOW_TO_PREPARE}")
        cards = {name: self.cards(name)[-1] for name in names}
        stands_in = (name for name, card in cards.items() if card.stands_in_for == DEFAULT)
        last = max(names, key=lambda name: cards[name].prepared_at)
        return wanted or (DEFAULT if DEFAULT in names else next(stands_in, last))

    def add(self, card: ModelCard, onnx: Path, *, serve: bool = True) -> ModelCard:
        """Move the file `onnx` and its card in; with `serve`, or as the first version, into service, too."""
        before = self._serving(card.name)
        self._place(card, onnx)
        self._save(card.name, before if before and not serve else _successor(before, card.version))
        return card

    def _path(self, name: str, version: str) -> Path:
        return self.folder / name / version

    def _card(self, name: str, version: str) -> ModelCard | None:
        folder = self._path(name, version)
        try:
            card = read_card(folder)
        except ModelUnavailableError:
            return None
        whole = (card.name, card.version) == (name, version) and (folder / ONNX_NAME).is_file()
        return card if whole else None

    def _serving(self, name: str) -> Serving | None:
        versions = [card.version for card in self.cards(name)]
        if not versions:
            return None
        try:
            chosen = _SERVING.validate_json((self.folder / name / SERVING_NAME).read_bytes())
        except (OSError, ValidationError):
            return Serving(versions[-1], None)
        previous = chosen.previous if chosen.previous in versions else None
        return Serving(chosen.version if chosen.version in versions else versions[-1], previous)

    def _save(self, name: str, serving: Serving) -> Serving:
        _write(self.folder / name / SERVING_NAME, _SERVING.dump_json(serving, indent=1).decode())
        return serving

    def _place(self, card: ModelCard, onnx: Path) -> None:
        target = self._path(card.name, card.version)
        target.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=target.parent, prefix=".adding-") as workspace:
            fresh = Path(workspace) / card.version
            fresh.mkdir()
            shutil.move(onnx, fresh / ONNX_NAME)
            _write(fresh / CARD_NAME, card.model_dump_json(indent=1))
            if target.exists():  # its name says what is in it, so its files may be replaced one by one
                (fresh / ONNX_NAME).replace(target / ONNX_NAME)
                (fresh / CARD_NAME).replace(target / CARD_NAME)
            else:
                fresh.rename(target)

    def _unknown(self, name: str, version: str | None = None) -> UnknownModelError:
        versions = [card.version for card in self.cards(name)]
        if version is None or not versions:
            return UnknownModelError(f"There is no model {name!r}; there is {_listed(self.names())}")
        return UnknownModelError(f"There is no version {version!r} of {name}; there is {_listed(versions)}")


def _successor(before: Serving | None, version: str) -> Serving:
    if before and before.version == version:
        return before
    return Serving(version, before.version if before else None)


def _children(folder: Path, pattern: str) -> Iterator[str]:
    if folder.is_dir():
        yield from (path.name for path in folder.iterdir() if path.is_dir() and re.fullmatch(pattern, path.name))


def _write(path: Path, text: str) -> None:
    """Write in one step: a reader sees the old content or the new, never a part."""
    with NamedTemporaryFile("w", dir=path.parent, prefix=".writing-", delete=False, encoding="utf-8") as file:
        file.write(text + "\n")
    temporary = Path(file.name)
    temporary.chmod(0o644)
    temporary.replace(path)


def _listed(names: list[str]) -> str:
    return ", ".join(names) or "none"
