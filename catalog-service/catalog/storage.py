"""What the catalog works with: PostgreSQL, by default the embedded one, the object store, and other services."""

from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager

from catalog.clients.vision import VisionClient
from catalog.fetching import Fetcher, FetchLimits, FetchPolicy
from catalog.objects import Objects
from catalog.settings import Settings
from catalog.suggestions import Suggester
from shared.database import Database
from shared.guarding import guarded_postgres
from shared.migrations import migrate

PACKAGE = "catalog"


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


def open_objects(settings: Settings) -> Objects:
    """Return the object store."""
    return Objects.at(settings.object_store, settings.data_dir / "objects")


@asynccontextmanager
async def open_suggester(settings: Settings, objects: Objects) -> AsyncIterator[Suggester]:
    """Yield what asks the vision service, and fetches what may be fetched."""
    policy = FetchPolicy(settings.fetch_hosts, settings.fetch_private_networks)
    limits = FetchLimits(max_bytes=settings.max_upload_bytes)
    async with VisionClient(settings.vision_url) as vision, Fetcher(policy, limits) as fetcher:
        yield Suggester(vision, objects, fetcher)
