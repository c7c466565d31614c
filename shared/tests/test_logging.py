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
