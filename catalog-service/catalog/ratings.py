"""Who said what of the images of a dataset, for agreement: of each author the latest labeling that says all anew."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from catalog import datasets, tags
from catalog.agreement import Ratings
from catalog.labelings import Source
from catalog.tables import Coverage, DatasetImage, Labeling

BATCH = 1000


async def of_dataset(session: AsyncSession, dataset_id: UUID, source: Source | None) -> Ratings:
    """Return the ratings; labelings that changed one tag of another's are none, as they repeat what others said.

    Raises NotFoundError, or TooManyRatingsError.
    """
    await datasets.get(session, dataset_id)
    query = (
        select(Labeling.image_id, Labeling.author, Labeling.tag_ids, Coverage.tag_ids)
        .join(DatasetImage, col(DatasetImage.image_id) == col(Labeling.image_id))
        .join(Coverage, col(Coverage.id) == col(Labeling.coverage_id))
        .where(DatasetImage.dataset_id == dataset_id, col(Labeling.whole))
        .ext(distinct_on(col(Labeling.image_id), col(Labeling.author)))
        .order_by(col(Labeling.image_id), col(Labeling.author), col(Labeling.version).desc())
    )
    if source:
        query = query.where(Labeling.source == source)
    ratings = Ratings()
    result = await session.stream(query.execution_options(yield_per=BATCH))
    async for batch in result.partitions():
        roots = await tags.resolve(session, {tag for row in batch for tag in (*row[2], *row[3])})
        for image_id, author, present, looked_for in batch:
            ratings.add(
                image_id,
                author,
                frozenset(roots[tag] for tag in present),
                frozenset(roots[tag] for tag in looked_for),
            )
    return ratings
