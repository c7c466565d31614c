"""What was done, a line a step: whether it went well, how long it took, and what came out."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

from rich.console import Console
from rich.markup import escape
from rich.status import Status

from fleet.smoke.client import FailedRequestError

FIRST_PAUSE_SECONDS: Final = 0.1
LONGEST_PAUSE_SECONDS: Final = 2.0
_NAME_WIDTH: Final = 37
_TIME_WIDTH: Final = 8
_INDENT: Final = " " * 4

Found = TypeVar("Found")


class UnexpectedError(Exception):
    """What came out is not what had to."""


class SkippedError(Exception):
    """The step is not possible in this set-up; the text says what to set."""


class StoryEndedError(Exception):
    """A step has failed and been reported, so that what follows has nothing to go on with."""


_FAILURES: Final = (FailedRequestError, UnexpectedError, LookupError, TypeError, ValueError)
"""The last three come of answers that lack what they always have."""


def require(is_so: bool, otherwise: str) -> None:
    """Raise UnexpectedError with the text `otherwise` unless it is so."""
    if not is_so:
        raise UnexpectedError(otherwise)


class Step:
    """A step that is under way."""

    def __init__(self, name: str, seconds: float, status: Status) -> None:
        self._name = name
        self._seconds = seconds
        self._deadline = time.monotonic() + seconds
        self._status = status
        self.outcome = ""

    def says(self, outcome: str) -> None:
        """Keep what came out, for the line of the step."""
        self.outcome = outcome

    def is_at(self, stage: str) -> None:
        """Show how far it is, on a terminal."""
        self._status.update(f"{escape(self._name)} … [dim]{escape(stage)}[/dim]")

    def wait_for(self, look: Callable[[], Found | None]) -> Found:
        """Return what `look` finds, asked again and again; raises UnexpectedError after the time that a step has."""
        pause = FIRST_PAUSE_SECONDS
        while (found := look()) is None:
            left = self._deadline - time.monotonic()
            if left <= 0:
                raise UnexpectedError(f"It is not done after {self._seconds:g} s; --timeout allows more.")
            time.sleep(min(pause, left))
            pause = min(pause * 1.5, LONGEST_PAUSE_SECONDS)
        return found


class Report:
    """Prints the steps, and counts those that failed and those that were skipped; a step has `seconds` at most."""

    def __init__(self, console: Console, seconds: float) -> None:
        self.console = console
        self.failed = 0
        self.skipped = 0
        self._seconds = seconds

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Report what is done in the `with`; raises StoryEndedError where it fails, and goes on where it is skipped."""
        started = time.monotonic()
        try:
            with self.console.status(escape(name)) as status:
                step = Step(name, self._seconds, status)
                yield step
        except SkippedError as reason:
            self.skipped += 1
            self._line("[yellow]-[/yellow]", name, started, f"[yellow]skipped:[/yellow] {escape(str(reason))}")
        except _FAILURES as error:
            self.failed += 1
            self._line("[red]✗[/red]", name, started, "[red]failed[/red]")
            self._tell(error)
            raise StoryEndedError from error
        except BaseException:
            self._line("[red]✗[/red]", name, started, "[red]interrupted[/red]")
            raise
        else:
            self._line("[green]✓[/green]", name, started, escape(step.outcome))

    def _line(self, mark: str, name: str, started: float, told: str) -> None:
        took = f"{time.monotonic() - started:.2f} s"
        line = f" {mark} {escape(name):{_NAME_WIDTH}} [dim]{took:>{_TIME_WIDTH}}[/dim]  {told}"
        self.console.print(line, soft_wrap=True)

    def _tell(self, error: Exception) -> None:
        for line in "\n".join(_reasons(error)).splitlines():
            self.console.print(f"{_INDENT}{line}", markup=False, soft_wrap=True)


def _reasons(error: Exception) -> list[str]:
    """Return what went wrong: of a request what was asked, what was answered and by which id the logs know it."""
    if isinstance(error, FailedRequestError):
        known_as = [f"Request id: {error.request_id}"] if error.request_id else []
        return [error.request, error.detail, *known_as]
    if isinstance(error, UnexpectedError):
        return [str(error)]
    return [f"An answer has another shape than was expected: {type(error).__name__}: {error}"]
