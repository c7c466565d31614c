"""A collection as teams have them: batches of one camera and one subject, a few tags everywhere and most of them rare.

All comes from one seed. What lies together in time is alike, in its name, its media type, its tags and what was looked
for on it: this is what leads a planner astray that takes conditions to be independent of each other and of the order.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

TAGS = 1000
COMMON = (0, 1)
"""Tags on more than half of all images."""
DAY, NIGHT = 2, 3
"""Common tags of which no image has both."""
THEMES = 25
ADHOC_COVERAGES = 200
UNLABELED = 0.3
UNLABELED_END = 0.15
"""The share of images at the end that nobody has labeled yet."""
TYPES = (("image/jpeg", "jpg", 0.8), ("image/png", "png", 0.16), ("image/webp", "webp", 0.04))
CAMERAS = ("IMG", "DSC", "frame", "P")


@dataclass(frozen=True)
class Schema:
    """A label schema and the tags of each of its versions."""

    name: str
    versions: tuple[frozenset[int], ...]


@dataclass(frozen=True)
class Coverage:
    """What was looked for; `schema` and `version` are positions, None outside a label schema."""

    tags: frozenset[int]
    schema: int | None = None
    version: int | None = None


@dataclass(frozen=True)
class Photo:
    """An image, what is on it, and how often it was labeled; `coverage` is a position."""

    name: str
    type: str
    tags: frozenset[int] = frozenset()
    coverage: int = 0
    labelings: int = 0


@dataclass(frozen=True)
class Collection:
    """`images` photos with about `labels_per_image` tags each, those without any included."""

    images: int
    labels_per_image: float
    seed: int = 17
    _rng: np.random.Generator = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_rng", np.random.default_rng(self.seed))

    @cached_property
    def tag_names(self) -> list[str]:
        """The names of the tags; the first ones have the most images."""
        return ["Outdoor", "Daylight", "Day", "Night", *(f"Thing {number}" for number in range(4, TAGS))]

    @cached_property
    def schemas(self) -> list[Schema]:
        """Label schemas whose versions each added something and sometimes dropped something."""
        rng = np.random.default_rng(self.seed + 1)
        return [_schema(rng, name, versions) for name, versions in SCHEMAS]

    @cached_property
    def coverages(self) -> list[Coverage]:
        """Nothing in particular, then the versions of the label schemas, then what people looked for besides."""
        rng = np.random.default_rng(self.seed + 2)
        versions = [
            Coverage(tags, schema, version)
            for schema, found in enumerate(self.schemas)
            for version, tags in enumerate(found.versions)
        ]
        adhoc = {frozenset(rng.integers(4, TAGS, size=1 + number % 3).tolist()) for number in range(ADHOC_COVERAGES)}
        return [Coverage(frozenset()), *versions, *(Coverage(tags) for tags in sorted(adhoc, key=sorted))]

    def batches(self) -> Iterator[list[Photo]]:
        """Yield the photos in the order of their registration, batch by batch."""
        sizes = np.clip(self._rng.lognormal(8.2, 0.8, size=self.images), 200, 20_000).astype(int)
        starts = np.concatenate([[0], np.cumsum(sizes)])
        last = int(np.searchsorted(starts, self.images))
        for number in range(last):
            start = int(starts[number])
            size = min(int(sizes[number]), self.images - start)
            yield self._batch(number, start / self.images, size)

    def _batch(self, number: int, when: float, size: int) -> list[Photo]:
        rng = self._rng
        media_type, ending = TYPES[int(rng.choice(len(TYPES), p=[share for *_, share in TYPES]))][:2]
        camera = CAMERAS[number % len(CAMERAS)]
        names = [f"batch-{number}_{camera}_{shot:06d}.{ending}" for shot in range(1, size + 1)]
        if when > 1 - UNLABELED_END:
            return [Photo(name, media_type) for name in names]
        labeled = rng.random(size) > (UNLABELED - UNLABELED_END) / (1 - UNLABELED_END)
        tags = self._tags(number, size)
        coverages = self._coverages(number, when, size)
        times = 1 + np.where(rng.random(size) < 0.1, rng.integers(1, 4, size), 0)
        return [
            Photo(name, media_type, frozenset(found), int(coverage), int(count)) if known else Photo(name, media_type)
            for name, known, found, coverage, count in zip(names, labeled, tags, coverages, times)
        ]

    def _tags(self, number: int, size: int) -> list[list[int]]:
        rng = self._rng
        more = max(0.0, self.labels_per_image / (1 - UNLABELED) - 3.1)
        drawn = rng.choice(TAGS - 4, size=(size, 16), p=self._weights[number % THEMES]) + 4
        counts = np.minimum(1 + rng.poisson(1.17 * more, size), 16)
        common = rng.random((size, 3)) < (0.8, 0.8, 0.5)
        extra = (*COMMON, NIGHT if number % 3 == 0 else DAY)
        return [
            [*row[:count].tolist(), *(tag for tag, has in zip(extra, flags) if has)]
            for row, count, flags in zip(drawn, counts, common)
        ]

    @cached_property
    def _weights(self) -> list[NDArray[np.float64]]:
        rng = np.random.default_rng(self.seed + 3)
        zipf = 1 / (np.arange(TAGS - 4) + 3) ** 1.05
        weights = [zipf * np.where(rng.random(TAGS - 4) < 1 / THEMES, 20, 1) for _ in range(THEMES)]
        return [weight / weight.sum() for weight in weights]

    def _coverages(self, number: int, when: float, size: int) -> NDArray[np.int64]:
        rng = self._rng
        under = self._current(number, when)
        adhoc = rng.integers(len(self.coverages) - ADHOC_COVERAGES // 2, len(self.coverages), size)
        return np.where(rng.random(size) < 0.05, adhoc, under)

    def _current(self, number: int, when: float) -> int:
        """Return the coverage that the people who labeled the batch worked under: the version of that time."""
        schema = (None, 0, 0, 0, 0, 1, 2, 3, 4, 5)[number % 10]
        if schema is None:
            return 0
        versions = len(self.schemas[schema].versions)
        version = min(int(when / (1 - UNLABELED_END) * versions), versions - 1)
        return self.coverages.index(Coverage(self.schemas[schema].versions[version], schema, version))


SCHEMAS: Sequence[tuple[str, int]] = (
    ("Street", 8),
    ("Garden animals", 5),
    ("Weather", 3),
    ("Faces and plates", 2),
    ("Signs", 4),
    ("Damage", 1),
)


def _schema(rng: np.random.Generator, name: str, count: int) -> Schema:
    tags = {*rng.integers(4, 200, size=15).tolist(), *((*COMMON, DAY, NIGHT) if name == "Weather" else ())}
    versions = [frozenset(tags)]
    for number in range(1, count):
        if number % 3 == 0:
            tags.discard(min(tags))
        tags.update(rng.integers(0, TAGS, size=3).tolist())
        versions.append(frozenset(tags))
    return Schema(name, tuple(versions))
