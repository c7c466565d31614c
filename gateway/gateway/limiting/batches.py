"""Questions of many requests to a store, sent together: those that come while it answers go with the next batch."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Generic, TypeVar

MAX_BATCH: Final = 100
BATCH_SECONDS: Final = 0.1
"""How long a request waits for the store; a fraction of what clients notice, far above what a batch needs."""

Question = TypeVar("Question")


class Batches(Generic[Question]):
    """Asks by `send`, one batch at a time; a batch that takes longer than `seconds` has failed.

    For every question `send` returns an answer, or an exception in its place. A request alone costs a round trip;
    many at once share theirs, for a third of the processor time. The time limit is a batch's, so that a crowd of
    requests is not mistaken for a store that has failed.
    """

    def __init__(self, send: Callable[[Sequence[Question]], Awaitable[Sequence[object]]], seconds: float) -> None:
        self._send = send
        self._seconds = seconds
        self._waiting: list[tuple[Question, asyncio.Future[object]]] = []
        self._sender: asyncio.Task[None] | None = None

    async def ask(self, question: Question) -> object:
        """Return the answer to `question`; raises what `send` raises, and TimeoutError for a batch that takes long."""
        answer: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, answer))
        if self._sender is None:
            self._sender = asyncio.create_task(self._send_all())
        return await answer

    async def close(self) -> None:
        """End what is under way; whoever waits for an answer is cancelled."""
        if self._sender:
            self._sender.cancel()
            await asyncio.wait([self._sender])

    async def _send_all(self) -> None:
        batch: list[tuple[Question, asyncio.Future[object]]] = []
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
                async with asyncio.timeout(self._seconds):
                    answers = await self._send([question for question, _ in batch])
                for (_, future), answer in zip(batch, answers, strict=True):
                    _settle(future, answer)
        except Exception as error:  # noqa: BLE001 each of those who wait raises it
            # Nobody in the queue waits for the same store again.
            for _, future in batch + self._waiting:
                _settle(future, error)
            self._waiting = []
        finally:
            for _, future in batch + self._waiting:
                future.cancel()
            self._waiting = []
            self._sender = None


def _settle(future: asyncio.Future[object], answer: object) -> None:
    if future.done():
        return
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)
