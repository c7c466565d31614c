"""Images, labels and lists: what was acknowledged must be there in every later answer."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from random import Random
from typing import Any, Final

from fleet.load.caller import Caller, check
from fleet.load.ledger import RefusedError
from fleet.load.photos import SIDE, photo

TAGS: Final = 12
"""Tags that images share; each has one more of its own."""

PAGE: Final = 20


def newest_first(items: Sequence[Mapping[str, Any]]) -> bool:
    """Whether what has `created_at` and `id` is ordered by them; a full second is written without a fraction."""
    order = [(datetime.fromisoformat(each["created_at"]), each["id"]) for each in items]
    return order == sorted(order, reverse=True)


@dataclass
class _Image:
    id: str
    seed: str
    sha256: str
    version: int = 0
    tags: frozenset[str] = frozenset()
    unsure: bool = False
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def own_tag(self) -> str:
        return f"only {self.seed}"


class CatalogLoad:
    """Uploads and labels pictures of its own, and reads them again."""

    service: Final = "catalog"

    def __init__(self, caller: Caller, random: Random) -> None:
        self._caller = caller
        self._random = random
        self._run = f"{random.getrandbits(48):x}"
        self._images: list[_Image] = []
        self._made = 0
        reads = {"content": self.content, "labels": self.labels, "page": self.page, "by-tag": self.by_tag}
        self.kinds = {"upload": self.upload, "label": self.label, **reads}

    async def prepare(self) -> None:
        """Have a few images to begin with."""
        for _ in range(3):
            await self.upload()
        for image in self._images:
            await self._label(image)

    async def upload(self) -> None:
        """Upload a new picture."""
        self._made += 1
        seed = f"{self._run}-{self._made}"
        content = photo(seed)
        file = {"file": (f"{seed}.png", content, "image/png")}
        answer = await self._caller.ask(
            "catalog.upload", "POST", "/catalog/images/upload", files=file, expected=(200, 201), idempotent=True
        )
        found, sha256 = answer.json(), hashlib.sha256(content).hexdigest()
        seen = (found["sha256"], found["size"], found["width"], found["height"], found["type"])
        check(seen == (sha256, len(content), SIDE, SIDE, "image/png"), f"upload of {seed}", seen)
        image = _Image(found["id"], seed, sha256)
        self._images.append(image)
        self._caller.ledger.promise(f"image {image.id}", partial(self._content_of, image))

    async def label(self) -> None:
        """Say anew what is on an image."""
        image = self._any()
        async with image.lock:
            await self._label(image)

    async def content(self) -> None:
        """Read the bytes of an image."""
        await self._content_of(self._any())

    async def labels(self) -> None:
        """Read what is on an image: what was said last."""
        image = self._any()
        async with image.lock:
            answer = await self._caller.ask("catalog.labels", "GET", f"/catalog/images/{image.id}/labels")
            found = answer.json()
            present = frozenset(tag["name"] for tag in found["present"])
            if image.unsure:
                check(found["labeling"] >= image.version, f"latest labeling of {image.id}", found, image.version)
            else:
                seen = (found["labeling"], present)
                check(seen == (image.version, image.tags), f"labels of {image.id}", seen, image.version, image.tags)
            image.version, image.tags, image.unsure = found["labeling"], present, False

    async def page(self) -> None:
        """Read the newest images."""
        path = f"/catalog/images?order=newest&limit={PAGE}"
        found = (await self._caller.ask("catalog.page", "GET", path)).json()["items"]
        check(newest_first(found), "order of a page", found)
        known = {image.id: image.sha256 for image in self._images[-PAGE:]}
        check(all(known.get(each["id"], each["sha256"]) == each["sha256"] for each in found), "a page", found)
        check(bool(found), "a page with nothing on it")

    async def by_tag(self) -> None:
        """Find the one image that has a tag."""
        image = self._any()
        async with image.lock:
            if image.unsure or not image.version:
                return
            parameters = {"tag": image.own_tag, "limit": "5"}
            answer = await self._caller.ask("catalog.by-tag", "GET", "/catalog/images", params=parameters)
            found = [(each["id"], each["labeling"]) for each in answer.json()["items"]]
            check(found == [(image.id, image.version)], f"images tagged {image.own_tag!r}", found, image)

    def _any(self) -> _Image:
        return self._random.choice(self._images)

    async def _label(self, image: _Image) -> None:
        tags = [f"load {self._random.randrange(TAGS)}", image.own_tag]
        body = {"tags": tags, "absent": [], "author": "load"}
        path = f"/catalog/images/{image.id}/labelings"
        try:
            answer = await self._caller.ask("catalog.label", "POST", path, json=body, expected=(201,))
        except RefusedError:
            image.unsure = True
            raise
        found = answer.json()
        follows = found["version"] > image.version if image.unsure else found["version"] == image.version + 1
        check(follows and _names(found) == frozenset(tags), f"labeling of {image.id}", found, image.version, tags)
        image.version, image.tags, image.unsure = found["version"], frozenset(tags), False
        what = f"labeling {found['version']} of image {image.id}"
        self._caller.ledger.promise(what, partial(self._labeling_of, image.id, found["version"], frozenset(tags)))

    async def _content_of(self, image: _Image) -> None:
        answer = await self._caller.ask("catalog.content", "GET", f"/catalog/images/{image.id}/content")
        check(answer.content == photo(image.seed), f"content of {image.id}", len(answer.content))

    async def _labeling_of(self, image: str, version: int, tags: frozenset[str]) -> None:
        answer = await self._caller.ask("catalog.labels", "GET", f"/catalog/images/{image}/labelings/{version}")
        check(_names(answer.json()) == tags, f"labeling {version} of {image}", answer.json(), tags)


def _names(labeling: dict[str, Any]) -> frozenset[str]:
    return frozenset(tag["name"] for tag in labeling["tags"])
