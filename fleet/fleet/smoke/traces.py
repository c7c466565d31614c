"""What a story leaves in the fleet: it is removed when the story ends, however it ends, or named where it stays."""

from collections.abc import Callable

from fleet.smoke.client import FailedRequestError
from fleet.smoke.steps import Report, Step, StoryEndedError, UnexpectedError


class Traces:
    """What one story has made so far."""

    def __init__(self) -> None:
        self._removals: list[tuple[str, Callable[[Step], None]]] = []
        self._staying: list[str] = []

    def add(self, what: str, remove: Callable[[Step], None]) -> None:
        """Note something that was made, and how it goes; what was made last goes first."""
        self._removals.append((what, remove))

    def stays(self, what: str) -> None:
        """Note something that was made and that no API removes."""
        self._staying.append(what)

    def remove(self, report: Report) -> None:
        """Remove all that can be, and say what stays; what cannot be removed is reported as a failed step."""
        if not self._removals and not self._staying:
            return
        try:
            with report.step("Clean up") as step:
                self._remove(step)
        except StoryEndedError:
            pass  # it is reported, and nothing follows
        for what in self._staying:
            report.console.print(f"    Stays: {what}", style="dim", markup=False, soft_wrap=True)

    def _remove(self, step: Step) -> None:
        removed, left = [], []
        for what, remove in reversed(self._removals):
            step.is_at(what)
            try:
                remove(step)
            except (FailedRequestError, UnexpectedError) as error:
                left.append(f"{what} could not be removed: {error}")
            else:
                removed.append(what)
        self._removals.clear()
        if left:
            raise UnexpectedError("\n".join(left))
        step.says(f"Removed {', '.join(removed)}" if removed else "Nothing to remove")
