"""`wait_for_schema.py SERVICE` ends when that service's database has the schema of this version."""

import asyncio
import sys
from importlib import import_module
from typing import Final

from shared.database import Database, DatabaseUnavailableError
from shared.migrations import pending_revisions

POLL_SECONDS: Final = 2


async def main(service: str) -> None:
    """Wait, and say for what whenever that changes."""
    settings = import_module(f"{service}.settings").Settings()
    database = Database(settings.database_url, pool_size=2)
    told = ""
    try:
        while lacking := await _lacking(database, service):
            if lacking != told:
                print(f"waiting: {lacking}", flush=True)
                told = lacking
            await asyncio.sleep(POLL_SECONDS)
    finally:
        await database.close()


async def _lacking(database: Database, service: str) -> str:
    try:
        pending = await pending_revisions(database, service)
    except DatabaseUnavailableError as error:
        return str(error)
    return f"the database lacks {', '.join(pending)}; `python -m {service}.migrate` adds it" if pending else ""


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
