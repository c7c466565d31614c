"""The client of trainings, and the job that uses it, against a service that misbehaves on a socket."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID, uuid4

import pytest
from pydantic import SecretStr

from debugger import proofs
from debugger.clients.calling import Timeouts
from debugger.clients.prediction import Patience
from debugger.clients.training import (
    MAX_ANSWER_BYTES,
    PassingError,
    PermanentError,
    Training,
    TrainingClient,
)
from debugger.main import create_app
from debugger.proving import Prover
from debugger.settings import Settings
from shared.database import Database
from shared.jobs import Step
from shared.jobs.queue import RetryLaterError
from shared.jobs.tables import Job
from shared.refusals import RefusalError
from shared.testing import client_of

Imported: TypeAlias = Callable[..., Awaitable[tuple[str, dict[str, Any]]]]

KEY = "k-271828"
ID = "01a214db-16bf-732e-8b10-6bd7fa567dbe"
QUICK = Patience(attempts=3, first_wait=0.01, longest_wait=0.05, jitter=0.01, timeouts=Timeouts(1, 0.2, 0.4))
FULL = {"detail": "One training may run and 4 may wait."}


@dataclass
class FakeTrainings:
    """Answers with what it was given, the last of that for ever, and remembers what it was asked."""

    replies: list[tuple[int, Any, dict[str, str]]] = field(default_factory=list)
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    seconds: float = 0

    def will(self, status: int, content: Any, **headers: str) -> None:
        self.replies.append((status, content, headers))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := (await reader.readuntil(b"\r\n\r\n")).decode():
                first, *lines = head.strip().split("\r\n")
                headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                self.asked.append((first.rsplit(" ", 1)[0], headers, body))
                await asyncio.sleep(self.seconds)
                status, content, more = self.replies[min(len(self.asked), len(self.replies)) - 1]
                sent = content if isinstance(content, bytes) else json.dumps(content).encode()
                told = {"Content-Length": str(len(sent)), **{key.replace("_", "-"): each for key, each in more.items()}}
                lines = [f"HTTP/1.1 {status} Status", *(f"{key}: {each}" for key, each in told.items()), "", ""]
                writer.write("\r\n".join(lines).encode() + sent)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def training(status: str = "running", **more: Any) -> dict[str, Any]:
    return {"id": ID, "status": status, "steps": [{"text": "Judging", "seconds": 2.5}], "seconds": 3.1, **more}


@pytest.fixture
def fake() -> FakeTrainings:
    return FakeTrainings()


@pytest.fixture
async def url(fake: FakeTrainings) -> AsyncIterator[str]:
    server = await asyncio.start_server(fake.serve, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()
    await server.wait_closed()


@pytest.fixture
async def trainer(url: str) -> AsyncIterator[TrainingClient]:
    async with TrainingClient(url, SecretStr(KEY), patience=QUICK) as trainer:
        yield trainer


async def test_rows_are_sent_with_what_is_wanted_of_them(fake: FakeTrainings, trainer: TrainingClient) -> None:
    fake.will(202, training("queued", steps=[]))
    found = await trainer.submit(b'{"text": "a"}\n', "proof-1-before", seed=3, encoder="minilm")
    ((line, headers, body),) = fake.asked
    assert (line, body) == ("POST /trainings?seed=3&encoder=minilm", b'{"text": "a"}\n')
    assert headers["idempotency-key"] == "proof-1-before"
    assert headers["content-type"] == "application/x-ndjson"
    assert headers["x-api-key"] == KEY
    assert (found.id, found.has_ended, found.step) == (UUID(ID), False, "waiting behind other trainings")


async def test_what_passes_is_asked_again_with_the_same_key(fake: FakeTrainings, trainer: TrainingClient) -> None:
    fake.will(502, b"<html>Bad Gateway</html>")
    fake.will(200, b'{"id": 7')
    fake.will(200, training("succeeded", version="3f1c9a0b7d52", training_rows=7))
    found = await trainer.submit(b"{}", "proof-1-after", seed=0, encoder=None)
    assert (found.status, found.version, found.training_rows) == ("succeeded", "3f1c9a0b7d52", 7)
    assert {headers["idempotency-key"] for _, headers, _ in fake.asked} == {"proof-1-after"}


async def test_a_full_queue_is_left_until_it_says(fake: FakeTrainings, trainer: TrainingClient) -> None:
    fake.will(503, FULL, Retry_After="30")
    with pytest.raises(PassingError, match=r"answers 503 \(One training may run and 4 may wait\)") as caught:
        await trainer.submit(b"{}", "proof-1-after", seed=0, encoder=None)
    assert (caught.value.wait, len(fake.asked)) == (30, 1)


async def test_a_slow_service_is_given_up(fake: FakeTrainings, trainer: TrainingClient) -> None:
    fake.will(200, training())
    fake.seconds = 1
    with pytest.raises(PassingError, match="does not answer in time"):
        await trainer.get(UUID(ID))
    assert len(fake.asked) == QUICK.attempts


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"null",
        {},
        training("done"),
        training(id="../models"),
        training(version="v" * 101),
        training(training_rows=-1),
        b" " * (MAX_ANSWER_BYTES + 1),
        json.dumps(training(seconds=float("nan"))).encode(),
    ],
)
async def test_rubbish_is_no_training(fake: FakeTrainings, trainer: TrainingClient, content: Any) -> None:
    fake.will(200, content)
    with pytest.raises(PassingError, match=r"answer is no training|answer has more than"):
        await trainer.get(UUID(ID))


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (301, "check DEBUGGER_INTENT_URL"),
        (401, "set DEBUGGER_INTENT_KEY"),
        (403, "set INTENT_TRAININGS=true"),
        (404, "no longer knows the training"),
        (413, "raise its INTENT_MAX_TRAINING_BYTES"),
        (422, "does not take the call"),
        (501, "not installed there"),
    ],
)
async def test_what_stays_is_told_with_what_to_do(
    fake: FakeTrainings, trainer: TrainingClient, status: int, advice: str
) -> None:
    fake.will(status, {"detail": f"No, {KEY}."}, Location="http://127.0.0.1:1/")
    with pytest.raises(PermanentError, match=rf"answers {status}: .*{advice}.* \(No, …\)\.$") as caught:
        await trainer.get(UUID(ID))
    assert len(fake.asked) == 1
    assert KEY not in repr(caught.value)


async def test_a_training_is_cancelled(fake: FakeTrainings, trainer: TrainingClient) -> None:
    fake.will(200, training("cancelled"))
    assert (await trainer.cancel(UUID(ID))).has_ended
    assert fake.asked[0][0] == f"POST /trainings/{ID}/cancel"


def test_an_address_is_checked() -> None:
    with pytest.raises(ValueError, match=r"^The intent service's address must be"):
        TrainingClient("ftp://127.0.0.1")


@pytest.fixture
async def prove(
    url: str, settings: Settings, database: Database, imported: Imported
) -> Callable[..., Awaitable[Step | None]]:
    """A function that prepares the step of a proof at a position."""
    rows = [{"text": f"text {number}", "label": "ab"[number % 2], "split": "training"} for number in range(1, 41)]
    tests = [{**row, "text": f"test {row['text']}", "split": "testing"} for row in rows[:10]]
    async with client_of(create_app(settings)) as client:
        address, _ = await imported(client, "\n".join(map(json.dumps, [*rows, *tests])).encode())
        drop = {"action": "drop", "author": "Mai", "rows": [{"number": 1, "version": 1}]}
        await client.post(f"{address}/decisions", json=drop)
    beside = Settings(**{**settings.model_dump(), "intent_url": url})
    async with database.session() as session:
        job = await proofs.create(session, UUID(address.removeprefix("/projects/")), proofs.Wanted())
    collected = await Prover(database, beside)(job)
    assert collected is not None
    async with database.session() as session:
        await collected.write(session)

    async def prove(position: dict[str, Any]) -> Step | None:
        now = Job(**{**job.model_dump(), "position": {**collected.position, **position}})
        return await Prover(database, beside, 60, QUICK)(now)

    return prove


Prove: TypeAlias = Callable[[dict[str, Any]], Awaitable[Step | None]]


async def test_a_proof_waits_for_a_place_and_not_for_ever(fake: FakeTrainings, prove: Prove) -> None:
    fake.will(503, FULL, Retry_After="20")
    step = await prove({})
    assert step is not None
    assert step.position["stage"].startswith("waiting: The intent service answers 503")
    with pytest.raises(RetryLaterError) as caught:
        await prove(step.position)
    assert caught.value.seconds == 20
    earlier = datetime.now(UTC) - timedelta(seconds=61)
    with pytest.raises(RefusalError, match="Given up after 1 minutes: The intent service answers 503"):
        await prove({**step.position, "since": earlier.isoformat()})
    fake.will(202, training("queued"))
    step = await prove(step.position)
    assert step is not None
    assert "since" not in step.position
    assert step.position["trainings"] == {"before": ID}
    assert len({headers["idempotency-key"] for _, headers, _ in fake.asked}) == 1


async def test_a_training_that_makes_no_model_fails_the_proof(fake: FakeTrainings, prove: Prove) -> None:
    ends: list[tuple[int, Any, str]] = [
        (404, {"detail": "There is no training."}, "no longer knows the training"),
        (200, training("failed", error="there is only the label 'x'"), "version 1 failed: there is only the label"),
        (200, training("cancelled"), "was cancelled in the intent service"),
        (200, training("succeeded"), "failed: it tells no reason"),
        (200, training("succeeded", version="v", training_rows=41), "may have seen the rows held back"),
    ]
    for status, content, said in ends:
        fake.replies = [(status, content, {})]
        with pytest.raises(RefusalError, match=said):
            await prove({"trainings": {"before": ID}})


async def test_a_long_training_leaves_the_worker_to_others(fake: FakeTrainings, prove: Prove) -> None:
    fake.will(200, training(seconds=90))
    step = await prove({"trainings": {"before": ID}})
    assert step is not None
    assert step.position["stage"] == "training on version 1: Judging"
    with pytest.raises(RetryLaterError) as caught:
        await prove(step.position)
    assert caught.value.seconds == 9


async def test_the_project_may_be_gone(settings: Settings, database: Database) -> None:
    job = Job(id=uuid4(), kind=proofs.KIND, request={})
    with pytest.raises(RefusalError, match="The project was deleted"):
        await Prover(database, settings)(job)
    with pytest.raises(RefusalError, match="No job has the id"):
        await Prover(database, settings).withdraw(job.id)


def test_what_is_told_of_a_training_is_bounded() -> None:
    steps = [{"text": "a" * 5_000}]
    assert len(Training.model_validate(training(steps=steps)).step) == 200
