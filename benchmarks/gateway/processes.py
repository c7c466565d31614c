"""Server processes: started, waited for, weighed and ended."""

import os
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from socket import create_connection
from time import monotonic, sleep
from typing import Final

import psutil

START_SECONDS: Final = 60.0
SAMPLE_SECONDS: Final = 0.02
MIB: Final = 1 << 20


@contextmanager
def server(
    command: list[str], port: int, log: Path, variables: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run `command` with its output in `log`; yield once it listens on `port`, and end it."""
    process = start(command, port, log, variables)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def start(
    command: list[str], port: int, log: Path, variables: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Run `command` with its output in `log`; return once it listens on `port`.

    Raises RuntimeError with the end of the log when it does not.
    """
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, env={**os.environ, **(variables or {})}, stdout=output, stderr=subprocess.STDOUT
        )
    deadline = monotonic() + START_SECONDS
    while monotonic() < deadline and process.poll() is None:
        try:
            create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            sleep(0.02)
        else:
            return process
    process.kill()
    process.wait()
    raise RuntimeError(f"{command[:3]} does not listen on {port}: {log.read_text()[-1000:]}")


def resident_bytes(pid: int) -> int:
    """Return the resident memory of the process and its children."""
    process = psutil.Process(pid)
    return sum(each.memory_info().rss for each in (process, *process.children(recursive=True)))


def cpu_seconds(pid: int) -> float:
    """Return the processor time that the process and its children have used so far."""
    process = psutil.Process(pid)
    times = [each.cpu_times() for each in (process, *process.children(recursive=True))]
    return float(sum(each.user + each.system for each in times))


class Peak:
    """The highest memory of a process while the context lasts, sampled; `growth` is in bytes since its begin."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._before = self._highest = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    @property
    def growth(self) -> int:
        """How far above the begin it went."""
        return self._highest - self._before

    def __enter__(self) -> "Peak":
        self._before = self._highest = resident_bytes(self._pid)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._over.wait(SAMPLE_SECONDS):
            self._highest = max(self._highest, resident_bytes(self._pid))
