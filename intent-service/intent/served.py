"""A version of the model that is served, with all that its folder holds."""

from pathlib import Path
from threading import Lock

from intent.card import EXAMPLES, REPORT, TENSORS, ModelUnavailableError
from intent.classifier import Classifier, load
from intent.memory import Loaded, Memory
from intent.neighbours import Neighbourhood


class NoReportError(Exception):
    """The version has no report."""


class Served:
    """A version that is served; may be used from several threads at once. What it needs is loaded when asked for."""

    def __init__(self, folder: Path, memory: Memory) -> None:
        """Load the model in `folder`; raises ModelUnavailableError."""
        self.folder = folder
        self._memory = memory
        self._loading = Lock()
        self._tensors = _stamp(folder)
        self._held: Loaded | None = None
        loaded = _loaded(folder)
        self.card = loaded.classifier.card
        memory.put(self, loaded)

    @property
    def is_light(self) -> bool:
        """Whether a text is scored at once: the model is in memory, and has no encoder."""
        return self.card.encoder is None and self in self._memory

    @property
    def classifier(self) -> Classifier:
        """The model itself; raises ModelUnavailableError where it must be loaded again and cannot be."""
        return self._model().classifier

    @property
    def neighbourhood(self) -> Neighbourhood:
        """The training examples; raises ModelUnavailableError likewise."""
        return self._model().neighbourhood

    def hold(self) -> None:
        """Keep what is in memory for those that have begun to ask, as the folder may be gone."""
        self._held = self._memory.get(self)

    def _model(self) -> Loaded:
        found = self._held or self._memory.get(self)
        if found is not None:
            return found
        with self._loading:
            found = self._memory.get(self)
            if found is None:
                if not self.is_unchanged():
                    raise ModelUnavailableError(f"{self.folder} has changed; POST models/load to serve what it is now.")
                found = _loaded(self.folder)
                self._memory.put(self, found)
            return found

    def is_unchanged(self) -> bool:
        """Return whether the tensors in the folder are still those that were loaded."""
        return self._tensors is not None and _stamp(self.folder) == self._tensors

    @property
    def has_report(self) -> bool:
        """Whether there is a report."""
        return (self.folder / REPORT).is_file()

    def report(self) -> bytes:
        """Return the report, a page of HTML; raises NoReportError."""
        try:
            return (self.folder / REPORT).read_bytes()
        except OSError as error:
            reason = f"Version {self.card.version} has no report: its folder holds no {REPORT} that can be read."
            raise NoReportError(reason) from error


def _stamp(folder: Path) -> tuple[int, int, int] | None:
    try:
        found = (folder / TENSORS).stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _loaded(folder: Path) -> Loaded:
    """Return the model in `folder`, tried out with a text; raises ModelUnavailableError."""
    try:
        classifier = load(folder)
        classifier.score(["try"])
    except (IndexError, TypeError, ValueError) as error:
        raise ModelUnavailableError(f"{folder / TENSORS}: the tensors do not fit each other.") from error
    return Loaded(classifier, folder / EXAMPLES)
