"""The trainings of a service: one runs, a few wait, and the rest have ended; a restart goes on where it was."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Self
from uuid import UUID

import structlog
from anyio import to_thread
from uuid_utils.compat import uuid7

from intent.card import ModelUnavailableError
from intent.retraining.attending import attend
from intent.retraining.keeping import DATA, FOLDER, MODELS, Kept
from intent.retraining.messages import Result
from intent.retraining.packages import require_installed
from intent.retraining.receiving import Received, receive
from intent.retraining.refusals import (
    EndedTrainingError,
    FailedError,
    OtherTrainingError,
    QueueFullError,
    TrainingsUnavailableError,
    UnknownTrainingError,
)
from intent.retraining.trainings import Training, Wanted
from intent.versions import Versions

MAX_KEPT: Final = 200
"""Trainings that have ended; the oldest are forgotten."""
MAX_ATTEMPTS: Final = 3
"""Runs of a training that may end with the service, which they may be the reason for."""

_log = structlog.get_logger(source="trainings")


@dataclass(frozen=True)
class Bounds:
    """How many trainings may wait, and how many seconds a run may take."""

    waiting: int
    seconds: float


class Trainings:
    """Trains one model after another into the folder of `versions`; use it as a context."""

    def __init__(self, versions: Versions, bounds: Bounds) -> None:
        self._versions = versions
        self._bounds = bounds
        self._kept = Kept(versions.folder / FOLDER)
        self._trainings: dict[UUID, Training] = {}
        self._receiving = 0
        self._owning = asyncio.Lock()
        self._writing = asyncio.Lock()
        self._changed = asyncio.Condition()
        self._run: tuple[UUID, asyncio.Task[Result]] | None = None
        self._working: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        if self._kept.folder.is_dir():
            try:
                await self._own()
            except TrainingsUnavailableError as error:
                _log.warning("no trainings for now", reason=str(error))
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._working:
            self._working.cancel()
            await asyncio.gather(self._working, return_exceptions=True)
        self._kept.release()

    async def listed(self) -> Sequence[Training]:
        """Return all trainings, the newest first; raises TrainingsUnavailableError."""
        if self._kept.is_owned or self._kept.folder.is_dir():
            await self._own()
        return sorted(self._trainings.values(), key=lambda training: training.id, reverse=True)

    async def get(self, identifier: UUID) -> Training:
        """Return a training; raises UnknownTrainingError, TrainingsUnavailableError."""
        await self.listed()
        try:
            return self._trainings[identifier]
        except KeyError:
            raise UnknownTrainingError(f"There is no training {identifier}.") from None

    async def submit(self, wanted: Wanted, body: AsyncIterator[bytes], key: str | None) -> tuple[Training, bool]:
        """Queue a training on the rows in `body`; return it, and whether it is new, or else known by the same `key`.

        Raises MissingPackagesError, QueueFullError, NoRowsError, OtherTrainingError, TrainingsUnavailableError.
        """
        require_installed(wanted)
        await self._own()
        if self._with_key(key):
            return self._known(key, wanted, await receive(body, None)), False
        with self._place():
            identifier = uuid7()
            try:
                received = await self._received(identifier, body)
                if self._with_key(key):  # it came in twice at the same time
                    return self._known(key, wanted, received), False
                training = Training(id=identifier, wanted=wanted, sha256=received.sha256, size=received.size, key=key)
                await self._accept(training)
            finally:
                if identifier not in self._trainings:
                    await to_thread.run_sync(self._kept.remove, identifier)
        return training, True

    async def cancel(self, identifier: UUID) -> Training:
        """End a training, and return it once it has ended; raises UnknownTrainingError, EndedTrainingError."""
        training = await self.get(identifier)
        if training.status == "queued":
            await self._end(training.ended("cancelled"))
        elif self._run and self._run[0] == identifier:
            self._run[1].cancel()
        async with self._changed:
            await self._changed.wait_for(lambda: self._trainings[identifier].has_ended)
        ended = self._trainings[identifier]
        if ended.status != "cancelled":
            raise EndedTrainingError(f"The training has ended already; it is {ended.status}.")
        return ended

    def _with_key(self, key: str | None) -> Training | None:
        found = (training for training in self._trainings.values() if key is not None and training.key == key)
        return next(found, None)

    def _known(self, key: str | None, wanted: Wanted, received: Received) -> Training:
        known = self._with_key(key)
        if known is None or (known.wanted, known.sha256) != (wanted, received.sha256):
            reason = "This Idempotency-Key belongs to a training on other rows or with other parameters."
            raise OtherTrainingError(reason)
        return known

    @contextmanager
    def _place(self) -> Iterator[None]:
        """Hold a place in the queue while the data come in; raises QueueFullError."""
        going_on = sum(not training.has_ended for training in self._trainings.values())
        if going_on + self._receiving > self._bounds.waiting:
            reason = f"One training may run and {self._bounds.waiting} may wait; try again when one has ended."
            raise QueueFullError(reason)
        self._receiving += 1
        try:
            yield
        finally:
            self._receiving -= 1

    async def _accept(self, training: Training) -> None:
        try:
            await self._keep(training)
        except OSError as error:
            del self._trainings[training.id]
            raise TrainingsUnavailableError(f"The training cannot be kept: {error.strerror}.") from error

    async def _received(self, identifier: UUID, body: AsyncIterator[bytes]) -> Received:
        folder = self._kept.of(identifier)
        try:
            await to_thread.run_sync(folder.mkdir)
            return await receive(body, folder / DATA)
        except OSError as error:
            raise TrainingsUnavailableError(f"The rows cannot be kept: {error.strerror}.") from error

    async def _own(self) -> None:
        """Own the folder and go on with what waits in it; raises TrainingsUnavailableError."""
        async with self._owning:
            if self._kept.is_owned:
                return
            await to_thread.run_sync(self._kept.own)
            for training in await to_thread.run_sync(self._found):
                self._trainings[training.id] = training
            self._working = asyncio.create_task(self._work())

    def _found(self) -> Sequence[Training]:
        """Return what an earlier process left; what ran is queued again, but not for ever."""
        found = self._kept.read()
        self._kept.remove_strangers(found)
        return [self._recovered(training) for training in found]

    def _recovered(self, training: Training) -> Training:
        if training.status != "running":
            return training
        if training.attempts < MAX_ATTEMPTS:
            again = training.queued(training.attempts)
        else:
            again = training.ended("failed", error=f"The service ended {training.attempts} times while this ran.")
            self._kept.tidy(again.id)
        self._kept.write(again)
        return again

    async def _work(self) -> None:
        while True:
            async with self._changed:
                await self._changed.wait_for(lambda: self._next() is not None)
            training = self._next()
            if training is not None:
                await self._train(training)

    def _next(self) -> Training | None:
        waiting = (training for training in self._trainings.values() if training.status == "queued")
        return min(waiting, key=lambda training: training.id, default=None)

    async def _train(self, training: Training) -> None:
        self._trainings[training.id] = training.begun()
        run = asyncio.create_task(self._attended(training.id))
        self._run = training.id, run
        try:
            await asyncio.wait([run])
        except asyncio.CancelledError:  # the service stops, and the next one begins this anew
            run.cancel()
            await asyncio.wait([run])
            await self._note(training.queued(training.attempts))
            raise
        finally:
            self._run = None
        await self._end(await self._ending(self._trainings[training.id], run))

    async def _attended(self, identifier: UUID) -> Result:
        await self._note(self._trainings[identifier])
        folder = await to_thread.run_sync(self._kept.prepare, identifier)

        async def hear(step: str) -> None:
            await self._note(self._trainings[identifier].with_step(step))

        try:
            async with asyncio.timeout(self._bounds.seconds) as limit:
                return await attend(folder, self._trainings[identifier].wanted, hear)
        except TimeoutError as error:
            if not limit.expired():
                raise
            raise FailedError(f"The run took longer than the {self._bounds.seconds:,g} s that it may.") from error

    async def _ending(self, training: Training, run: asyncio.Task[Result]) -> Training:
        if run.cancelled():
            return training.ended("cancelled")
        try:
            result = run.result()
            await to_thread.run_sync(self._versions.adopt, self._kept.of(training.id) / MODELS / result.version)
        except (FailedError, ModelUnavailableError) as error:
            return training.ended("failed", error=str(error))
        except OSError as error:
            _log.exception("a training could not be kept", training=str(training.id))
            return training.ended("failed", error=f"The model cannot be kept: {error.strerror}.")
        return training.ended("succeeded", result=result)

    async def _end(self, training: Training) -> None:
        _log.info("training ended", training=str(training.id), status=training.status, reason=training.error)
        await self._note(training)
        await to_thread.run_sync(self._kept.tidy, training.id)
        ended = sorted(each.id for each in self._trainings.values() if each.has_ended)
        for identifier in ended[: max(0, len(ended) - MAX_KEPT)]:
            del self._trainings[identifier]
            await to_thread.run_sync(self._kept.remove, identifier)

    async def _note(self, training: Training) -> None:
        """Keep `training`; where the disk does not take it, it is known until the service ends."""
        try:
            await self._keep(training)
        except OSError as error:
            _log.error("a training cannot be kept", training=str(training.id), reason=error.strerror)

    async def _keep(self, training: Training) -> None:
        self._trainings[training.id] = training
        async with self._changed:
            self._changed.notify_all()
        async with self._writing:
            # What it is by now: a later change may have been quicker.
            await to_thread.run_sync(self._kept.write, self._trainings[training.id])
