"""`python -m debugger.migrate` brings the database to the schema of this version; run it before the service."""

import asyncio

from debugger.settings import Settings
from debugger.storage import PACKAGE, open_database
from shared.logging import configure_logging
from shared.migrations import migrate


async def main(settings: Settings) -> None:
    """Migrate."""
    async with open_database(settings) as database:
        await migrate(database, PACKAGE)


if __name__ == "__main__":
    settings = Settings()
    configure_logging(settings.log_format, settings.log_level)
    asyncio.run(main(settings))
