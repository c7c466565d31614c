"""For tests and benchmarks: the SQL that an application runs, and how PostgreSQL goes about it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
from sqlalchemy import Engine, event


@dataclass(frozen=True)
class Statement:
    """One statement as the driver gets it."""

    sql: str
    parameters: tuple[Any, ...]


@dataclass(frozen=True)
class Plan:
    """What EXPLAIN says of a statement; `milliseconds` of planning and running are 0 where it was not run."""

    statement: Statement
    root: dict[str, Any]
    milliseconds: float

    @property
    def nodes(self) -> Iterator[dict[str, Any]]:
        """All nodes, each before those below it."""
        below = [self.root]
        while below:
            node = below.pop()
            yield node
            below += node.get("Plans", [])


@contextmanager
def recorded_statements() -> Iterator[list[Statement]]:
    """Collect the statements that any SQLAlchemy engine of this process runs."""
    statements: list[Statement] = []

    def keep(_connection: Any, _cursor: Any, sql: str, parameters: Any, *_: Any) -> None:  # noqa: ANN401
        statements.append(Statement(sql, tuple(parameters)))

    event.listen(Engine, "before_cursor_execute", keep)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", keep)


async def explain(connection: asyncpg.Connection, statement: Statement, *, run: bool = False) -> Plan:
    """Return the plan of `statement`, which is run too where `run` says so."""
    analyze = "ANALYZE, TIMING OFF, BUFFERS, " if run else ""
    text = await connection.fetchval(f"EXPLAIN ({analyze}FORMAT JSON) {statement.sql}", *statement.parameters)
    found = (text if isinstance(text, list) else json.loads(text))[0]
    return Plan(statement, found["Plan"], found.get("Planning Time", 0) + found.get("Execution Time", 0))
