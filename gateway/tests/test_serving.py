"""What the process does before it serves."""

import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any


def test_it_may_open_as_many_files_as_the_system_lets_it(make_gateway: Callable[..., Any]) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(512, soft), hard))
    try:
        with make_gateway({}) as gateway:
            limits = Path(f"/proc/{gateway.process.pid}/limits").read_text()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    files = next(line for line in limits.splitlines() if line.startswith("Max open files"))
    assert files.split()[3:5] == [str(hard), str(hard)]
