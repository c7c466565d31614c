"""How often somebody may come, as the configuration has it."""

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from shared.testing import free_port

FILE = """
[services.echo]
instances = [{{ url = "{url}" }}]
access = "open"

[services.big]
instances = [{{ url = "{url}" }}]
access = "open"
limit = "daily"

[services.down]
instances = [{{ url = "http://127.0.0.1:9" }}]
access = "open"
wait_seconds = 0
limit = "daily"

[[routes]]
path = "/echo/burst/"
limit = "burst"

[[routes]]
path = "/echo/second/"
limit = "second"

[[routes]]
path = "/echo/network/"
limit = "network"

[[routes]]
path = "/echo/each/a/"
limit = "each"

[[routes]]
path = "/echo/each/b/"
limit = "each"

[limits.burst]
rates = ["3/hour", "1000/day"]

[limits.second]
rates = ["2/second"]

[limits.network]
rates = ["2/hour"]
count_by = "address"

[limits.each]
rates = ["1/hour"]
count_per = "route"

[limits.daily]
rates = ["4/day"]
"""


@pytest.fixture(scope="module")
def file(echo_url: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("gateway") / "gateway.toml"
    path.write_text(FILE.format(url=echo_url))
    return path


@pytest.fixture(scope="module")
def keys(key_ring: Any) -> dict[str, str]:
    keys = {name: key_ring.make(name, "*:*").text for name in ("ada", "bob", "eve", "two")}
    return {**keys, "two again": key_ring.make("two", "*:*").text}


@pytest.fixture(scope="module")
def limited(make_gateway: Callable[..., Any], file: Path, key_ring: Any, keys: dict[str, str]) -> Iterator[Any]:
    assert keys, "made before the gateway reads the file"
    with make_gateway({}, config_file=str(file), keys_file=str(key_ring.path)) as gateway:
        yield gateway


@pytest.fixture
def ask(limited: Any) -> Iterator[Callable[..., httpx2.Response]]:
    """Asks with a key, or from a network."""
    with httpx2.Client(base_url=limited.url, timeout=30) as client:
        yield lambda path, **headers: client.get(path, headers={k.replace("_", "-"): v for k, v in headers.items()})


def test_each_answer_tells_what_is_left(ask: Callable[..., httpx2.Response], keys: dict[str, str]) -> None:
    answers = [ask("/echo/burst/x", X_API_Key=keys["ada"]) for _ in range(3)]
    assert [answer.headers["ratelimit-remaining"] for answer in answers] == ["2", "1", "0"]
    assert {answer.headers["ratelimit-limit"] for answer in answers} == {"3"}
    assert {answer.headers["ratelimit-policy"] for answer in answers} == {"3;w=3600, 1000;w=86400"}
    assert all(1 <= int(answer.headers["ratelimit-reset"]) <= 7201 for answer in answers)


def test_beyond_a_limit_it_is_told_when_to_come_again(
    ask: Callable[..., httpx2.Response], keys: dict[str, str]
) -> None:
    answers = [ask("/echo/burst/x", X_API_Key=keys["bob"]) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [418, 418, 418, 429]
    refused = answers[-1]
    assert refused.json()["detail"].startswith("The limit burst of 3 requests per hour is reached; it is open again")
    assert refused.headers["retry-after"] == refused.headers["ratelimit-reset"]
    assert refused.headers["ratelimit-remaining"] == "0"


def test_a_limit_is_each_consumers_own(ask: Callable[..., httpx2.Response], keys: dict[str, str]) -> None:
    path = "/echo/each/a/"
    assert [ask(path, X_API_Key=keys[name]).status_code for name in ("ada", "bob", "ada")] == [418, 418, 429]


def test_all_keys_of_a_consumer_count_together(ask: Callable[..., httpx2.Response], keys: dict[str, str]) -> None:
    path = "/echo/each/a/"
    assert [ask(path, X_API_Key=keys[name]).status_code for name in ("two", "two again")] == [418, 429]


def test_a_limit_can_be_each_routes_own(ask: Callable[..., httpx2.Response], keys: dict[str, str]) -> None:
    paths = ("/echo/each/a/x", "/echo/each/b/x", "/echo/each/a/y", "/echo/each/b/y")
    assert [ask(path, X_API_Key=keys["eve"]).status_code for path in paths] == [418, 418, 429, 429]


def test_whoever_is_unknown_shares_a_count_with_their_network(ask: Callable[..., httpx2.Response]) -> None:
    networks = ("2001:db8:0:1::1", "2001:db8:0:1::2", "2001:db8:0:1::3", "2001:db8:0:1::4", "2001:db8:0:2::1")
    statuses = [ask("/echo/burst/x", X_Forwarded_For=network).status_code for network in networks]
    assert statuses == [418, 418, 418, 429, 418]


def test_a_limit_by_address_counts_consumers_together(
    ask: Callable[..., httpx2.Response], keys: dict[str, str]
) -> None:
    headers = {"X_Forwarded_For": "192.0.2.9"}
    statuses = [ask("/echo/network/", X_API_Key=keys[name], **headers).status_code for name in ("ada", "bob", "eve")]
    assert statuses == [418, 418, 429]


def test_a_quota_of_a_day_holds(ask: Callable[..., httpx2.Response], keys: dict[str, str]) -> None:
    answers = [ask("/big/", X_API_Key=keys["ada"]) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [418] * 4 + [429]
    assert answers[-1].headers["ratelimit-policy"] == "4;w=86400"
    # Until the window ends in which the machine's clock is, which may be soon whenever this runs.
    assert int(answers[-1].headers["retry-after"]) == pytest.approx(86_400 - time.monotonic() % 86_400, abs=10)


def test_a_refusal_tells_what_is_left_as_well(ask: Callable[..., httpx2.Response]) -> None:
    answer = ask("/down/")
    assert answer.status_code == 503
    assert "ratelimit-remaining" in answer.headers


def test_a_limit_opens_again_when_it_says(ask: Callable[..., httpx2.Response], keys: dict[str, str]) -> None:
    answers = (ask("/echo/second/", X_API_Key=keys["ada"]) for _ in range(100))
    refused = next(answer for answer in answers if answer.status_code == 429)
    time.sleep(int(refused.headers["retry-after"]))
    assert ask("/echo/second/", X_API_Key=keys["ada"]).status_code == 418


def test_where_there_is_no_limit_nothing_is_told_of_one(ask: Callable[..., httpx2.Response]) -> None:
    assert not [name for name in ask("/echo/").headers if name.startswith("ratelimit")]


def test_several_gateways_count_together(make_gateway: Callable[..., Any], file: Path, tmp_path: Path) -> None:
    program = shutil.which("valkey-server") or shutil.which("redis-server")
    if program is None:
        pytest.skip("neither valkey-server nor redis-server is installed")
    port = free_port()
    command = [program, "--port", str(port), "--dir", str(tmp_path), "--save", "", "--bind", "127.0.0.1"]
    store = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    settings = {"config_file": str(file), "limits_url": f"redis://127.0.0.1:{port}"}
    try:
        with make_gateway({}, **settings) as first, make_gateway({}, **settings) as second:
            statuses = [httpx2.get(f"{door.url}/big/").status_code for door in (first, second, first, second, first)]
            assert statuses == [418] * 4 + [429]
            store.kill()
            # The first has let two through, which it remembers.
            assert [httpx2.get(f"{first.url}/big/").status_code for _ in range(3)] == [418, 418, 429]
            assert "gateway_limits_degraded 1.0" in httpx2.get(f"{first.url}/metrics").text
    finally:
        store.kill()
        store.wait()
