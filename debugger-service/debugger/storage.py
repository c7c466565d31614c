"""What the debugger works with: PostgreSQL, by default the embedded one."""

from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager

from debugger.settings import Settings
from shared.database import Database
from shared.guarding import guarded_postgres
from shared.migrations import migrate

PACKAGE = "debugger"


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[Database]:
    """Yield the database; the embedded one is started and migrated first, and stopped at the end."""
    with ExitStack() as stack:
        url = settings.database_url or stack.enter_context(guarded_postgres(settings.data_dir / "postgres"))
        database = Database(url, pool_size=settings.database_pool, wait_seconds=settings.database_wait_seconds)
        try:
            if settings.database_url is None:
                await migrate(database, PACKAGE)
            yield database
        finally:
            await database.close()
