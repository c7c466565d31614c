"""The processes of a fleet are found by the ports that its gateway names, and measured."""

import json
import os
import socket

import pytest

from fleet.soak.processes import NotFoundError, processes_of
from shared.testing import free_port, server_process


def test_processes_are_found_behind_their_gateway_and_measured() -> None:
    with socket.create_server(("127.0.0.1", 0)) as here:
        upstreams = json.dumps({"crystal": f"http://127.0.0.1:{here.getsockname()[1]}"})
        with server_process("gateway", "GATEWAY_", {"GATEWAY_UPSTREAMS": upstreams}) as (process, url):
            gateway, crystal = processes_of(url)
            assert (gateway.name, gateway.process.pid) == ("gateway", process.pid)
            assert (crystal.name, crystal.process.pid) == ("crystal", os.getpid())
            measures = crystal.measures()
            assert set(measures) == {"memory, MiB", "open files", "threads"}
            assert all(value > 0 for value in measures.values())
            assert measures["memory, MiB"] < 10_000
        assert gateway.measures() == {}


def test_no_fleet_is_an_error_that_says_so() -> None:
    with pytest.raises(NotFoundError, match="No gateway of a fleet answers"):
        processes_of(f"http://127.0.0.1:{free_port()}")
