"""The models in service by their names: loaded, swapped and rolled back without a request that fails."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

import structlog
from anyio import to_thread

from vision.models.card import ModelUnavailableError, UnknownModelError
from vision.models.repository import Repository
from vision.served import ServedModel, load
from vision.shadowing import Prepare, Shadow
from vision.tuning import Tuning

_log = structlog.get_logger(source="models")


class NoEarlierVersionError(Exception):
    """There is nothing to roll back to."""


class InUseError(Exception):
    """The model answers where none is named, so it stays."""


class OtherLabelsError(Exception):
    """The candidate knows other classes than the model in service, so that the two cannot be compared."""


class Registry:
    """The models that are loaded out of those in `repository`; the first of `wanted` answers where none is named."""

    def __init__(self, repository: Repository, tuning: Tuning, wanted: Sequence[str], prepare: Prepare) -> None:
        self.repository = repository
        self._tuning = tuning
        self._wanted = list(wanted)
        self._prepare = prepare
        self._served: dict[str, ServedModel] = {}
        self._previous: dict[str, str] = {}
        self._changing = asyncio.Lock()
        self._retiring: set[asyncio.Task[None]] = set()
        self._missing = ModelUnavailableError("No model is loaded yet.")

    @property
    def served(self) -> Mapping[str, ServedModel]:
        """The loaded models."""
        return self._served

    async def start(self) -> None:
        """Load what is wanted; what cannot be loaded is logged, and `check` tells of it."""
        try:
            self._wanted = self._wanted or [self.repository.default(None)]
            for name in self._wanted:
                await self.load(name)
        except (ModelUnavailableError, UnknownModelError) as error:
            self._missing = ModelUnavailableError(str(error))
            _log.error("no model", reason=str(error))

    async def close(self) -> None:
        """Let go of all models."""
        for task in self._retiring:
            task.cancel()
        await asyncio.gather(*(served.retire() for served in self._served.values()))

    def check(self) -> None:
        """Raise ModelUnavailableError unless all that is wanted is loaded."""
        if not self._wanted or not set(self._wanted) <= self._served.keys():
            raise self._missing

    def is_default(self, name: str) -> bool:
        """Return whether `name` answers where no model is named."""
        return self._wanted[:1] == [name]

    def get(self, name: str | None = None) -> ServedModel:
        """Return the loaded model `name`, or the default; raises UnknownModelError, ModelUnavailableError."""
        if name is None:
            if not self._wanted or self._wanted[0] not in self._served:
                raise self._missing
            name = self._wanted[0]
        if name not in self._served:
            self.repository.serving(name)
            raise ModelUnavailableError(f"{name} is not loaded; load it by POST models/{name}/load.")
        return self._served[name]

    async def load(self, name: str, version: str | None = None) -> ServedModel:
        """Warm up a version of the model, by default the one that was last in service, and put it into service.

        Requests that have begun end with the model that they began with. Raises UnknownModelError,
        ModelUnavailableError.
        """
        async with self._changing:
            chosen = version or self.repository.serving(name).version
            served = await self._load(name, chosen, self._tuning)
            before = self._served.get(name)
            self._served[name] = served
            self._wanted = self._wanted or [name]
            if before is not None:
                if before.card.version != chosen:
                    self._previous[name] = before.card.version
                self._retire(before)
            await self._remember(name, chosen)
            return served

    async def roll_back(self, name: str) -> ServedModel:
        """Put the version into service that was before; raises what `load` does, and NoEarlierVersionError."""
        version = self._previous.get(name) or self.repository.serving(name).previous
        if version is None:
            raise NoEarlierVersionError(f"No version of {name} was in service before this one.")
        return await self.load(name, version)

    async def unload(self, name: str) -> None:
        """Take the model out of service; raises UnknownModelError, InUseError."""
        async with self._changing:
            self.repository.serving(name)
            if self.is_default(name):
                raise InUseError(f"{name} answers where no model is named; it cannot be unloaded.")
            if name in self._served:
                self._retire(self._served.pop(name))
                self._wanted = [wanted for wanted in self._wanted if wanted != name]

    async def start_shadow(self, name: str, candidate: str, version: str, share: float) -> Shadow:
        """Show the part `share` of the images of `name` to a candidate, instead of the one that sees them now.

        Raises what `load` does, and OtherLabelsError.
        """
        async with self._changing:
            served = self.get(name)
            # One core and no batches: what it takes from the model in service is bounded.
            loaded = await self._load(candidate, version, replace(self._tuning, threads=1, max_batch=1))
            if loaded.card.labels != served.card.labels:
                loaded.batcher.close()
                raise OtherLabelsError(f"{candidate} and {name} do not have the same labels.")
            await self._end_shadow(served)
            served.shadow = Shadow(loaded.card, served.card, loaded.batcher, share, self._prepare)
            return served.shadow

    async def stop_shadow(self, name: str) -> None:
        """Let the candidate see no more."""
        async with self._changing:
            await self._end_shadow(self.get(name))

    async def _load(self, name: str, version: str, tuning: Tuning) -> ServedModel:
        card, path = await to_thread.run_sync(self.repository.load, name, version)
        plan, busy, lone = await to_thread.run_sync(load, card, path, tuning)
        _log.info("model loaded", model=card.describe(), source=card.source, images_per_second=plan.images_per_second)
        return ServedModel(card, plan, busy, lone, tuning.wait_seconds)

    async def _remember(self, name: str, version: str) -> None:
        try:
            await to_thread.run_sync(self.repository.choose, name, version)
        except OSError as error:
            _log.warning("the version in service will be forgotten", model=name, reason=str(error))

    def _retire(self, served: ServedModel) -> None:
        task = asyncio.create_task(served.retire())
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)

    @staticmethod
    async def _end_shadow(served: ServedModel) -> None:
        shadow, served.shadow = served.shadow, None
        if shadow is not None:
            await shadow.close()
