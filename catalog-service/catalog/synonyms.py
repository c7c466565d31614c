"""Tags together with those that were merged into them, which older labelings name and coverages hold."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, any_, bindparam, func
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from catalog.tables import Tag
from shared.names import key_of
from shared.refusals import NotFoundError

_Asked: Final = aliased(Tag)
"""A tag that is asked for, beside all that are now the same."""


@dataclass(frozen=True)
class Synonyms:
    """Some tags, and all that are now the same as one of them."""

    all: Collection[Tag]

    @cached_property
    def tags(self) -> dict[UUID, Tag]:
        """The tags that they are now, by their ids."""
        return {tag.id: tag for tag in self.all if tag.merged_into is None}

    @cached_property
    def roots(self) -> Mapping[UUID, UUID]:
        """For each of all the one that it is now."""
        return {tag.id: tag.merged_into or tag.id for tag in self.all}

    def of(self, tag_id: UUID) -> list[UUID]:
        """Return all that are now the tag, itself too."""
        return [synonym for synonym, root in self.roots.items() if root == tag_id]

    def named(self, names: Sequence[str]) -> list[UUID]:
        """Return the tags of `names`, in their order; raises NotFoundError."""
        known = {tag.key: self.roots[tag.id] for tag in self.all}
        for name in names:
            if key_of(name) not in known:
                raise NotFoundError(f"No tag is called {name}.")
        return [known[key_of(name)] for name in names]


async def of_tags(session: AsyncSession, tag_ids: Collection[UUID]) -> Synonyms:
    """Return the tags with their synonyms."""
    return Synonyms((await session.exec(_OF_TAGS, params={"tag_ids": list(tag_ids)})).all())


async def of_names(session: AsyncSession, names: Collection[str]) -> Synonyms:
    """Return the tags of these names, as far as there are any, with their synonyms."""
    return Synonyms((await session.exec(_OF_NAMES, params={"keys": [key_of(name) for name in names]})).all())


_ROOT: Final = func.coalesce(_Asked.merged_into, _Asked.id)
_ALL: Final = select(Tag).join(_Asked, (col(Tag.id) == _ROOT) | (col(Tag.merged_into) == _ROOT))
_OF_TAGS: Final = _ALL.where(col(_Asked.id) == any_(bindparam("tag_ids", type_=ARRAY(Uuid))))
_OF_NAMES: Final = _ALL.where(col(_Asked.key) == any_(bindparam("keys", type_=ARRAY(Text))))
