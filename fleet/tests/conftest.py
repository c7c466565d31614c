"""A fleet that asks for keys and tokens, with a secret wherever it can have one."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any, Final

import asyncpg
import httpx2
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm
from PIL import Image

from fleet.services import GATEWAY, SERVICES
from fleet.testing import RunningFleet
from shared.embedded import embedded_postgres

BEHIND: Final = tuple(service.name for service in SERVICES if service is not GATEWAY)
DOCUMENT_SECONDS: Final = 60
ISSUER: Final = "https://issuer.example"
WITH_DATABASE: Final = ("catalog", "debugger")
VISION_PASSWORD: Final = token_hex(12)
OCTETS: Final = {"Content-Type": "application/octet-stream"}
ASKS_FOR_PASSWORDS: Final = "local all postgres trust\nlocal all all scram-sha-256\n"


class KeysOnlyFleet(RunningFleet):
    """A running fleet with limits that another machine would count, and what may not be told of it."""

    secrets: dict[str, str]

    def start(self) -> None:
        """Write its gateway's configuration, which needs the ports, and start."""
        lines = ['[limits.people]\nrates = ["100000/second"]']
        for name in BEHIND:
            lines += [
                f"[services.{name}]",
                f'instances = [{{ url = "http://127.0.0.1:{self.ports[name]}" }}]',
                'limit = "people"',
            ]
        file = self.folder / "gateway.toml"
        file.write_text("\n".join(lines), encoding="utf-8")
        self._variables["GATEWAY_CONFIG_FILE"] = str(file)
        self._variables["CATALOG_VISION_URL"] = f"http://catalog:{VISION_PASSWORD}@127.0.0.1:{self.ports['vision']}"
        super().start()


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """API keys: for `everything`, for a `reader`, for each service; and `file`, where their hashes are."""
    file = tmp_path_factory.mktemp("keys") / "keys.json"
    scopes = {"everything": "*:*", "reader": "*:read", **{name: f"{name}:*" for name in BEHIND}}
    return {**{consumer: _key(file, consumer, scope) for consumer, scope in scopes.items()}, "file": str(file)}


def _key(file: Path, consumer: str, scope: str) -> str:
    command = [sys.executable, "-m", "gateway.keys", "create", "--consumer", consumer, "--scope", scope]
    environment = {**os.environ, "GATEWAY_KEYS_FILE": str(file)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture(scope="session")
def issuer() -> Iterator[tuple[str, str]]:
    """Where the public keys of an issuer of tokens are, and a token of its that may read everything."""
    private = Ed25519PrivateKey.generate()
    key = {**OKPAlgorithm.to_jwk(private.public_key(), as_dict=True), "kid": "one", "alg": "EdDSA", "use": "sig"}
    document = json.dumps({"keys": [key]}).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(document)))
            self.end_headers()
            self.wfile.write(document)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    claims = {"iss": ISSUER, "aud": "flotilla", "sub": "ada", "exp": int(time.time()) + 3600, "scope": "*:read"}
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/jwks", jwt.encode(claims, private, "EdDSA", {"kid": "one"})
        server.shutdown()


@pytest.fixture(scope="session")
def databases() -> Iterator[tuple[str, Mapping[str, str]]]:
    """A PostgreSQL that asks for passwords: its keeper's URL, and the URL for each service."""
    # Not in pytest's folder: each run of pytest closes that to all other users, and root's server runs as another one.
    with TemporaryDirectory(prefix="postgres-") as folder, embedded_postgres(Path(folder) / "data") as url:
        passwords = {name: token_hex(12) for name in WITH_DATABASE}
        for name, password in passwords.items():
            asyncio.run(execute(url, f"CREATE ROLE {name} LOGIN PASSWORD '{password}'"))
            asyncio.run(execute(url, f"CREATE DATABASE {name} OWNER {name}"))
        (Path(folder) / "data" / "pg_hba.conf").write_text(ASKS_FOR_PASSWORDS, encoding="utf-8")
        asyncio.run(execute(url, "SELECT pg_reload_conf()"))
        host = url.partition("?")[2]
        yield url, {name: f"postgresql://{name}:{passwords[name]}@/{name}?{host}" for name in WITH_DATABASE}


async def execute(url: str, statement: str) -> None:
    """Execute one statement."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def closed_fleet(
    tmp_path_factory: pytest.TempPathFactory,
    keys: Mapping[str, str],
    issuer: tuple[str, str],
    databases: tuple[str, Mapping[str, str]],
) -> Iterator[KeysOnlyFleet]:
    """A fleet that asks everybody who they are."""
    folder = tmp_path_factory.mktemp("closed")
    urls = databases[1]
    secrets = {
        **{f"key of {consumer}": key for consumer, key in keys.items() if consumer != "file"},
        **{f"password of {name}": url.split(":")[2].partition("@")[0] for name, url in urls.items()},
        "password of the vision service": VISION_PASSWORD,
        "token": issuer[1],
        "secret of sessions": token_hex(32),
        "password of limits": token_hex(12),
        "key of the intent service": token_hex(12),
        "key of a chatbot": token_hex(12),
    }
    session_file = folder / "session.secret"
    session_file.write_text(secrets["secret of sessions"], encoding="ascii")
    chatbot = {"chatbot": {"url": "http://127.0.0.1:9", "key": secrets["key of a chatbot"]}}
    fleet = KeysOnlyFleet(
        folder,
        GATEWAY_OPEN="false",
        GATEWAY_KEYS_FILE=keys["file"],
        GATEWAY_JWKS_URL=issuer[0],
        GATEWAY_JWT_ISSUER=ISSUER,
        GATEWAY_JWT_AUDIENCE="flotilla",
        GATEWAY_SESSION_SECRET_FILE=str(session_file),
        GATEWAY_LIMITS_URL=f"redis://counter:{secrets['password of limits']}@127.0.0.1:9/0",
        CATALOG_DATABASE_URL=urls["catalog"],
        DEBUGGER_DATABASE_URL=urls["debugger"],
        DEBUGGER_INTENT_KEY=secrets["key of the intent service"],
        DEBUGGER_PREDICTION_SERVICES=json.dumps(chatbot),
    )
    fleet.secrets = secrets
    yield fleet
    assert fleet.stop() == 0


@pytest.fixture(scope="session")
def document(closed_fleet: KeysOnlyFleet, keys: Mapping[str, str]) -> Mapping[str, Any]:
    """The OpenAPI document of the whole fleet, once it has all services."""
    deadline = time.monotonic() + DOCUMENT_SECONDS
    while time.monotonic() < deadline:
        answer = httpx2.get(f"{closed_fleet.url}/openapi.json", headers={"X-API-Key": keys["everything"]}, timeout=60)
        read: Mapping[str, Any] = answer.json()
        if all(f"/{name}/livez" in read["paths"] for name in BEHIND):
            return read
        time.sleep(1)
    raise AssertionError(f"only {list(read['paths'])} are documented")


@pytest.fixture(scope="session")
def fill_catalog() -> Callable[..., dict[str, str]]:
    """Return what adds labeled images and their dataset over HTTP, and returns the ids."""
    return _fill_catalog


@pytest.fixture(scope="session")
def fill_debugger() -> Callable[..., dict[str, str]]:
    """Return what adds a project with texts and a decision over HTTP, and returns the ids."""
    return _fill_debugger


def _fill_catalog(client: httpx2.Client, images: int = 1) -> dict[str, str]:
    made = [_add_image(client, number) for number in range(images)]
    dataset = _sent(client, "/catalog/datasets", json={"name": f"Garden {token_hex(4)}"})["id"]
    _sent(client, f"/catalog/datasets/{dataset}/images", json={"images": [image["image"] for image in made]})
    snapshot = _sent(client, f"/catalog/datasets/{dataset}/snapshots", json={"comment": "before the upgrade"})["id"]
    tags = {"name": f"Animals {token_hex(4)}", "tags": ["Cat", "Dog"]}
    schema = _sent(client, "/catalog/label-schemas", json=tags)["id"]
    return {
        "image_id": made[0]["image"],
        "tag_id": made[0]["tags"][0]["id"],
        "dataset_id": dataset,
        "snapshot_id": snapshot,
        "schema_id": schema,
    }


def _add_image(client: httpx2.Client, number: int) -> dict[str, Any]:
    file = BytesIO()
    Image.effect_noise((48, 32), 70).save(file, "PNG")
    image = _sent(client, "/catalog/images/upload", files={"file": (f"{number}.png", file.getvalue(), "image/png")})
    labels = {"tags": ["Dog"], "absent": ["Bird"], "author": "mai"}
    return _sent(client, f"/catalog/images/{image['id']}/labelings", json=labels)


def _fill_debugger(client: httpx2.Client, rows: int = 30) -> dict[str, str]:
    project = _sent(client, "/debugger/projects", json={"name": f"Chatbot {token_hex(4)}"})["id"]
    lines = [f"text {n} about {'cards' if n % 2 else 'money'},{'card' if n % 2 else 'money'}\n" for n in range(rows)]
    texts = ("text,label\n" + "".join(lines)).encode()
    job = _sent(client, f"/debugger/projects/{project}/imports", content=texts, headers=OCTETS)["id"]
    while client.get(f"/debugger/jobs/{job}").json()["finished_at"] is None:
        time.sleep(0.1)
    decision = {"action": "relabel", "label": "card", "author": "mai", "rows": [{"number": 1, "version": 1}]}
    _sent(client, f"/debugger/projects/{project}/decisions", json=decision)
    return {"project_id": project, "job_id": job, "number": "1", "version": "1"}


def _sent(client: httpx2.Client, path: str, **body: Any) -> dict[str, Any]:
    answer = client.post(path, **body)
    assert answer.is_success, answer.text
    read: dict[str, Any] = answer.json()
    return read


@pytest.fixture(scope="session")
def anybody(closed_fleet: RunningFleet) -> Iterator[httpx2.Client]:
    """Somebody without a credential."""
    with httpx2.Client(base_url=closed_fleet.url, timeout=60) as client:
        yield client


@pytest.fixture(scope="session")
def somebody(closed_fleet: RunningFleet, keys: Mapping[str, str]) -> Iterator[httpx2.Client]:
    """Somebody who may do everything."""
    with httpx2.Client(base_url=closed_fleet.url, timeout=60, headers={"X-API-Key": keys["everything"]}) as client:
        yield client
