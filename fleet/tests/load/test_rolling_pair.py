"""Two instances of a service behind a gateway are restarted one after the other under load: no request fails."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Final

import httpx2
import pytest
from anyio import to_thread

from fleet.load.mix import mixed_load
from shared.testing import free_port

READY_SECONDS: Final = 180.0
DRAINING: Final = {"INTENT_DRAIN_SECONDS": "4"}
"""How long one that is to stop goes on, so that the gateway has missed it by then."""


class Instance:
    """A process that can be started again on its port."""

    def __init__(self, module: str, log: Path, **variables: str) -> None:
        self._module = module
        self._log = log
        self._variables = variables
        self.port = free_port()
        self.process = self.start()

    def start(self) -> "subprocess.Popen[bytes]":
        """Start it, and return when it is ready."""
        port = {f"{self._module.upper()}_PORT": str(self.port)}
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", self._module],
                env={**os.environ, **self._variables, **port},
                stdout=log,
                stderr=log,
            )
        deadline = monotonic() + READY_SECONDS
        while not _is_ready(self.port):
            assert monotonic() < deadline, self._log.read_text(encoding="utf-8")
            sleep(0.05)
        return self.process

    def restart(self) -> None:
        """End it as Supervisor does, and start it again."""
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(READY_SECONDS) == 0
        self.start()


def _is_ready(port: int) -> bool:
    try:
        return httpx2.get(f"http://127.0.0.1:{port}/readyz", timeout=2).status_code == httpx2.codes.OK
    except httpx2.TransportError:
        return False


@contextmanager
def running(module: str, folder: Path, variables: Mapping[str, str]) -> Iterator[Instance]:
    instance = Instance(module, folder / f"{module}.log", **variables)
    try:
        yield instance
    finally:
        instance.process.kill()
        instance.process.wait()


@pytest.fixture
def behind(tmp_path: Path) -> Iterator[tuple[str, list[Instance]]]:
    """The URL of a gateway, and the two instances of the intent service that are behind it."""
    subprocess.run([sys.executable, "-m", "intent.prepare"], check=True)
    with ExitStack() as stack:
        pair = [stack.enter_context(running("intent", tmp_path, DRAINING)) for _ in range(2)]
        config = tmp_path / "gateway.toml"
        instances = ", ".join(f'{{ url = "http://127.0.0.1:{each.port}" }}' for each in pair)
        config.write_text(f"[services.intent]\ninstances = [{instances}]\n", encoding="utf-8")
        variables = {"GATEWAY_CONFIG_FILE": str(config), "GATEWAY_CHECK_SECONDS": "0.5"}
        gateway = stack.enter_context(running("gateway", tmp_path, variables))
        yield f"http://127.0.0.1:{gateway.port}", pair


async def test_restarting_one_instance_after_the_other_fails_no_request(behind: tuple[str, list[Instance]]) -> None:
    url, pair = behind
    async with mixed_load(url, seed="pair", services={"intent"}, pause=0.05) as load:
        for instance in pair:
            await to_thread.run_sync(instance.restart)
        await load.settle()
    tallies = load.ledger.tallies.values()
    assert (load.ledger.wrongs, dict(load.ledger.refusals())) == ([], {})
    assert all(tally.answered == tally.sent > 20 for tally in tallies)
