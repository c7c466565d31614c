"""`prune_queue_log.py VARIABLE DAYS` removes what is older from the job queue's log, which nothing else shortens."""

import asyncio
import os
import sys
from datetime import UTC, datetime, timedelta
from typing import Final

import asyncpg
from pgqueuer.domain.settings import db_settings

ROWS: Final = 10_000
"""Deleted in one transaction, so that none holds its locks for long."""


async def main(url: str, days: int) -> None:
    """Remove, and say how many rows."""
    table = db_settings().queue_table_log
    statement = f"DELETE FROM {table} WHERE id IN (SELECT id FROM {table} WHERE created < $1 LIMIT {ROWS})"  # noqa: S608
    before = datetime.now(UTC) - timedelta(days=days)
    removed = 0
    connection = await asyncpg.connect(url)
    try:
        while count := int((await connection.execute(statement, before)).removeprefix("DELETE ")):
            removed += count
    finally:
        await connection.close()
    print(f"{removed:,} rows of {table} older than {days} days removed")


if __name__ == "__main__":
    asyncio.run(main(os.environ[sys.argv[1]], int(sys.argv[2])))
