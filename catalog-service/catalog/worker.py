"""`python -m catalog.worker` runs background jobs only; as many as are wanted beside the service."""

import asyncio
import signal

from catalog.settings import Settings
from catalog.storage import open_database, open_objects, open_suggester
from catalog.work import work_until
from shared.logging import configure_logging


async def main(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    objects = open_objects(settings)
    async with open_database(settings) as database, open_suggester(settings, objects) as suggester:
        await work_until(stopping, database, objects, suggester)


if __name__ == "__main__":
    settings = Settings()
    configure_logging(settings.log_format, settings.log_level)
    asyncio.run(main(settings))
