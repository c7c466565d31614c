"""Keeping what was computed of a project while its data and its predictions stay as they are."""

from collections.abc import Awaitable, Callable, Hashable
from typing import Any, Final, TypeVar

from cachetools import LRUCache
from sqlmodel.ext.asyncio.session import AsyncSession

from debugger.filters.fields import Scope
from debugger.filters.finding import Finder
from debugger.tables import Project, Version

Result = TypeVar("Result")

MAX_KEPT: Final = 200
"""Results; the largest are confusion matrices."""


class Memory:
    """Keeps the results that were asked for last; they must not be changed."""

    def __init__(self) -> None:
        self._kept: LRUCache[Any, Any] = LRUCache(MAX_KEPT)

    async def get(
        self, session: AsyncSession, what: Hashable, finder: Finder, compute: Callable[[], Awaitable[Result]]
    ) -> Result:
        """Return what `compute` makes of the rows that are found, or made of them before and must be still."""
        key = (what, finder.scope, finder.tree, await _state(session, finder.scope))
        if key not in self._kept:
            self._kept[key] = await compute()
        found: Result = self._kept[key]
        return found


async def _state(session: AsyncSession, scope: Scope) -> tuple[int, int]:
    """Return what is another pair after every change of the rows; an import has one version for all of its steps."""
    project = await session.get_one(Project, scope.project_id)
    latest = await session.get(Version, (project.id, project.version))
    return project.version, latest.changed if latest else 0
