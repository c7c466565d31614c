"""A server's processes, of which some servers have many: started, counted, measured and stopped together."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from time import monotonic, sleep
from typing import Final

MARK: Final = "FLOTILLA_BENCHMARK"
"""A variable by which also those are found that are nobody's children any more."""
STOP_SECONDS: Final = 5


class Process:
    """A server that was started; `output` is what it and its children wrote."""

    def __init__(self, process: subprocess.Popen[bytes], mark: str) -> None:
        self._process = process
        self._mark = f"{MARK}={mark}".encode()

    def check(self) -> None:
        """Raise RuntimeError when it has ended."""
        if self._process.poll() is not None:
            raise RuntimeError(f"it exited with {self._process.returncode}")

    def pids(self) -> set[int]:
        """Return the processes that are its children, theirs, or carry its mark."""
        parents = dict(_parents())
        found = {pid for pid in parents if self._is_marked(pid)} | {self._process.pid}
        while more := {pid for pid, parent in parents.items() if parent in found} - found:
            found |= more
        return found & parents.keys()

    def resident_mib(self) -> float:
        """Return the resident memory of all of them; pages that they share count for each."""
        return sum(map(_resident_bytes, self.pids())) / (1 << 20)

    def stop(self) -> None:
        """End all of them: the first by SIGTERM, those that are left after a while by SIGKILL."""
        pids = self.pids()
        self._process.terminate()
        deadline = monotonic() + STOP_SECONDS
        while self.pids() and monotonic() < deadline:
            self._process.poll()
            sleep(0.05)
        for pid in (pids | self.pids()) & dict(_parents()).keys():
            if self._is_marked(pid) or pid == self._process.pid:
                _kill(pid)
        self._process.wait()

    def _is_marked(self, pid: int) -> bool:
        try:
            return self._mark in Path(f"/proc/{pid}/environ").read_bytes()
        except OSError:
            return False


@contextmanager
def running(command: Sequence[str], variables: Mapping[str, str], folder: Path) -> Iterator[Process]:
    """Run `command` in `folder`; an error in the block is raised as RuntimeError with what the server wrote."""
    mark = f"{os.getpid()}-{monotonic()}"
    with TemporaryFile() as output:
        environment = {**os.environ, **variables, MARK: mark}
        started = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT)
        process = Process(started, mark)
        try:
            yield process
        except (RuntimeError, TimeoutError, OSError) as error:
            output.seek(0)
            written = output.read().decode(errors="replace").strip().splitlines()
            raise RuntimeError("\n".join([str(error), *written[-30:]])) from error
        finally:
            process.stop()


def _parents() -> Iterator[tuple[int, int]]:
    """Yield each living process and its parent."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if state != "Z":
            yield int(folder.name), int(parent)


def _resident_bytes(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
