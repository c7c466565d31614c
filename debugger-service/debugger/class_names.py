"""What classes are called in another data version: merged and renamed ones go on under another name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from debugger.tables import Version

ACTIONS: Final = ("merge", "rename")


@dataclass(frozen=True)
class Naming:
    """A version that merged or renamed classes, or that undid another one."""

    number: int
    action: str
    labels: frozenset[str]
    label: str | None
    undone_by: int | None


class ClassNames:
    """The names that classes were given in the versions of a project."""

    def __init__(self, namings: Iterable[Naming]) -> None:
        self._namings = {naming.number: naming for naming in namings}
        self._between: dict[tuple[int, int], Sequence[Naming]] = {}

    @property
    def known(self) -> frozenset[str]:
        """The names that were ever given up."""
        return frozenset().union(*(naming.labels for naming in self._namings.values()))

    def later(self, label: str | None, older: int, newer: int) -> str | None:
        """Return what the class that `older` calls `label` is called in `newer`."""
        if (older, newer) not in self._between:
            self._between[older, newer] = self._changes(older, newer)
        for naming in self._between[older, newer]:
            if label in naming.labels:
                label = naming.label
        return label

    def _changes(self, older: int, newer: int) -> Sequence[Naming]:
        """Return what holds in `newer` and not yet in `older`, in the order in which it came to hold."""
        since = {number: self._since(number, newer) for number in self._namings}
        found = [
            (held, self._namings[number])
            for number, held in since.items()
            if held is not None and self._namings[number].action in ACTIONS and self._since(number, older) is None
        ]
        return [naming for _, naming in sorted(found, key=lambda each: each[0])]

    def _since(self, number: int, at: int) -> int | None:
        """Return since which version what `number` did holds, up to the version `at`; None where it does not."""
        last, holds = number, number <= at
        while (undone_by := self._namings[last].undone_by) is not None and undone_by <= at:
            last, holds = undone_by, not holds
        return last if holds else None


async def class_names(session: AsyncSession, project_id: UUID) -> ClassNames:
    """Return the names that classes of the project were given."""
    query = select(Version).where(Version.project_id == project_id, col(Version.action).in_((*ACTIONS, "undo")))
    return ClassNames(_naming(version) for version in (await session.exec(query)).all())


def _naming(version: Version) -> Naming:
    asked: dict[str, Any] = version.request
    return Naming(
        version.number, version.action, frozenset(asked.get("labels", ())), asked.get("label"), version.undone_by
    )
