"""A version of the model that is loaded, with all that its folder holds."""

from pathlib import Path

from intent.card import EXAMPLES, REPORT, TENSORS, Card, ModelUnavailableError
from intent.classifier import Classifier, load
from intent.neighbours import Neighbourhood


class NoReportError(Exception):
    """The version has no report."""


class Served:
    """A loaded version; may be used from several threads at once."""

    def __init__(self, folder: Path) -> None:
        """Load the model in `folder`; raises ModelUnavailableError."""
        self.folder = folder
        self._tensors = _stamp(folder)
        self.classifier = _loaded(folder)
        self.neighbourhood = Neighbourhood(folder / EXAMPLES, self.classifier.linear.vocabulary)

    @property
    def card(self) -> Card:
        """What the model says of itself."""
        return self.classifier.card

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


def _loaded(folder: Path) -> Classifier:
    """Return the model in `folder`, tried out with a text; raises ModelUnavailableError."""
    try:
        classifier = load(folder)
        classifier.score(["try"])
    except (IndexError, TypeError, ValueError) as error:
        raise ModelUnavailableError(f"{folder / TENSORS}: the tensors do not fit each other.") from error
    return classifier
