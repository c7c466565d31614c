"""`database_answers.py VARIABLE` exits with 0 when the database at the URL in that variable answers a query."""

import asyncio
import os
import sys
from typing import Final

import asyncpg

CONNECT_SECONDS: Final = 5


async def main(url: str) -> None:
    """Ask; raises what asyncpg raises when there is no answer."""
    connection = await asyncpg.connect(url, timeout=CONNECT_SECONDS)
    try:
        await connection.execute("SELECT 1")
    finally:
        await connection.close()


if __name__ == "__main__":
    asyncio.run(main(os.environ[sys.argv[1]]))
