"""For tests: gateways that start at once, each a fork of a process that has imported them.

To import a gateway takes a second and gives the same each time; all else, settings and sockets included, is each one's
own. `python -m gateway.testing` is that process: a line of JSON on its standard input is a request.
"""

import gc
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from socket import socket
from tempfile import NamedTemporaryFile
from time import monotonic, sleep
from typing import Any, Final

from gateway.__main__ import main
from shared.testing import free_port

START_SECONDS: Final = 60.0


class Forked:
    """A gateway's process, with the methods that `subprocess.Popen` has."""

    def __init__(self, starter: "Starter", pid: int) -> None:
        self.pid = pid
        self._starter = starter
        self._end = os.pidfd_open(pid)
        self._status: int | None = None

    def poll(self) -> int | None:
        """Return the exit status, or minus the signal that ended it; None while it runs."""
        if self._status is None and select.select([self._end], [], [], 0)[0]:
            self._status = self._starter.ask({"wait": self.pid})
            os.close(self._end)
        return self._status

    def wait(self, timeout: float | None = None) -> int:
        """Return what `poll` does, once it has ended; raises TimeoutError after `timeout` seconds."""
        if self._status is None:
            select.select([self._end], [], [], timeout)
        status = self.poll()
        if status is None:
            raise TimeoutError(f"The gateway still runs after {timeout} s.")
        return status

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._end, number)

    def terminate(self) -> None:
        """Have it stop."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


class Starter:
    """Has the process that starts gateways; use it in one thread, and close it."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "gateway.testing"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, request: Mapping[str, Any]) -> int:
        """Send a request: for a gateway's `start`, which returns its process id, or to `wait` for its exit status."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    @contextmanager
    def gateway(self, settings: Mapping[str, str]) -> Iterator[tuple[Forked, str]]:
        """Run a gateway with environment variables on a free port; yield it and its URL once it accepts connections.

        Raises RuntimeError with what it says where it does not.
        """
        port = free_port()
        environment = {**os.environ, **settings, "GATEWAY_PORT": str(port)}
        with NamedTemporaryFile() as output:
            process = Forked(self, self.ask({"start": environment, "output": output.name}))
            try:
                if not _is_open(process, port):
                    raise RuntimeError(f"The gateway ended with {process.poll()}.\n{output.read().decode()}")
                yield process, f"http://127.0.0.1:{port}"
            finally:
                process.kill()
                process.wait()

    def close(self) -> None:
        """End the process; there are no gateways any more."""
        self._process.communicate()


def _is_open(process: Forked, port: int) -> bool:
    deadline = monotonic() + START_SECONDS
    while monotonic() < deadline and process.poll() is None:
        with socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        sleep(0.01)
    return False


def answer_requests() -> None:
    """Start gateways, and tell how they ended, until there is no request any more."""
    gc.freeze()
    answers = os.dup(1)
    for line in sys.stdin.buffer:
        request = json.loads(line)
        if "wait" in request:
            answer = os.waitstatus_to_exitcode(os.waitpid(request["wait"], 0)[1])
        elif not (answer := os.fork()):
            os.close(answers)
            _become_gateway(request["start"], request["output"])
        os.write(answers, b"%d\n" % answer)


def _become_gateway(environment: Mapping[str, str], output: str) -> None:
    os.environ.clear()
    os.environ.update(environment)
    descriptors = os.open(os.devnull, os.O_RDONLY), os.open(output, os.O_WRONLY | os.O_APPEND)
    for place, descriptor in ((0, descriptors[0]), (1, descriptors[1]), (2, descriptors[1])):
        os.dup2(descriptor, place)
    main()
    sys.exit()


if __name__ == "__main__":
    answer_requests()
