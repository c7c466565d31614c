"""Watches the processes: waits until they are ready, and says when one dies or comes back."""

from collections.abc import Iterable
from time import monotonic, sleep

import httpx2
from rich.console import Console
from rich.markup import escape

from fleet.services import Service
from fleet.supervisor import Supervisor

PAUSE_SECONDS = 0.5
PATIENCE_SECONDS = 5.0


class Watch:
    """Compares what Supervisor says with what it said before."""

    def __init__(self, supervisor: Supervisor, console: Console) -> None:
        self.supervisor = supervisor
        self._console = console
        self._pids: dict[str, int] = {}
        self._down: set[str] = set()
        self._given_up: set[str] = set()

    def until_ready(self, services: Iterable[Service], seconds: float) -> dict[str, httpx2.Response | None]:
        """Return the answer of each one's `/readyz`, None for one that does not answer in time.

        One that answers that it is not ready is asked again for a few seconds, for it may still become so.
        """
        answers: dict[str, httpx2.Response | None] = dict.fromkeys(service.name for service in services)
        waiting = {service.name: service for service in services}
        patience: dict[str, float] = {}
        deadline = monotonic() + seconds
        with httpx2.Client(timeout=2) as client:
            while waiting and monotonic() < deadline:
                states = self.look()
                for name, service in list(waiting.items()):
                    answers[name] = _ready_answer(client, service)
                    answer = answers[name]
                    if answer is not None and answer.status_code != httpx2.codes.OK:
                        patience.setdefault(name, monotonic() + PATIENCE_SECONDS)
                        answer = answer if monotonic() > patience[name] else None
                    if answer is not None or states[name] == "FATAL":
                        del waiting[name]
                sleep(PAUSE_SECONDS)
        return answers

    def for_ever(self) -> None:
        """Look at the processes again and again."""
        while True:
            self.look()
            sleep(PAUSE_SECONDS)

    def look(self) -> dict[str, str]:
        """Say what has changed, and return each process' state."""
        processes = self.supervisor.processes()
        for name, process in processes.items():
            state, pid = process["statename"], process["pid"]
            seen = self._pids.get(name, 0)
            if seen and pid != seen:
                self._down.add(name)
                self._report(name, f"{name} died with exit status {process['exitstatus']}; the others go on.")
            if state == "FATAL" and name not in self._given_up:
                self._given_up.add(name)
                self._report(name, f"{name} does not stay up and is not started again; the others go on.")
            if state == "RUNNING" and name in self._down:
                self._down.discard(name)
                self._console.print(f"{name} was started again.", style="green")
            self._pids[name] = pid
        return {name: process["statename"] for name, process in processes.items()}

    def _report(self, name: str, what: str) -> None:
        self._console.print(f"{what} Its last lines:", style="red")
        self._console.print(escape(self.supervisor.last_lines(name)), style="dim", soft_wrap=True)


def _ready_answer(client: httpx2.Client, service: Service) -> httpx2.Response | None:
    try:
        return client.get(f"{service.url}/readyz")
    except httpx2.TransportError:
        return None
