"""Whatever is done to labels, in whatever order: what the catalog says is what a simple model of it says."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import asyncpg
import httpx2
import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from catalog import label_schemas, search, states, worklists
from catalog.conditions import Conditions
from catalog.main import create_app
from catalog.settings import Settings
from shared.database import Database
from shared.names import key_of
from shared.testing import client_of

Tags = frozenset[UUID]
MAX_IMAGES = 4
EMPTY = """
    DELETE FROM labels; DELETE FROM image_words; DELETE FROM counters; DELETE FROM images; DELETE FROM datasets;
    DELETE FROM coverage_tags; DELETE FROM coverages WHERE id <> 0; DELETE FROM label_schema_versions;
    DELETE FROM label_schemas; DELETE FROM tags
"""
HISTORY = """
    SELECT image_id, version, labelings.tag_ids, coverages.tag_ids AS looked_for, label_schema_id,
    label_schema_version, restored, author, source, comment, created_at
    FROM labelings JOIN coverages ON coverages.id = coverage_id ORDER BY image_id, version
"""
COUNTS = "SELECT subject, sum(value) FROM counters GROUP BY subject HAVING sum(value) <> 0"

name = st.sampled_from(["ant", "Bee", "élan"]).flatmap(lambda name: st.sampled_from([name, name.swapcase()]))
names = st.lists(name, max_size=3)
pick = st.integers(0, 11)
maybe_schema = st.none() | pick


@dataclass(frozen=True)
class Version:
    """One labeling: the tags as they were when it was written."""

    present: Tags = frozenset()
    looked_for: Tags = frozenset()
    schema: tuple[UUID, int] | None = None
    restored: int | None = None


@dataclass
class Service:
    """The catalog and its database, for a machine that is not asynchronous."""

    runner: asyncio.Runner
    client: httpx2.AsyncClient
    database: Database
    connection: asyncpg.Connection

    def call(self, method: str, path: str, body: object = None, expected: int = 200) -> Any:
        answer = self.runner.run(self.client.request(method, path, json=body))
        assert answer.status_code == expected, answer.text
        return answer.json() if answer.content else None


@dataclass
class Model:
    """What the catalog should hold."""

    tags: dict[str, UUID] = field(default_factory=dict)
    merged: dict[UUID, UUID] = field(default_factory=dict)
    images: dict[UUID, list[Version]] = field(default_factory=dict)
    schemas: dict[UUID, list[Tags]] = field(default_factory=dict)

    def now(self, tags: Iterable[UUID]) -> Tags:
        """The tags that `tags` have been merged into by now."""
        return frozenset(self.merged.get(tag, tag) for tag in tags)

    def of(self, names: Iterable[str]) -> Tags:
        return self.now(self.tags[key_of(name)] for name in names)

    @property
    def roots(self) -> Tags:
        return frozenset(self.tags.values()) - self.merged.keys()

    def latest(self, image: UUID) -> Version:
        """The latest version, in the tags as they are now."""
        last = self.images[image][-1] if self.images[image] else Version()
        return replace(last, present=self.now(last.present), looked_for=self.now(last.looked_for))

    def absent(self, image: UUID) -> Tags:
        latest = self.latest(image)
        return latest.looked_for - latest.present

    def unknown(self, image: UUID) -> Tags:
        latest = self.latest(image)
        return self.roots - latest.looked_for - latest.present

    def worklist(self, schema: UUID, *, everything: bool) -> list[tuple[UUID, Tags]]:
        wanted = self.now(self.schemas[schema][-1])
        missing = [
            (image, wanted & self.unknown(image))
            for image in sorted(self.images)
            if everything or (self.latest(image).schema or (None,))[0] == schema
        ]
        return [(image, tags) for image, tags in missing if tags]


class CatalogMachine(RuleBasedStateMachine):
    """Does the same to the catalog and to the model."""

    service: ClassVar[Service]

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.written: list[asyncpg.Record] = []
        self.steps = 0
        self.service.runner.run(self.service.connection.execute(EMPTY))
        self.dataset = UUID(self.service.call("POST", "/datasets", {"name": "All"}, 201)["id"])

    def image(self, number: int) -> UUID:
        return sorted(self.model.images)[number % len(self.model.images)]

    def schema(self, number: int | None) -> UUID | None:
        schemas = sorted(self.model.schemas)
        return None if number is None or not schemas else schemas[number % len(schemas)]

    def learn_tags(self) -> None:
        """Take the ids of tags that the last request has created."""
        found = self.service.runner.run(self.service.connection.fetch("SELECT key, id FROM tags"))
        self.model.tags = {row["key"]: row["id"] for row in found}

    def contradicts(self, present: list[str], absent: list[str]) -> bool:
        def key(name: str) -> object:
            tag = self.model.tags.get(key_of(name))
            return self.model.merged.get(tag, tag) if tag else key_of(name)

        return not {key(name) for name in present}.isdisjoint(key(name) for name in absent)

    @precondition(lambda self: len(self.model.images) < MAX_IMAGES)
    @rule()
    def register_image(self) -> None:
        body = {"name": "dog.jpg", "url": "https://example.org/dog.jpg", "type": "image/jpeg"}
        image = UUID(self.service.call("POST", "/images", body, 201)["id"])
        self.service.call("PUT", f"/datasets/{self.dataset}/images/{image}", expected=204)
        self.model.images[image] = []

    @precondition(lambda self: self.model.images)
    @rule(number=pick, present=names, absent=names, under=maybe_schema)
    def label(self, number: int, present: list[str], absent: list[str], under: int | None) -> None:
        image, schema = self.image(number), self.schema(under)
        body = {"tags": present, "absent": absent, "label_schema": str(schema) if schema else None}
        if self.contradicts(present, absent):
            self.service.call("POST", f"/images/{image}/labelings", body, 422)
            return
        answer = self.service.call("POST", f"/images/{image}/labelings", body, 201)
        self.learn_tags()
        versions = self.model.schemas[schema] if schema else []
        looked_for = self.model.of(absent) | (versions[-1] if versions else frozenset())
        made_under = (schema, len(versions)) if schema else None
        self.model.images[image].append(Version(self.model.of(present), looked_for, made_under))
        assert answer["version"] == len(self.model.images[image])

    @precondition(lambda self: self.model.images)
    @rule(number=pick, tag=name)
    def tag(self, number: int, tag: str) -> None:
        image = self.image(number)
        self.service.call("POST", f"/images/{image}/tags", {"tag": tag})
        self.learn_tags()
        latest = self.model.latest(image)
        if not self.model.of([tag]) <= latest.present:
            changed = replace(latest, present=latest.present | self.model.of([tag]), restored=None)
            self.model.images[image].append(changed)

    @precondition(lambda self: self.model.images and self.model.tags)
    @rule(number=pick, tag=pick)
    def untag(self, number: int, tag: int) -> None:
        image, tag_id = self.image(number), sorted(self.model.tags.values())[tag % len(self.model.tags)]
        self.service.call("DELETE", f"/images/{image}/tags/{tag_id}")
        latest, gone = self.model.latest(image), self.model.now([tag_id])
        if gone <= latest.present:
            self.model.images[image].append(replace(latest, present=latest.present - gone, restored=None))

    @precondition(lambda self: self.model.images)
    @rule(numbers=st.sets(pick, min_size=1, max_size=3), present=names, absent=names, under=maybe_schema)
    def annotate(self, numbers: set[int], present: list[str], absent: list[str], under: int | None) -> None:
        chosen, schema = sorted({self.image(number) for number in numbers}), self.schema(under)
        body: dict[str, Any] = {"images": [str(image) for image in chosen], "present": present, "absent": absent}
        body |= {"label_schema": str(schema)} if schema else {}
        if self.contradicts(present, absent):
            self.service.call("POST", "/labelings", body, 422)
            return
        answer = self.service.call("POST", "/labelings", body)
        self.learn_tags()
        done = Counter(self.annotated(image, self.model.of(present), self.model.of(absent), schema) for image in chosen)
        assert (answer["changed"], answer["unchanged"]) == (done["changed"], done["unchanged"])
        assert len(answer["contradicting"]) == done["contradicting"]

    def annotated(self, image: UUID, present: Tags, absent: Tags, schema: UUID | None) -> str:
        latest = replace(self.model.latest(image), restored=None)
        if latest.present & absent:
            return "contradicting"
        changed = replace(latest, present=latest.present | present, looked_for=latest.looked_for | absent)
        wanted = self.model.now(self.model.schemas[schema][-1]) if schema else frozenset()
        if schema and wanted <= changed.present | changed.looked_for:
            under = (schema, len(self.model.schemas[schema]))
            changed = replace(changed, looked_for=changed.looked_for | wanted, schema=under)
        if changed == latest:
            return "unchanged"
        self.model.images[image].append(changed)
        return "changed"

    @precondition(lambda self: any(self.model.images.values()))
    @rule(number=pick, version=pick)
    def restore(self, number: int, version: int) -> None:
        labeled = sorted(image for image, versions in self.model.images.items() if versions)
        image = labeled[number % len(labeled)]
        versions = self.model.images[image]
        chosen = version % len(versions) + 1
        answer = self.service.call("POST", f"/images/{image}/labelings/{chosen}/restore", {}, 201)
        versions.append(replace(versions[chosen - 1], restored=chosen))
        assert (answer["version"], answer["restored"]) == (len(versions), chosen)

    @precondition(lambda self: len(self.model.roots) > 1)
    @rule(source=pick, into=pick)
    def merge(self, source: int, into: int) -> None:
        one = sorted(self.model.roots)[source % len(self.model.roots)]
        others = sorted(self.model.roots - {one})
        other = others[into % len(others)]
        self.service.call("POST", f"/tags/{one}/merge", {"into": str(other)})
        moved = [tag for tag, root in self.model.merged.items() if root == one]
        self.model.merged |= dict.fromkeys([one, *moved], other)

    @precondition(lambda self: self.model.tags)
    @rule(tag=pick, new=name)
    def rename(self, tag: int, new: str) -> None:
        tag_id = sorted(self.model.tags.values())[tag % len(self.model.tags)]
        (root,) = self.model.now([tag_id])
        is_free = self.model.tags.get(key_of(new), root) == root and root == tag_id
        expected = 200 if is_free else 409
        self.service.call("PATCH", f"/tags/{tag_id}", {"name": new}, expected)
        self.learn_tags()

    @precondition(lambda self: len(self.model.schemas) < 2)
    @rule(tags=st.lists(name, min_size=1, max_size=3))
    def create_schema(self, tags: list[str]) -> None:
        body = {"name": f"Schema {len(self.model.schemas)}", "tags": tags}
        schema = UUID(self.service.call("POST", "/label-schemas", body, 201)["id"])
        self.learn_tags()
        self.model.schemas[schema] = [self.model.of(tags)]

    @precondition(lambda self: self.model.schemas)
    @rule(number=pick, tags=st.lists(name, min_size=1, max_size=3))
    def add_version(self, number: int, tags: list[str]) -> None:
        schema = self.schema(number)
        assert schema
        self.service.call("POST", f"/label-schemas/{schema}/versions", {"tags": tags}, 201)
        self.learn_tags()
        self.model.schemas[schema].append(self.model.of(tags))

    @precondition(lambda self: len(self.model.images) > 1)
    @rule(number=pick)
    def delete_image(self, number: int) -> None:
        image = self.image(number)
        self.service.call("DELETE", f"/images/{image}", expected=204)
        del self.model.images[image]

    @invariant()
    def the_catalog_is_the_model(self) -> None:
        self.steps += 1
        self.service.runner.run(self._check())

    async def _check(self) -> None:
        await self._check_history()
        await self._check_indexes()
        async with self.service.database.session() as session:
            for image in self.model.images:
                found = await states.of_image(session, image)
                assert {tag.id for tag in found.present} == self.model.latest(image).present
                assert {tag.id for tag in found.absent} == self.model.absent(image)
                assert {tag.id for tag in found.unknown} == self.model.unknown(image)
            for schema in self.model.schemas:
                for dataset in (None, self.dataset):
                    version = await label_schemas.get_version(session, schema)
                    work = await worklists.unfinished(session, version, dataset, None, 100)
                    expected = self.model.worklist(schema, everything=dataset is not None)
                    listed = [(item.image.id, frozenset(item.missing)) for item in work]
                    assert listed == expected
        await self._check_filters()

    async def _check_history(self) -> None:
        """Every version is there, numbered from 1 and as it was when it was written."""
        found = await self.service.connection.fetch(HISTORY)
        before = [row for row in self.written if row["image_id"] in self.model.images]
        kept = {(row["image_id"], row["version"]): row for row in found}
        assert all(kept[row["image_id"], row["version"]] == row for row in before)
        self.written = found
        for image, versions in self.model.images.items():
            mine = [row for row in found if row["image_id"] == image]
            assert [row["version"] for row in mine] == list(range(1, len(versions) + 1))
            for row, version in zip(mine, versions):
                assert self.model.now(row["tag_ids"]) == self.model.now(version.present)
                assert self.model.now(row["looked_for"]) == self.model.now(version.looked_for)
                schema = (row["label_schema_id"], row["label_schema_version"])
                assert schema == (version.schema or (None, None))
                assert row["restored"] == version.restored

    async def _check_indexes(self) -> None:
        connection, model = self.service.connection, self.model
        expected = {(tag, image) for image in model.images for tag in model.latest(image).present}
        assert {(row[0], row[1]) for row in await connection.fetch("SELECT tag_id, image_id FROM labels")} == expected
        sums = await connection.fetch(COUNTS)
        counts = Counter(tag for tag, _ in expected) + Counter({self.dataset: len(model.images)})
        assert {row[0]: row[1] for row in sums} == counts

    async def _check_filters(self) -> None:
        by_name = sorted((key, tag) for key, tag in self.model.tags.items())
        if not by_name:
            return
        key, tag = by_name[self.steps % len(by_name)]
        (root,) = self.model.now([tag])
        model, images = self.model, sorted(self.model.images)
        async with self.service.database.session() as session:
            present = (await search.search(session, Conditions(present=(key,)), None, 100)).images
            absent = (await search.search(session, Conditions(absent=(key,)), None, 100)).images
            unknown = (await search.search(session, Conditions(unknown=(key,)), None, 100)).images
        assert [image.id for image in present] == [image for image in images if root in model.latest(image).present]
        assert [image.id for image in absent] == [image for image in images if root in model.absent(image)]
        assert [image.id for image in unknown] == [image for image in images if root in model.unknown(image)]


@pytest.fixture
def service(new_database: Callable[[], str], tmp_path: Path) -> Iterator[Service]:
    url = new_database()
    app = create_app(Settings(database_url=url, data_dir=tmp_path, run_jobs=False))
    with asyncio.Runner() as runner:
        opened = client_of(app, raise_app_exceptions=True)
        client = runner.run(opened.__aenter__())
        database, connection = Database(url), runner.run(asyncpg.connect(url))
        yield Service(runner, client, database, connection)
        runner.run(connection.close())
        runner.run(database.close())
        runner.run(opened.__aexit__(None, None, None))


def test_the_catalog_says_what_the_model_says(service: Service) -> None:
    CatalogMachine.service = service
    run_state_machine_as_test(
        CatalogMachine,
        settings=hypothesis_settings(
            max_examples=10,
            stateful_step_count=40,
            deadline=None,
            phases=set(Phase) - {Phase.explain},
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
