"""What the process does before it serves."""

import resource
from pathlib import Path

from shared.testing import server_process


def test_it_may_open_as_many_files_as_the_system_lets_it() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(512, soft), hard))
    try:
        with server_process("gateway", "GATEWAY_", {"GATEWAY_UPSTREAMS": "{}"}) as (process, _):
            limits = Path(f"/proc/{process.pid}/limits").read_text()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    files = next(line for line in limits.splitlines() if line.startswith("Max open files"))
    assert files.split()[3:5] == [str(hard), str(hard)]
