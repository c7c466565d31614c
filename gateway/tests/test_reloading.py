"""The configuration changes while the gateway runs; a bad one does not."""

import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from prometheus_client import CollectorRegistry

from gateway.configuration import Configuration
from gateway.main import create_app
from gateway.measures import Measures
from gateway.reloading import Reloader, mark_in_use
from gateway.settings import Settings
from shared.testing import free_port, served

ACTS_WITHIN_SECONDS = 5.0


@dataclass
class Changing:
    """A gateway with a file that changes."""

    client: httpx2.Client
    file: Path
    gateway: Any
    echo: str

    def write(self, rest: str = "", service: str = "echo") -> None:
        """Replace the file: an open service at the echo, and `rest`."""
        text = f'[services.{service}]\ninstances = [{{ url = "{self.echo}" }}]\naccess = "open"\n{rest}'
        another = self.file.with_suffix(".new")
        another.write_text(text)
        another.replace(self.file)

    def status(self, path: str = "/echo/x") -> int:
        """Return the status of an answer."""
        return self.client.get(path).status_code

    def problems(self) -> list[str]:
        """Return what the gateway says is wrong with its files."""
        found: list[str] = self.client.get("/health").json()["problems"]
        return found

    def wait_for(self, is_so: Callable[[], bool]) -> None:
        """Wait until the change is seen."""
        deadline = time.monotonic() + ACTS_WITHIN_SECONDS
        while not is_so():
            assert time.monotonic() < deadline
            time.sleep(0.05)


@pytest.fixture(scope="module")
def running(
    make_gateway: Callable[..., Any], echo_url: str, tmp_path_factory: Any, key_ring: Any
) -> Iterator[Changing]:
    key = key_ring.make("ada", "other:read", "gateway:read").text
    file = tmp_path_factory.mktemp("gateway") / "gateway.toml"
    file.write_text(f'[services.echo]\ninstances = [{{ url = "{echo_url}" }}]\naccess = "open"\n')
    with (
        make_gateway({}, config_file=str(file), keys_file=str(key_ring.path)) as gateway,
        httpx2.Client(base_url=gateway.url, headers={"X-API-Key": key}, timeout=30) as client,
    ):
        yield Changing(client, file, gateway, echo_url)


@pytest.fixture
def door(running: Changing) -> Changing:
    """The gateway with the plainest of files."""
    running.write()
    running.gateway.process.send_signal(signal.SIGHUP)
    running.wait_for(lambda: running.status() == 418 and not running.problems())
    return running


def test_a_route_that_becomes_stricter_is_so_within_seconds(door: Changing) -> None:
    door.write('[[routes]]\npath = "/echo/x"\naccess = "key"\n')
    door.wait_for(lambda: door.status() == 403)
    assert door.status("/echo/y") == 418


def test_a_new_limit_holds_and_a_changed_one_begins_anew(door: Changing) -> None:
    door.write('limit = "few"\n[limits.few]\nrates = ["1/hour"]\n')
    door.wait_for(lambda: door.status() == 429)
    door.write('limit = "few"\n[limits.few]\nrates = ["900/hour"]\n')
    door.wait_for(lambda: door.status() == 418)


def test_a_limit_that_stays_keeps_its_counts(door: Changing) -> None:
    limits = 'limit = "some"\n[limits.some]\nrates = ["3/day"]\n'
    door.write(limits)
    door.wait_for(lambda: door.status() == 429)
    door.write(limits + '[[routes]]\npath = "/echo/key"\naccess = "key"\n')
    door.wait_for(lambda: door.status("/echo/key") == 403)
    assert door.status() == 429


def test_services_come_and_go(door: Changing) -> None:
    door.write(service="other")
    door.wait_for(lambda: door.status("/other/x") == 418)
    assert door.status("/echo/x") == 404
    assert list(door.client.get("/health").json()["services"]) == ["other"]


def test_a_service_that_moves_is_asked_where_it_is_now(door: Changing) -> None:
    elsewhere = f"http://127.0.0.1:{free_port()}"
    door.file.write_text(
        f'[services.echo]\ninstances = [{{ url = "{elsewhere}" }}]\nwait_seconds = 0\naccess = "open"\n'
    )
    door.wait_for(lambda: door.status() == 503)
    door.write()
    door.wait_for(lambda: door.status() == 418)


def test_a_signal_reads_the_file_at_once(door: Changing) -> None:
    door.write(service="other")
    door.gateway.process.send_signal(signal.SIGHUP)
    began = time.monotonic()
    door.wait_for(lambda: door.status("/other/x") == 418)
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[services", "is not TOML"),
        ("x = " + "[" * 5000, "nested too deeply"),
        ("[services.echo]\ninstances = []\n", "services.echo.instances: "),
        ('[services.echo]\ninstances = [{ url = "http://a" }]\nlimit = "few"\n', "services.echo.limit: no limit"),
    ],
)
def test_a_bad_file_is_refused_and_told_and_the_former_stays(door: Changing, text: str, told: str) -> None:
    door.file.write_text(text)
    door.wait_for(lambda: any(told in problem for problem in door.problems()))
    assert door.status() == 418
    door.write(service="other")
    door.wait_for(lambda: door.problems() == [])
    assert door.status("/other/x") == 418


def test_a_file_that_vanishes_is_told_and_the_former_stays(door: Changing) -> None:
    door.file.unlink()
    door.wait_for(lambda: any("cannot be read" in problem for problem in door.problems()))
    assert door.status() == 418


def test_a_bad_file_of_keys_is_told_and_the_former_stays(door: Changing, key_ring: Any) -> None:
    good = key_ring.path.read_bytes()
    key_ring.path.write_text("{}")
    door.wait_for(lambda: any("is no file of keys" in problem for problem in door.problems()))
    key_ring.path.write_bytes(good)
    door.wait_for(lambda: door.problems() == [])


def test_what_was_read_is_counted(door: Changing) -> None:
    door.file.write_text("[")
    door.wait_for(lambda: bool(door.problems()))
    metrics = door.client.get("/metrics").text
    assert 'gateway_configuration_reloads_total{outcome="refused"}' in metrics
    assert 'gateway_configuration_reloads_total{outcome="taken over"}' in metrics


def test_a_file_of_keys_that_comes_later_is_read_then(
    echo_url: str, make_gateway: Callable[..., Any], tmp_path: Path, key_ring: Any
) -> None:
    ring = type(key_ring)(tmp_path / "later.json")
    with make_gateway({"echo": echo_url}, keys_file=str(ring.path)) as gateway:
        assert httpx2.get(f"{gateway.url}/echo/").status_code == 401
        key = ring.make("ada", "echo:read").text
        asked = (httpx2.get(f"{gateway.url}/echo/", headers={"X-API-Key": key}) for _ in pause(8))
        assert any(answer.status_code == 418 for answer in asked)


def pause(times: int) -> Iterator[int]:
    """Count, half a second each; too few for wrong keys to be refused altogether."""
    for number in range(times):
        time.sleep(0.5)
        yield number


def service(name: str) -> str:
    """Return the text of a file with one open service, at a place where nobody is."""
    return f'[services.{name}]\ninstances = [{{ url = "http://127.0.0.1:{free_port()}" }}]\naccess = "open"\n'


def test_a_change_between_the_first_reading_and_the_start_is_seen(tmp_path: Path) -> None:
    file = tmp_path / "gateway.toml"
    file.write_text(service("first"))
    app = create_app(Settings.model_validate({"config_file": file}))
    file.write_text(service("second"))
    with served(app, lifespan="on") as url:
        deadline = time.monotonic() + ACTS_WITHIN_SECONDS
        while (names := list(httpx2.get(f"{url}/health").json()["services"])) == ["first"]:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    assert names == ["second"]


def test_a_file_is_taken_over_once_it_does_not_change_any_more(tmp_path: Path) -> None:
    file, taken = tmp_path / "gateway.toml", list[Configuration]()
    file.write_text(service("first"))
    settings = Settings.model_validate({"config_file": file})
    reloader = Reloader(settings, taken.append, Measures(CollectorRegistry()), mark_in_use(settings))
    text = service("second") + service("third")
    for end in (10, 60, len(text)):
        file.write_text(text[:end])
        reloader.look()
    assert (taken, reloader.problem) == ([], None)
    reloader.look()
    assert [list(one.services) for one in taken] == [["second", "third"]]
    reloader.look()
    assert len(taken) == 1
