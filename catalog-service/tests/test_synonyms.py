"""A tag is found with all that are now the same, by whichever of their names or ids it is asked for."""

from uuid import UUID

import pytest

from catalog import synonyms, tags
from shared.database import Database
from shared.refusals import NotFoundError


async def merged(database: Database) -> tuple[UUID, UUID, UUID, UUID]:
    """Return a tag, the two that were merged into it one after the other, and one that has nothing to do with them."""
    async with database.session() as session:
        dog, hound, puppy, cat = [(await tags.create(session, name)).id for name in ("Dog", "Hound", "Puppy", "Cat")]
        await tags.merge(session, puppy, hound)
        await tags.merge(session, hound, dog)
    return dog, hound, puppy, cat


async def test_any_of_them_leads_to_all(database: Database) -> None:
    dog, hound, puppy, cat = await merged(database)
    async with database.session() as session:
        for asked in (dog, hound, puppy):
            found = await synonyms.of_tags(session, [asked])
            assert [(tag_id, tag.name) for tag_id, tag in found.tags.items()] == [(dog, "Dog")]
            assert found.roots == dict.fromkeys((dog, hound, puppy), dog)
            assert set(found.of(dog)) == {dog, hound, puppy}
        everything = await synonyms.of_tags(session, [puppy, hound, cat])
        assert everything.tags.keys() == {dog, cat}
        assert everything.of(cat) == [cat]


async def test_names_are_found_in_their_order_without_regard_to_case(database: Database) -> None:
    dog, _, _, cat = await merged(database)
    async with database.session() as session:
        found = await synonyms.of_names(session, ["CAT", "puppy", "Dog"])
        assert found.named(["CAT", "puppy", "Dog"]) == [cat, dog, dog]
        with pytest.raises(NotFoundError, match=r"No tag is called Bird\."):
            found.named(["cat", "Bird"])


async def test_of_nothing_there_are_none(database: Database) -> None:
    async with database.session() as session:
        for found in (await synonyms.of_tags(session, []), await synonyms.of_names(session, ["Bird"])):
            assert (found.tags, found.roots, found.named([])) == ({}, {}, [])
