"""Tokens of an issuer whose keys another process serves let in, and the issuer can change its keys."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

from shared.testing import free_port

ISSUER, AUDIENCE = "https://issuer.example", "flotilla"
Ask = Callable[..., httpx2.Response]


class Tokens:
    """An issuer; its keys are a file that another process serves."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rotate("first")

    def rotate(self, kid: str) -> None:
        """Sign with another key, and publish it in place of the former."""
        self._kid, self._private = kid, Ed25519PrivateKey.generate()
        jwk = OKPAlgorithm.to_jwk(self._private.public_key(), as_dict=True)
        (self.folder / "jwks").write_text(json.dumps({"keys": [{**jwk, "kid": kid, "alg": "EdDSA", "use": "sig"}]}))

    def issue(self, **changes: Any) -> str:
        """Return a token that is right but for `changes` of its claims."""
        claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "ada", "exp": time.time() + 300, "scope": "openid echo:read"}
        return jwt.encode({**claims, **changes}, self._private, "EdDSA", {"kid": self._kid})


@contextmanager
def file_server(folder: Path) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        httpx2.Client(transport=httpx2.HTTPTransport(retries=10)).get(f"http://127.0.0.1:{port}/")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Tokens:
    return Tokens(tmp_path_factory.mktemp("issuer"))


@pytest.fixture(scope="module")
def ask(echo_url: str, make_gateway: Callable[..., Any], tokens: Tokens) -> Iterator[Ask]:
    """Asks, with a token, a gateway that takes the issuer's."""
    with gateway_with_issuer(make_gateway, echo_url, tokens) as ask:
        yield ask


@contextmanager
def gateway_with_issuer(
    make_gateway: Callable[..., Any], echo_url: str, tokens: Tokens, **settings: str
) -> Iterator[Ask]:
    issuer = {"jwt_issuer": ISSUER, "jwt_audience": AUDIENCE, **settings}
    with (
        file_server(tokens.folder) as url,
        make_gateway({"echo": echo_url}, **issuer, jwks_url=f"{url}/jwks") as gateway,
        httpx2.Client(base_url=gateway.url, timeout=30) as client,
    ):
        yield lambda token, method="GET": client.request(method, "/echo/", headers={"Authorization": f"Bearer {token}"})


def test_a_token_says_who_asks_and_goes_no_further(ask: Ask, tokens: Tokens) -> None:
    token = tokens.issue()
    answer = ask(token)
    assert ["x-consumer", "ada"] in answer.json()["headers"]
    assert token not in answer.text


def test_a_token_allows_what_its_scopes_say(ask: Ask, tokens: Tokens) -> None:
    assert ask(tokens.issue(), "POST").status_code == 403
    assert ask(tokens.issue(scope="echo:write"), "POST").status_code == 418
    assert ask(tokens.issue(scope="openid other:*")).status_code == 403


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"exp": 1_000_000_000}, "it has expired"),
        ({"aud": "other"}, "it is meant for another audience"),
        ({"iss": "https://evil.example"}, "it comes from another issuer"),
    ],
)
def test_a_token_that_is_not_good_is_refused(ask: Ask, tokens: Tokens, changes: dict[str, Any], told: str) -> None:
    answer = ask(tokens.issue(**changes))
    assert answer.status_code == 401
    assert told in answer.json()["detail"]
    assert answer.headers["www-authenticate"].startswith('Bearer error="invalid_token"')


def test_the_issuer_can_change_its_key_while_the_gateway_runs(ask: Ask, tokens: Tokens) -> None:
    before = tokens.issue()
    assert ask(before).status_code == 418
    tokens.rotate("second")
    assert ask(tokens.issue()).status_code == 418
    assert ask(before).status_code == 401


@pytest.mark.parametrize("text", ["a.b.c", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.", "..", "a" * 9000 + ".b.c"])
def test_what_looks_like_a_token_is_refused(ask: Ask, text: str) -> None:
    assert ask(text).status_code == 401


def test_a_token_that_is_known_is_let_in_whatever_others_of_the_network_show(
    echo_url: str, make_gateway: Callable[..., Any], tokens: Tokens
) -> None:
    with gateway_with_issuer(make_gateway, echo_url, tokens) as ask:
        known = tokens.issue()
        assert ask(known).status_code == 418
        assert [ask("a.b.c").status_code for _ in range(11)] == [401] * 10 + [429]
        assert ask(known).status_code == 418
        assert ask(tokens.issue(jti="other")).status_code == 429


def test_other_claims_can_say_who_asks_and_what_they_may_do(
    echo_url: str, make_gateway: Callable[..., Any], tokens: Tokens
) -> None:
    claims = {"jwt_scope_claim": "permissions", "jwt_consumer_claim": "team"}
    with gateway_with_issuer(make_gateway, echo_url, tokens, **claims) as ask:
        answer = ask(tokens.issue(scope="", permissions=["echo:read"], team="labeling"))
        assert ["x-consumer", "labeling"] in answer.json()["headers"]
        assert ask(tokens.issue(team="labeling")).status_code == 403
