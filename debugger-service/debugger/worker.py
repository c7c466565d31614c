"""`python -m debugger.worker` runs background jobs only; as many as are wanted beside the service."""

import asyncio
import signal

from debugger.settings import Settings
from debugger.storage import open_database
from debugger.work import work_until
from shared.logging import configure_logging


async def main(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    async with open_database(settings) as database:
        await work_until(stopping, database, settings)


if __name__ == "__main__":
    settings = Settings()
    configure_logging(settings.log_format, settings.log_level)
    asyncio.run(main(settings))
