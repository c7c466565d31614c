"""What is secret is in no log, in nothing on the terminal, and in no answer."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from http.cookies import SimpleCookie
from pathlib import Path
from secrets import token_hex
from typing import Any, Final

import asyncpg
import httpx2
import pytest

from fleet.services import SERVICES
from fleet.testing import RunningFleet

NAMES: Final = tuple(service.name for service in SERVICES)
TOLD: Final = ("/", "/health", "/openapi.json", "/metrics", "/session", "/docs", "/livez", "/readyz", "/nothing")
OF_SERVICES: Final = ("livez", "readyz", "metrics", "openapi.json", "nothing", "jobs", "models", "prediction-services")
WITH_DATABASE: Final = {"catalog": "/catalog/images", "debugger": "/debugger/projects"}


@pytest.fixture(scope="module")
def secrets(closed_fleet: Any) -> dict[str, str]:
    """What may not be told, by what it is; tests add to it."""
    known: dict[str, str] = closed_fleet.secrets
    return known


@pytest.fixture(scope="module")
def answers(
    closed_fleet: RunningFleet,
    somebody: httpx2.Client,
    secrets: dict[str, str],
    fill_catalog: Callable[..., dict[str, str]],
) -> dict[str, httpx2.Response]:
    """Answers to all ways in which secrets are sent, the wrong ones too."""
    own = {name: token_hex(16) for name in ("another key", "another token", "another cookie", "a password")}
    wrong = {"a wrong key": f"flt_{token_hex(16)}", "a key in a query": f"flt_{token_hex(16)}"}
    secrets.update({**own, **wrong})
    everything = somebody.headers["X-API-Key"]
    with httpx2.Client(base_url=closed_fleet.url, timeout=60, headers={"Sec-Fetch-Site": "same-origin"}) as anybody:
        signed_in = anybody.post("/signin", json={"key": everything})
        secrets["a session"] = SimpleCookie(signed_in.headers["set-cookie"])["flotilla_session"].value
        anybody.cookies.clear()
        given = {
            "by key": anybody.get("/catalog/images", headers={"X-API-Key": everything}),
            "by bearer": anybody.get("/catalog/images", headers={"Authorization": f"Bearer {everything}"}),
            "by token": anybody.get("/intent/models", headers={"Authorization": f"Bearer {secrets['token']}"}),
            "by session": anybody.get("/vision/models", headers={"Cookie": f"flotilla_session={secrets['a session']}"}),
            "by a wrong key": anybody.get("/crystal/models", headers={"X-API-Key": wrong["a wrong key"]}),
            "by two": anybody.get(
                "/crystal/models", headers={"X-API-Key": everything, "Authorization": f"Bearer {everything}"}
            ),
            "for a service": anybody.get(
                "/intent/models",
                headers={
                    "Authorization": f"Bearer {own['another token']}",
                    "X-API-Key": own["another key"],
                    "Cookie": f"other={own['another cookie']}; flotilla_session={secrets['a session']}",
                },
            ),
        }
        for name in ("", *NAMES[:-1]):
            query = {"api_key": wrong["a key in a query"], "password": own["a password"]}
            for path in ("livez", "nothing", "models", "images"):
                anybody.get(f"/{name}/{path}".replace("//", "/"), params=query)
                given[f"in a query of {name}/{path}"] = somebody.get(f"/{name}/{path}".replace("//", "/"), params=query)
            body = {"key": wrong["a key in a query"], "password": own["a password"]}
            given[f"in a body for {name}"] = somebody.post(f"/{name}/signin".replace("//", "/"), json=body)
        image = fill_catalog(somebody)["image_id"]
        given["by the catalog"] = somebody.post(f"/catalog/images/{image}/suggestions")
        given["a broken sign-in"] = anybody.post("/signin", json={"key": [own["a password"]]})
        given["a wrong sign-in"] = anybody.post("/signin", json={"key": wrong["a wrong key"]})
    return given


def test_what_was_sent_counted(answers: dict[str, httpx2.Response]) -> None:
    statuses = {what: answer.status_code for what, answer in answers.items() if what.startswith(("by", "for"))}
    right = dict.fromkeys(("by key", "by bearer", "by token", "by session", "for a service"), 200)
    assert statuses == {**right, "by the catalog": 201, "by a wrong key": 401, "by two": 400}


def test_answers_do_not_repeat_secrets(answers: dict[str, httpx2.Response], secrets: dict[str, str]) -> None:
    told = {what: f"{answer.headers}{answer.text}" for what, answer in answers.items()}
    assert [(what, name) for what, text in told.items() for name, secret in secrets.items() if secret in text] == []


@pytest.mark.usefixtures("answers")
def test_pages_health_metrics_and_documents_have_none(somebody: httpx2.Client, secrets: dict[str, str]) -> None:
    paths = [*TOLD, *(f"/{name}/{path}" for name in NAMES[:-1] for path in OF_SERVICES)]
    told = {path: somebody.get(path).text for path in paths}
    assert [(path, name) for path, text in told.items() for name, secret in secrets.items() if secret in text] == []


@pytest.fixture(scope="module")
def while_no_database_answers(
    somebody: httpx2.Client, databases: tuple[str, Mapping[str, str]], answers: dict[str, httpx2.Response]
) -> Iterator[dict[str, httpx2.Response]]:
    """What is answered once the services may no longer enter their databases, and the first answer after."""
    assert answers
    keeper = databases[0]
    told = {}
    for name, path in WITH_DATABASE.items():
        _execute(keeper, f"ALTER ROLE {name} NOLOGIN")
        _execute(keeper, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1", name)
        try:
            told[path] = somebody.get(path)
            told[f"/{name}/readyz"] = somebody.get(f"/{name}/readyz")
            told[f"/health without {name}"] = somebody.get("/health")
        finally:
            _execute(keeper, f"ALTER ROLE {name} LOGIN")
    yield told
    for path in WITH_DATABASE.values():
        assert somebody.get(path).status_code == 200


def _execute(url: str, statement: str, *values: str) -> None:
    async def execute() -> None:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(statement, *values)
        finally:
            await connection.close()

    asyncio.run(execute())


def test_a_database_that_lets_nobody_in_is_no_secret_but_its_password_is(
    while_no_database_answers: dict[str, httpx2.Response], secrets: dict[str, str]
) -> None:
    told = while_no_database_answers
    assert [told[path].status_code for path in WITH_DATABASE.values()] == [503, 503]
    texts = {what: answer.text for what, answer in told.items()}
    assert [(what, name) for what, text in texts.items() for name, secret in secrets.items() if secret in text] == []


@pytest.mark.usefixtures("while_no_database_answers")
def test_logs_and_the_terminal_have_none(closed_fleet: RunningFleet, secrets: dict[str, str]) -> None:
    folder = closed_fleet.folder
    files = [closed_fleet.output, *(folder / "logs").glob("*.log*"), folder / "logs" / "supervisord.conf"]
    assert len(files) >= 2 + len(NAMES) + 1
    assert len(secrets) > 15
    found = [
        (file.name, name, line[:300])
        for file in files
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines()
        for name, secret in secrets.items()
        if secret in line
    ]
    assert found == []


def test_no_command_line_has_one(closed_fleet: RunningFleet, secrets: dict[str, str]) -> None:
    lines = {pid: Path(f"/proc/{pid}/cmdline").read_text("utf-8") for pid in map(closed_fleet.pid_of, NAMES)}
    assert len(lines) == len(NAMES)
    assert [(line, name) for line in lines.values() for name, secret in secrets.items() if secret in line] == []
