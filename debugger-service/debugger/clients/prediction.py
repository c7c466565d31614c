"""A service that speaks the Humanloop prediction API: texts go in, labels with confidences come back."""

import asyncio
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

import httpx2
import stamina
from pydantic import SecretStr

from debugger.clients.answers import Answer, Missing, Prediction, answer_of
from debugger.clients.calling import Caller, PassingError, PermanentError, Question, RefusedError, Timeouts

__all__ = ["Answer", "Missing", "Patience", "PermanentError", "Prediction", "PredictionClient", "Timeouts"]

MAX_TEXTS: Final = 20
"""In one call: the API takes no more."""
MAX_CHARACTERS: Final = 100_000
"""Of a text that is asked about."""


@dataclass(frozen=True)
class Patience:
    """How many calls to make before a batch counts as unanswered, and how many seconds to wait between them.

    The wait doubles from `first_wait` to `longest_wait`, and has up to `jitter` added, unless the service's Retry-After
    says how long it is; even then it is no longer than `longest_wait`.
    """

    attempts: int = 5
    first_wait: float = 0.5
    longest_wait: float = 60
    jitter: float = 0.5
    timeouts: Timeouts = field(default_factory=Timeouts)


class PredictionClient:
    """Asks `project` of the service at `url`, `concurrency` calls at a time, over connections of its own.

    The key goes to that address alone, and stands in no text, log or `repr`. Raises ValueError for an address or a key
    that cannot be one.
    """

    def __init__(
        self,
        url: str,
        project: str,
        key: SecretStr | None = None,
        *,
        concurrency: int = 4,
        patience: Patience | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._patience = patience or Patience()
        self._concurrency = concurrency
        self._places = asyncio.Semaphore(concurrency)
        self._resume_at = 0.0
        self._was_answered = False
        self._caller = Caller(
            url, project, key, connections=concurrency, timeouts=self._patience.timeouts, transport=transport
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._caller.close()

    async def predict(self, texts: Sequence[str], *, n_best: int = 3, version: str | None = None) -> list[Answer]:
        """Return for each of `texts`, in order, a prediction of at most `n_best` labels, or why there is none.

        `version` names a version of the model, where the service has several. Raises PermanentError.
        """
        found: list[Answer] = [_unaskable(text) for text in texts]
        askable = [index for index, text in enumerate(texts) if text.strip() and len(text) <= MAX_CHARACTERS]
        batches = (askable[start : start + MAX_TEXTS] for start in range(0, len(askable), MAX_TEXTS))

        async def work(batches: Iterator[list[int]]) -> None:
            for batch in batches:
                question = Question([texts[index] for index in batch], n_best, version)
                for index, answer in zip(batch, await self._batch(question)):
                    found[index] = answer

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(self._concurrency, math.ceil(len(askable) / MAX_TEXTS))):
                    group.create_task(work(batches))
        except* PermanentError as errors:
            raise PermanentError(str(errors.exceptions[0])) from None
        return found

    async def _batch(self, question: Question) -> list[Answer]:
        answers = await self._answers(question)
        self._was_answered |= any(isinstance(answer, Prediction) for answer in answers)
        refused = [answer for answer in answers if isinstance(answer, Missing) and not answer.again]
        if not self._was_answered and len(refused) == len(answers) > 1:
            raise PermanentError(f"None of the first texts is taken: {refused[0].reason}")
        return answers

    async def _answers(self, question: Question) -> list[Answer]:
        try:
            rows = await self._rows(question)
        except PassingError as error:
            return [Missing(str(error), again=True)] * len(question.texts)
        except RefusedError as error:
            return await self._apart(question, Missing(str(error), again=False))
        if len(rows) != len(question.texts):
            # Which row belongs to which text is not said.
            reason = f"The prediction API answers {len(rows):,} rows where 1 is asked for."
            return await self._apart(question, Missing(reason, again=True))
        return [answer_of(row, question.n_best) for row in rows]

    async def _apart(self, question: Question, alone: Missing) -> list[Answer]:
        """Return what comes of the two halves of the question, or `alone` for a single text."""
        texts, middle = question.texts, len(question.texts) // 2
        if not middle:
            return [alone]
        return [*await self._answers(question.of(texts[:middle])), *await self._answers(question.of(texts[middle:]))]

    async def _rows(self, question: Question) -> list[Any]:
        """Return the rows of the answer; raises PermanentError, RefusedError, and PassingError after all attempts."""
        patience = self._patience
        async for attempt in stamina.retry_context(
            self._pause,
            attempts=patience.attempts,
            timeout=None,
            wait_initial=patience.first_wait,
            wait_max=patience.longest_wait,
            wait_jitter=patience.jitter,
        ):
            with attempt:
                async with self._places:
                    await asyncio.sleep(self._resume_at - asyncio.get_running_loop().time())
                    return await self._caller.ask(question)
        raise AssertionError("The last attempt returns or raises.")

    def _pause(self, error: Exception) -> bool | float:
        """Return whether, or after how many seconds, to ask again; other calls wait too if the service says so."""
        if not isinstance(error, PassingError):
            return False
        if error.wait is None:
            return True
        wait = min(error.wait, self._patience.longest_wait)
        self._resume_at = max(self._resume_at, asyncio.get_running_loop().time() + wait)
        return wait + random.uniform(0, self._patience.jitter)  # noqa: S311 no secret


def _unaskable(text: str) -> Missing:
    if not text.strip():
        return Missing("The text is empty or blank.", again=False)
    return Missing(f"The text has more than {MAX_CHARACTERS:,} characters.", again=False)
