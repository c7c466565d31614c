"""Names that only one thing of a kind has."""

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from shared.refusals import ConflictError


async def flush_name(session: AsyncSession, taken: str) -> None:
    """Write what is new or renamed; raises ConflictError with the text `taken` if the name is taken."""
    try:
        await session.flush()
    except IntegrityError as error:
        raise ConflictError(taken) from error
