"""What a filter finds: the query of rows, once what only arrays can tell was looked up."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, select, text
from sqlalchemy.orm import Mapped
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from debugger.filters.compiling import Condition, Looked, compile_filter, looked_up, searches_words
from debugger.filters.fields import Scope
from debugger.filters.syntax import Filter, parse
from debugger.tables import Row

LookUp = Callable[[Looked], Awaitable[Sequence[int]]]
"""Tells the numbers of the rows that are similar, at a place, or in a cluster; raises what says why it cannot."""


@dataclass(frozen=True)
class Finder:
    """The rows of a scope that a filter finds."""

    scope: Scope
    condition: Condition
    tree: Filter | None
    """The filter; None finds all."""

    def select(self, *columns: ColumnElement[Any] | Mapped[Any]) -> Select[*tuple[Any, ...]]:
        """Return the query of `columns`, of rows and of their predictions."""
        return select(*columns).select_from(self.scope.join(Row.__table__)).where(self.condition)  # type: ignore[attr-defined]

    async def plan(self, session: AsyncSession) -> None:
        """Tell PostgreSQL how to look for all rows that are found, in the rest of the transaction."""
        if searches_words(self.tree):  # the planner takes finding the words of each text anew for cheap
            await session.execute(text("SET LOCAL enable_seqscan = off"))

    @property
    def numbers(self) -> Select[*tuple[Any, ...]]:
        """The query of the numbers of the rows."""
        return self.select(col(Row.number))


async def find(wanted: str | Filter, scope: Scope, look_up: LookUp) -> Finder:
    """Return what finds the rows; raises BrokenFilterError, or what `look_up` raises."""
    tree = parse(wanted) if isinstance(wanted, str) else wanted
    found = {part: await look_up(part) for part in looked_up(tree)}
    return Finder(scope, compile_filter(tree, scope, found), tree)
