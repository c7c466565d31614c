"""A new instance gets a small share of the requests, and more by an edit of the file, while clients keep asking."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from signal import SIGHUP
from typing import Any

import httpx2
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.testing import free_port, served


def named(name: str) -> ASGIApp:
    async def tell(_: Scope, __: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(name))]})
        await send({"type": "http.response.body", "body": name.encode()})

    return tell


@pytest.fixture
def urls() -> Iterator[tuple[str, str]]:
    with served(named("old")) as old, served(named("new")) as new:
        yield old, new


def write(file: Path, weights: dict[str, int]) -> None:
    """Replace the file as an editor does, and as Kubernetes does with a ConfigMap."""
    listed = ", ".join(f'{{url = "{url}", weight = {weight}}}' for url, weight in weights.items())
    beside = file.with_suffix(".new")
    beside.write_text(f"[services.up]\ninstances = [{listed}]\n")
    beside.rename(file)


def until(true: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.05)
    return true()


def test_one_in_ten_goes_to_the_canary(urls: tuple[str, str], tmp_path: Path, make_gateway: Callable[..., Any]) -> None:
    old, new = urls
    write(tmp_path / "gateway.toml", {old: 9, new: 1})
    with make_gateway({}, config_file=str(tmp_path / "gateway.toml")) as gateway, httpx2.Client() as client:
        told = Counter(client.get(f"{gateway.url}/up/").text for _ in range(300))
    assert told == {"old": 270, "new": 30}


def test_the_canary_s_share_holds_under_load(
    urls: tuple[str, str], tmp_path: Path, make_gateway: Callable[..., Any], under_load: Callable[..., Any]
) -> None:
    old, new = urls
    write(tmp_path / "gateway.toml", {old: 9, new: 1})
    with (
        make_gateway({}, config_file=str(tmp_path / "gateway.toml")) as gateway,
        under_load(gateway, "/up/", pause=0.005) as load,
    ):
        assert until(lambda: len(load.answers) >= 1000, 20)
    assert load.failures == []
    assert 0.07 < load.answers.count("new") / len(load.answers) < 0.13


def test_weights_change_and_instances_go_without_a_failed_request(
    urls: tuple[str, str], tmp_path: Path, make_gateway: Callable[..., Any], under_load: Callable[..., Any]
) -> None:
    old, new = urls
    file = tmp_path / "gateway.toml"
    write(file, {old: 1})

    def latest() -> set[str]:
        seen = len(load.answers)
        until(lambda: len(load.answers) > seen + 40)
        return set(load.answers[seen + 16 :])

    with make_gateway({}, config_file=str(file)) as gateway, under_load(gateway, "/up/", pause=0.01) as load:
        assert latest() == {"old"}
        write(file, {old: 1, new: 1})
        assert until(lambda: latest() == {"old", "new"})
        write(file, {old: 0, new: 1})
        gateway.process.send_signal(SIGHUP)
        assert until(lambda: latest() == {"new"})
        write(file, {f"http://127.0.0.1:{free_port()}": 0, new: 1})
        gateway.process.send_signal(SIGHUP)
        assert latest() == {"new"}
        file.write_text("[services.up]\ninstances = []")
        gateway.process.send_signal(SIGHUP)
        assert until(lambda: httpx2.get(f"{gateway.url}/health").json()["problems"] != [])
        assert latest() == {"new"}
    assert load.failures == []


def test_what_an_instance_that_is_taken_out_is_answering_is_finished(
    tmp_path: Path, make_gateway: Callable[..., Any]
) -> None:
    async def at_length(_: Scope, __: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for part in (b"a", b"b", b"c"):
            await asyncio.sleep(0.5)
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body"})

    file = tmp_path / "gateway.toml"
    with served(at_length) as old, served(named("new")) as new:
        write(file, {old: 1})
        with make_gateway({}, config_file=str(file)) as gateway, httpx2.stream("GET", f"{gateway.url}/up/") as answer:
            write(file, {new: 1})
            gateway.process.send_signal(SIGHUP)
            assert until(lambda: httpx2.get(f"{gateway.url}/up/").text == "new")
            assert answer.read() == b"abc"
