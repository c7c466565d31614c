"""A Redis, or a Valkey, of our own that can be killed and stopped."""

import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest

from shared.testing import free_port

START_SECONDS = 30


class RedisServer:
    """One server process after the other on the same port, each without data."""

    def __init__(self, program: str, folder: Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}"
        self._command = [program, "--port", str(self.port), "--dir", str(folder), "--save", "", "--appendonly", "no"]
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        deadline = monotonic() + START_SECONDS
        while not self._listens():
            assert self._process.poll() is None, "The store has exited."
            assert monotonic() < deadline, "The store does not listen."
            sleep(0.02)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


@pytest.fixture(scope="session")
def redis_program() -> str:
    program = shutil.which("valkey-server") or shutil.which("redis-server")
    if program is None:
        pytest.skip("neither valkey-server nor redis-server is installed")
    return program


@pytest.fixture
def redis(redis_program: str, tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(redis_program, tmp_path)
    try:
        yield server
    finally:
        server.kill()
