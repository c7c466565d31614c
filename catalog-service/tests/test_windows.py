"""A window is as wide as one of the indexes has so many entries in it, and along this one it is gone."""

from collections.abc import AsyncIterator, Sequence
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from catalog import windows
from catalog.conditions import Asked, Conditions
from catalog.windows import Bounds, Reach, end_of_coverages, parts_of, reaches
from shared.database import Database

IMAGES = 3000
DAY, NIGHT, BIRD = (UUID(int=number) for number in (1, 2, 3))
COVERAGES = 10
FILL = f"""
    INSERT INTO images (id, name, url, type)
    SELECT lpad(to_hex(number), 32, '0')::uuid, 'a', 'https://images.example.org', 'image/jpeg'
    FROM generate_series(1, {IMAGES}) AS number;
    INSERT INTO tags (id, name, key)
    SELECT lpad(to_hex(number), 32, '0')::uuid, number, number FROM generate_series(1, 3) AS number;
    INSERT INTO coverages (tag_ids, digest)
    SELECT ARRAY['{BIRD}'::uuid], number::text::bytea FROM generate_series(1, {COVERAGES}) AS number;
    INSERT INTO coverage_tags (tag_id, coverage_id) SELECT unnest(tag_ids), id FROM coverages;
    INSERT INTO labels (tag_id, image_id)
    SELECT '{DAY}'::uuid, lpad(to_hex(number), 32, '0')::uuid FROM generate_series(2, {IMAGES}, 2) AS number;
    INSERT INTO labels (tag_id, image_id)
    SELECT '{NIGHT}'::uuid, lpad(to_hex(number), 32, '0')::uuid FROM generate_series(5, {IMAGES}, 5) AS number
"""  # noqa: S608 constants
"""Every second image is by day and every fifth by night; what is looked for on them is up to the test."""


@pytest.fixture
async def session(database: Database) -> AsyncIterator[AsyncSession]:
    async with database.session() as session:
        for statement in FILL.split(";"):
            await session.execute(text(statement))
        yield session


def asked_for(*, present: Sequence[UUID] = (), absent: Sequence[UUID] = (), newest_first: bool = False) -> Asked:
    synonyms = {tag_id: [tag_id] for tag_id in absent}
    return Asked(Conditions(), present, absent, (), synonyms, newest_first=newest_first)


async def test_it_ends_where_the_index_that_leads_the_furthest_has_had_its_entries(session: AsyncSession) -> None:
    asked = asked_for(present=[DAY, NIGHT])
    found, last = await reaches(session, asked, UUID(int=100), [1, 10, 581])
    assert found == [Reach(1, UUID(int=105)), Reach(1, UUID(int=150)), Reach(1, None)]
    assert last == UUID(int=IMAGES)
    newest_first = asked_for(present=[DAY, NIGHT], newest_first=True)
    found, last = await reaches(session, newest_first, UUID(int=100), [1, 10, 20])
    assert found == [Reach(1, UUID(int=95)), Reach(1, UUID(int=50)), Reach(1, None)]
    assert last == UUID(int=1)


@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize(("every", "count"), [(1, 50), (1, 5000), (30, 20), (30, 99), (30, 1000), (3001, 7)])
async def test_coverages_are_gone_along_as_far_as_they_have_so_many_images_and_half_as_far_as_could_be(
    session: AsyncSession, every: int, count: int, newest_first: bool
) -> None:
    await session.execute(
        text(
            "UPDATE images SET coverage_id = 1 + (number / :every) % :coverages FROM (SELECT id, row_number() OVER"
            " (ORDER BY id) AS number FROM images) AS numbered WHERE images.id = numbered.id AND number % :every = 0"
        ),
        {"every": every, "coverages": COVERAGES},
    )
    asked = asked_for(absent=[BIRD], newest_first=newest_first)
    parts = await parts_of(session, asked)
    assert parts is not None
    assert len(parts) == COVERAGES
    after, near, last = (2900, 2890, 1) if newest_first else (100, 110, IMAGES)
    bounds = Bounds(UUID(int=after), UUID(int=near), UUID(int=last))
    end = await end_of_coverages(session, asked, parts, bounds, count)
    of_them = [number for number in range(1, IMAGES + 1) if number % every == 0]
    ahead = [number for number in of_them if (number < after if newest_first else number > after)]
    if end is None:
        assert len(ahead) <= count
        return
    assert len(ahead) > count
    within = [number for number in ahead if (number >= end.int if newest_first else number <= end.int)]
    assert end.int == near or len(within) <= count
    furthest = ahead[::-1][count] if newest_first else ahead[count]
    assert end.int == near or 2 * abs(end.int - after) + 2 >= abs(furthest - after)


async def test_coverages_that_are_too_many_are_not_gone_along(
    session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(await parts_of(session, asked_for(absent=[BIRD])) or ()) == COVERAGES
    monkeypatch.setattr(windows, "MOST_COVERAGES", COVERAGES - 1)
    assert await parts_of(session, asked_for(absent=[BIRD])) is None
    monkeypatch.undo()
    monkeypatch.setattr(windows, "LOOK_UPS", COVERAGES)
    assert await parts_of(session, asked_for(absent=[BIRD])) is None
    monkeypatch.undo()
    assert await parts_of(session, asked_for(absent=[DAY])) == []
