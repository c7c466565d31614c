"""`python -m fleet` runs the fleet until Ctrl-C or SIGTERM."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType

import httpx2
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from fleet.ports import complaints
from fleet.services import GATEWAY, SERVICES
from fleet.supervisor import Supervisor
from fleet.watch import Watch
from shared.settings import cache_folder

READY_SECONDS = 120


class StopRequestedError(BaseException):
    """Ctrl-C or SIGTERM; a BaseException, so that no handler of errors takes it for one."""


def main() -> int:
    """Check the ports, prepare the models, start everything, and watch over it; return the exit status."""
    console = Console(highlight=False)
    signal.signal(signal.SIGTERM, _request_stop)
    signal.signal(signal.SIGINT, _request_stop)
    wrong = complaints(SERVICES)
    if wrong:
        console.print("\n".join(wrong), style="red", soft_wrap=True)
        return 1
    try:
        return _run(console, Path(os.environ.get("FLEET_DIR", cache_folder("fleet") / str(GATEWAY.port))))
    except StopRequestedError:
        return 0


def _run(console: Console, folder: Path) -> int:
    for service in SERVICES:
        if service.prepare:
            console.print(f"Preparing {service.name} …", style="bold")
            status = subprocess.run([sys.executable, "-m", service.prepare], check=False).returncode
            if status:
                console.print(f"{service.name} could not be prepared (see above).", style="red")
                return status
    supervisor = Supervisor(folder, SERVICES)
    try:
        _watch(console, Watch(supervisor, console))
    except StopRequestedError:
        console.print("Stopping …", style="bold")
    finally:
        supervisor.stop()
    console.print("Stopped.", style="bold")
    return 0


def _watch(console: Console, watch: Watch) -> None:
    with console.status("Starting the services …"):
        answers = watch.until_ready(SERVICES, READY_SECONDS)
    console.print(_table(answers))
    if not any(os.environ.get(name) for name in ("GATEWAY_KEYS_FILE", "GATEWAY_JWKS_URL")):
        console.print("The gateway is open to everybody on this machine; GATEWAY_KEYS_FILE asks for keys.", style="dim")
    console.print(f"Logs: {watch.supervisor.folder}/*.log    Ctrl-C stops everything.")
    watch.for_ever()


def _table(answers: dict[str, httpx2.Response | None]) -> Table:
    table = Table("service", box=None, padding=(0, 1), header_style="bold")
    table.add_column("URL", no_wrap=True)
    table.add_column("docs", no_wrap=True)
    table.add_column("in use", overflow="fold")
    for service in SERVICES:
        table.add_row(service.name, service.url, f"{service.url}/docs", _in_use(answers[service.name]))
    return table


def _in_use(answer: httpx2.Response | None) -> str:
    if answer is None:
        return "[red]does not answer[/red]"
    body = answer.json()
    if answer.status_code != httpx2.codes.OK:
        return f"[red]{escape(body['detail'])}[/red]"
    return escape("\n".join(check["detail"] for check in body["checks"].values())) or "none"


def _request_stop(_: int, __: FrameType | None) -> None:
    raise StopRequestedError


if __name__ == "__main__":
    sys.exit(main())
