"""The versions of a model that are served side by side: one is the default, and which it is changes in one step."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from shutil import rmtree
from threading import Lock
from types import MappingProxyType
from typing import Final

import structlog

from intent.card import CARD, TENSORS, ModelUnavailableError, read_card
from intent.choice import MAX_PREVIOUS, Choice, read_choice, write_choice
from intent.memory import Memory
from intent.served import Served

HOW_TO_TRAIN: Final = (
    "train one with `python -m intent.training run`, or prepare the example by `python -m intent.prepare`"
)
LOADED: Final = 8
"""Versions in memory, where nothing else is said."""

_log = structlog.get_logger(source="models")


class UnknownVersionError(Exception):
    """There is no version of this name."""


class NoEarlierVersionError(Exception):
    """There is nothing to roll back to."""


@dataclass(frozen=True)
class Standing:
    """What is loaded by version, the newest first, which folders cannot be and why, and what was chosen."""

    served: Mapping[str, Served] = field(default_factory=lambda: MappingProxyType({}))
    damaged: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    choice: Choice | None = None

    @property
    def default(self) -> str | None:
        """The version that answers where none is named: the chosen one, else one chosen before, else the newest."""
        chosen = (self.choice.version, *reversed(self.choice.previous)) if self.choice else ()
        return next((version for version in (*chosen, *self.served) if version in self.served), None)


@dataclass(frozen=True)
class _Unsaved:
    """A choice that could not be written, and what stood in its place."""

    choice: Choice
    instead_of: Choice | None


class Versions:
    """The models in `folder`, of which `loaded` and the default are in memory; another is loaded when it is asked for.

    What changes is one reference: a request that has begun ends with what it began with.

    `load`, `promote`, `roll_back` and `adopt` block, and may be called from several threads at once.
    """

    def __init__(self, folder: Path, loaded: int = LOADED) -> None:
        self.folder = folder
        self.standing = Standing()
        self._memory = Memory(loaded)
        self._changing = Lock()
        self._unsaved: _Unsaved | None = None

    def get(self, version: str | None = None) -> Served:
        """Return the version, or the default; raises UnknownVersionError, ModelUnavailableError."""
        standing = self.standing
        wanted = standing.default if version is None else version
        if wanted is None:
            raise ModelUnavailableError(self._why_none(standing))
        if wanted not in standing.served:
            raise UnknownVersionError(f"There is no version {wanted!r}; there is {_listed(standing.served)}.")
        return standing.served[wanted]

    def load(self) -> None:
        """Read the folder again: what is new is loaded, what is gone is let go, and the choice is the one in it."""
        with self._changing:
            self._set(self._read())

    def promote(self, version: str) -> Served:
        """Make `version` the default, and remember which was before; raises UnknownVersionError."""
        with self._changing:
            before = self.standing.default
            self._set(self._read())
            found = self.get(version)
            if self.standing.choice:
                before = self.standing.default
            self._choose(_successor(self.standing, before, version))
            return found

    def roll_back(self) -> Served:
        """Make the version the default that was before; raises NoEarlierVersionError."""
        with self._changing:
            self._set(self._read())
            choice = _predecessor(self.standing)
            self._choose(choice)
            return self.get(choice.version)

    def adopt(self, folder: Path) -> Served:
        """Take the model in `folder`, which is on the same file system, among the others; the default stays what it is.

        Where there is a model of this version already, that one stays. Raises ModelUnavailableError, OSError.
        """
        with self._changing:
            version = read_card(folder).version
            self._hold_default()
            self._set(self._read())
            if version not in self.standing.served:
                rmtree(self.folder / version, ignore_errors=True)
                folder.rename(self.folder / version)
                self._set(self._read())
            if version not in self.standing.served:
                raise ModelUnavailableError(self.standing.damaged.get(version, "The model is gone already."))
            return self.standing.served[version]

    def _hold_default(self) -> None:
        """Choose what is the default only because it is the newest."""
        choice = self._read_choice()
        if choice is None and self.standing.default is not None:
            self._choose(Choice(version=self.standing.default))

    def _set(self, standing: Standing) -> None:
        """Make `standing` what holds, with the default in memory and nothing there that is gone."""
        if standing.default is not None:
            default = standing.served[standing.default]
            self._memory.pin(default)
            with suppress(ModelUnavailableError):  # then whoever asks it is told
                _ = default.classifier
        served = set(standing.served.values())
        for gone in set(self.standing.served.values()) - served:
            gone.hold()
        self._memory.keep_only(served)
        self.standing = standing

    def _read(self) -> Standing:
        served: dict[str, Served] = {}
        damaged: dict[str, str] = {}
        for folder in self._folders():
            try:
                found = self._served(folder)
            except ModelUnavailableError as error:
                name, reason = _readable(folder.name), _readable(str(error))
                damaged[name] = reason
                _log.error("model not loaded", folder=name, reason=reason)
            else:
                served.setdefault(found.card.version, found)
        by_age = sorted(served.items(), key=lambda item: (item[1].card.created_at.timestamp(), item[0]))
        newest_first = dict(reversed(by_age))
        standing = Standing(newest_first, damaged, self._read_choice())
        if standing.choice and standing.choice.version not in newest_first:
            _log.error("the chosen version cannot be served", chosen=standing.choice.version, instead=standing.default)
        return standing

    def _read_choice(self) -> Choice | None:
        """Return the choice in the folder, or the one that could not be written, as long as nobody wrote another."""
        written = read_choice(self.folder)
        if self._unsaved and self._unsaved.instead_of == written:
            return self._unsaved.choice
        self._unsaved = None
        return written

    def _folders(self) -> list[Path]:
        try:
            found = sorted(path for path in self.folder.iterdir() if not path.name.startswith("."))
        except OSError:
            return []
        return [path for path in found if (path / CARD).is_file() or (path / TENSORS).is_file()]

    def _served(self, folder: Path) -> Served:
        """Return what is loaded from `folder` already, if it has not changed; raises ModelUnavailableError."""
        card = read_card(folder)
        known = self.standing.served.get(card.version)
        if known and known.folder == folder and known.card == card and known.is_unchanged():
            return known
        served = Served(folder, self._memory)
        _log.info("model loaded", version=card.version, labels=len(card.labels), accuracy=card.accuracy)
        return served

    def _choose(self, choice: Choice) -> None:
        try:
            write_choice(self.folder, choice)
            self._unsaved = None
        except OSError as error:
            self._unsaved = _Unsaved(choice, read_choice(self.folder))
            _log.warning("the version in service will be forgotten", version=choice.version, reason=str(error))
        self._set(replace(self.standing, choice=choice))
        _log.info("version in service", version=choice.version)

    def _why_none(self, standing: Standing) -> str:
        if standing.damaged:
            return f"No model in {self.folder} can be served: {'; '.join(standing.damaged.values())}"
        return f"There is no model in {self.folder}: {HOW_TO_TRAIN}."


def _successor(standing: Standing, before: str | None, version: str) -> Choice:
    previous = standing.choice.previous if standing.choice else ()
    if before is not None and before != version:
        previous = (*previous, before)
    return Choice(version=version, previous=previous[-MAX_PREVIOUS:])


def _predecessor(standing: Standing) -> Choice:
    before = standing.choice.previous if standing.choice else ()
    for index in reversed(range(len(before))):
        if before[index] in standing.served and before[index] != standing.default:
            return Choice(version=before[index], previous=before[:index])
    raise NoEarlierVersionError("No version that is still there was the default before this one.")


def _readable(name: str) -> str:
    """Return `name` as UTF-8 can have it; names in a file system may be any bytes."""
    return name.encode("utf-8", "backslashreplace").decode()


def _listed(served: Mapping[str, Served]) -> str:
    return ", ".join(served) or "none"
