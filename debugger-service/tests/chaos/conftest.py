"""Processes that are killed, work that is held up in its middle, and what is in the database when it is over."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Any, Final

import asyncpg
import httpx2
import numpy as np
import pytest
from starlette.types import Receive, Scope, Send

from shared.testing import free_port, served, server_process

TOPICS: Final = {
    "card": ["card", "arrive", "post", "delivery", "plastic", "envelope"],
    "refund": ["money", "back", "refund", "return", "shop", "charged"],
    "limit": ["limit", "raise", "maximum", "spend", "daily", "cap"],
}
WRONG_EVERY: Final = 25
"""Of the first, the 26th, … row the label is another one than the text is about."""

HOLD: Final = 411
"""The key of the lock that holds work up."""

HELD_ROW: Final = 2502
HELD_PREDICTION: Final = 600
PLACES: Final = {
    "changes": f"NEW.number = {HELD_ROW}",
    "predictions": f"NEW.number = {HELD_PREDICTION}",
    "issues": "NEW.kind = 'label_error' AND NEW.rank = 1",
    "arrays": "NEW.name = 'embedding' AND NEW.part = 0",
}
"""By tables, the rows at which work can be held up."""

FUNCTION: Final = f"""
    CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_advisory_xact_lock_shared({HOLD}); RETURN NEW; END'
"""
WAITING: Final = """
    SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database AND datname = current_database()
    WHERE locktype = 'advisory' AND objid = $1 AND NOT granted
"""

BAD: Final = ("an error", "rubbish", "a row less")
OF_PROJECT: Final = "JOIN projects ON projects.id = it.project_id"
OF_RUN: Final = "JOIN prediction_runs AS run ON run.id = it.run_id JOIN projects ON projects.id = run.project_id"
OF_ANALYSIS: Final = "JOIN analyses ON analyses.id = it.analysis_id JOIN projects ON projects.id = analyses.project_id"
KEPT: Final = {
    "projects": "JOIN projects USING (id)",
    **dict.fromkeys(("versions", "rows", "changes", "prediction_runs", "analyses", "metrics"), OF_PROJECT),
    "predictions": OF_RUN,
    **dict.fromkeys(("issues", "arrays"), OF_ANALYSIS),
    "job_errors": "JOIN jobs ON jobs.id = it.job_id JOIN projects ON projects.id::text = jobs.request ->> 'project'",
}
"""The tables whose contents must come out the same, and how each of their rows belongs to a project."""

DIFFERENT: Final = "id,project_id,analysis_id,run_id,served_run_id,job_id,created_at,finished_at,request"
"""Columns with ids and times, which another time are others."""


def planted(rows: int, beginning: int = 1) -> bytes:
    """Return a file of rows by three topics, some of which have the label of another one."""
    names = list(TOPICS)
    made = []
    for number in range(beginning, beginning + rows):
        topic = names[number % 3]
        words = " ".join(np.random.default_rng(number).choice(TOPICS[topic], 4, replace=False).tolist())
        label = names[(number + 1) % 3] if number % WRONG_EVERY == 1 else topic
        made.append({"id": number, "text": f"{words} {number}", "label": label, "split": "training"})
    return "\n".join(map(json.dumps, made)).encode()


def topic_of(text: str) -> str:
    """Return what a text of `planted` is about."""
    return next(topic for topic, words in TOPICS.items() if text.split()[0] in words)


class Hold:
    """Holds work up while it is closed: where it inserts a certain row in the middle of what it inserts."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def close(self) -> None:
        """Hold up whatever comes from now on."""
        await self._connection.execute(f"SELECT pg_advisory_lock({HOLD})")

    async def open(self) -> None:
        """Let all go on."""
        await self._connection.execute(f"SELECT pg_advisory_unlock({HOLD})")

    async def holds(self, works: int, seconds: float = 60) -> None:
        """Wait until so many are held up."""
        deadline = monotonic() + seconds
        while (held := await self._connection.fetchval(WAITING, HOLD)) != works:
            if monotonic() > deadline:
                raise TimeoutError(f"{held} of {works} are in their middle after {seconds} s.")
            await asyncio.sleep(0.02)


class PredictionApi:
    """Tells what texts of `planted` are about; where it misbehaves, some calls go wrong and others are slow."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/v4"
        self.misbehaves = False
        self.calls = count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a call."""
        assert scope["path"] == "/v4/projects/411/predict"
        body, more = b"", True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body, more = body + message.get("body", b""), message.get("more_body", False)
        texts = [each["text"] for each in json.loads(body)["data"]]
        status, answer = await self._answer(texts, next(self.calls))
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": answer})

    async def _answer(self, texts: list[str], number: int) -> tuple[int, bytes]:
        if self.misbehaves and number % 3 == 1:
            await asyncio.sleep(0.5)
        wrong = BAD[number // 3 % len(BAD)] if self.misbehaves and number % 3 == 0 else None
        if wrong == "an error":
            return 500, b"<html>Internal Server Error</html>"
        if wrong == "rubbish":
            return 200, b'{"rows": ' + b"[" * 1000
        rows = [{"predictions": [{"value": [{"label": topic_of(text), "confidence": 0.75}]}]} for text in texts]
        return 200, json.dumps(rows[1:] if wrong == "a row less" else rows).encode()


@dataclass
class Environment:
    """Runs processes of the debugger on a database; who leaves one's context kills it with SIGKILL."""

    url: str
    folder: Path
    api: PredictionApi
    planted = staticmethod(planted)
    wrong_every = WRONG_EVERY

    @asynccontextmanager
    async def service(self, **options: str) -> AsyncIterator[tuple[subprocess.Popen[bytes], httpx2.AsyncClient]]:
        """Run the service."""
        with server_process("debugger", "DEBUGGER_", self._variables(options)) as (process, url):
            async with httpx2.AsyncClient(base_url=url, timeout=60) as client:
                yield process, client

    @contextmanager
    def worker(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run a worker beside the service."""
        variables = {**os.environ, **self._variables({})}
        output = (self.folder / "worker.log").open("ab")
        process = subprocess.Popen(
            [sys.executable, "-m", "debugger.worker"], env=variables, stdout=output, stderr=output
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()
            output.close()

    @asynccontextmanager
    async def holding(self, *tables: str) -> AsyncIterator[Hold]:
        """Yield a hold on inserting into the tables, which is open at first."""
        connection = await asyncpg.connect(self.url)
        try:
            await connection.execute(FUNCTION)
            for table in tables:
                when = f"FOR EACH ROW WHEN ({PLACES[table]}) EXECUTE FUNCTION hold()"
                await connection.execute(f"CREATE TRIGGER hold BEFORE INSERT ON {table} {when}")
            yield Hold(connection)
        finally:
            connection.terminate()

    async def fetch(self, query: str) -> list[asyncpg.Record]:
        """Return what a query finds."""
        connection = await asyncpg.connect(self.url)
        try:
            found: list[asyncpg.Record] = await connection.fetch(query)
            return found
        finally:
            await connection.close()

    async def over(self, seconds: float = 90) -> list[dict[str, Any]]:
        """Wait until the queue is empty, and return the jobs, the oldest first."""
        deadline = monotonic() + seconds
        unfinished = "SELECT kind, status, done, total FROM jobs WHERE status IN ('queued', 'running')"
        while (left := await self.fetch(unfinished)) or await self.fetch("SELECT FROM pgqueuer"):
            if monotonic() > deadline:
                raise TimeoutError(f"After {seconds} s: {left}")
            await asyncio.sleep(0.05)
        return [dict(job) for job in await self.fetch("SELECT * FROM jobs ORDER BY id")]

    async def project(self, client: httpx2.AsyncClient, name: str, file: bytes) -> str:
        """Make a project of a file, and return its address."""
        address = f"/projects/{(await client.post('/projects', json={'name': name})).json()['id']}"
        assert (await client.post(f"{address}/imports", content=file)).status_code == 202
        await self.over()
        return address

    async def content(self) -> dict[tuple[str, str], tuple[int, str]]:
        """Return of each table and project how many rows there are, and a digest of them."""
        found = {}
        for table, joined in KEPT.items():
            state = f"(to_jsonb(it) - '{{{DIFFERENT}}}'::text[])::text COLLATE \"C\""
            digest = f"md5(string_agg({state}, ',' ORDER BY {state}))"
            query = f"SELECT projects.name, count(*), {digest} FROM {table} AS it {joined} GROUP BY 1"  # noqa: S608
            for name, rows, hashed in await self.fetch(query):
                found[table, name] = (rows, hashed)
        return found

    def _variables(self, options: dict[str, str]) -> dict[str, str]:
        services = json.dumps({"chatbot": {"url": self.api.url, "project": "411"}})
        own = {
            "database_url": self.url,
            "data_dir": str(self.folder),
            "prediction_services": services,
            "intent_url": "http://127.0.0.1:9/",  # else an intent service that happens to run here would be asked
            "log_level": "warning",
            **options,
        }
        return {"TMPDIR": str(self.folder), **{f"DEBUGGER_{name.upper()}": value for name, value in own.items()}}


@pytest.fixture(scope="session")
def prediction_api() -> Iterator[PredictionApi]:
    api = PredictionApi()
    with served(api, api.port):
        yield api


@pytest.fixture(scope="session")
def environment_of(
    prediction_api: PredictionApi, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Environment]:
    """Makes the environment of a database."""
    return lambda url: Environment(url, tmp_path_factory.mktemp("debugger"), prediction_api)


@pytest.fixture
def environment(environment_of: Callable[[str], Environment], database_url: str) -> Environment:
    return environment_of(database_url)
