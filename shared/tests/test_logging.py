"""What clients send cannot steer the terminal on which the log is read."""

import json
import subprocess
import sys

PROGRAM = """
import sys
import structlog
from shared.logging import configure_logging
configure_logging(sys.argv[1])
structlog.get_logger().info("request", path="/\\x1b[2J\\x9b2J\\r\\n{}")
"""


def log_of(log_format: str) -> bytes:
    return subprocess.run([sys.executable, "-c", PROGRAM, log_format], capture_output=True, check=True).stdout


def test_the_console_shows_control_characters_escaped() -> None:
    line = log_of("console")
    assert rb"/\x1b[2J\x9b2J\r\n{}" in line
    assert line.count(b"\n") == 1


def test_json_stays_one_line() -> None:
    assert json.loads(log_of("json"))["path"] == "/\x1b[2J\x9b2J\r\n{}"


SENDING = """
import logging
import httpx2
from shared.logging import configure_logging
configure_logging("json", "debug")
with httpx2.Client(transport=httpx2.MockTransport(lambda _: httpx2.Response(200))) as client:
    client.get("http://catalog:hidden@vision:8002/")
logging.getLogger("other").info("said")
"""


def test_addresses_that_are_asked_are_not_logged_with_their_passwords() -> None:
    log = subprocess.run([sys.executable, "-c", SENDING], capture_output=True, check=True).stdout
    assert b"said" in log
    assert b"hidden" not in log
