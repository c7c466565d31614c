"""Supervisor runs the processes: it restarts what dies and stops all of it when it is told to."""

import signal
import subprocess
import sys
import xmlrpc.client
from collections.abc import Iterable
from configparser import RawConfigParser
from pathlib import Path
from shlex import join
from time import monotonic, sleep
from typing import Any

from supervisor.xmlrpc import SupervisorTransport

from fleet.services import Service, fleet_environment

STOP_SECONDS = 40
TAIL_BYTES = 4000


class Supervisor:
    """A supervisord process of our own, spoken to over a Unix socket in `folder`, where the logs are too."""

    def __init__(self, folder: Path, services: Iterable[Service]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._socket = folder / "supervisor.sock"
        config = folder / "supervisord.conf"
        with config.open("w", encoding="utf-8") as file:
            self._configuration(services).write(file)
        command = [sys.executable, "-m", "supervisor.supervisord", "--nodaemon", "--silent", "-c", str(config)]
        # In a session of its own: a Ctrl-C is for the launcher, which then stops everything in order.
        self._process = subprocess.Popen(command, env=dict(fleet_environment()), start_new_session=True)
        try:
            self._wait_until_it_answers()
        except BaseException:
            self.stop()
            raise

    def processes(self) -> dict[str, dict[str, Any]]:
        """Return what Supervisor knows of each process (`statename`, `pid`, `exitstatus`), under its name."""
        known: Any = self._rpc().supervisor.getAllProcessInfo()
        return {process["name"]: process for process in known}

    def last_lines(self, name: str, lines: int = 15) -> str:
        """Return the end of the log of `name`."""
        log: Any = self._rpc().supervisor.readProcessStdoutLog(name, -TAIL_BYTES, 0)
        return "\n".join(str(log).splitlines()[-lines:])

    def stop(self) -> None:
        """Stop every process, each with SIGTERM and time to finish, then Supervisor itself."""
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_SECONDS + 5)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def _rpc(self) -> xmlrpc.client.ServerProxy:
        # A new one each time: the transport keeps a connection that one failed call makes useless.
        transport: Any = SupervisorTransport(None, None, f"unix://{self._socket}")
        return xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport)

    def _wait_until_it_answers(self) -> None:
        deadline = monotonic() + 15
        while monotonic() < deadline and self._process.poll() is None:
            try:
                answering: Any = self._rpc().supervisor.getPID()
            except OSError:
                sleep(0.1)
                continue
            if answering == self._process.pid:
                return
            break
        raise RuntimeError(f"Supervisor did not start; does another one use {self.folder}?")

    def _configuration(self, services: Iterable[Service]) -> RawConfigParser:
        config = RawConfigParser()
        config["unix_http_server"] = {"file": str(self._socket), "chmod": "0700"}
        config["rpcinterface:supervisor"] = {
            "supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"
        }
        config["supervisord"] = {
            "logfile": str(self.folder / "supervisord.log"),
            "pidfile": str(self.folder / "supervisord.pid"),
        }
        for service in services:
            config[f"program:{service.name}"] = {
                "command": join(service.command).replace("%", "%%"),
                "autorestart": "true",
                "startsecs": "2",
                "startretries": "3",
                "stopwaitsecs": str(STOP_SECONDS),
                "redirect_stderr": "true",
                "stdout_logfile": str(self.folder / f"{service.name}.log"),
                "stdout_logfile_maxbytes": "10MB",
                "stdout_logfile_backups": "1",
            }
        return config
