"""Keeping what was computed of a project while its data and its predictions stay as they are."""

from collections.abc import Awaitable, Callable, Hashable
from typing import Any, Final, TypeVar

from cachetools import LRUCache
from sqlmodel.ext.asyncio.session import AsyncSession

from debugger import projects
from debugger.filters.finding import Finder

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
        project = await projects.get(session, finder.scope.project_id)
        key = (what, finder.scope, finder.tree, await projects.state_of(session, project))
        if key not in self._kept:
            await finder.plan(session)
            self._kept[key] = await compute()
        found: Result = self._kept[key]
        return found
