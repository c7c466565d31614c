"""Damaged files of every accepted format: no crash, nothing but the documented refusals, no growth, none slow."""

import json
import subprocess
import sys
from pathlib import Path

COUNT = 10_000
MAX_CPU_SECONDS = 1
MAX_GROWTH = 64 << 20


def test_ten_thousand_damaged_files_do_no_harm() -> None:
    program = [sys.executable, str(Path(__file__).with_name("fuzz_decoder.py")), "1", str(COUNT)]
    done = subprocess.run(program, capture_output=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:].decode(errors="replace")
    found = json.loads(done.stdout)
    assert sum(found["ends"].values()) == COUNT
    for image_format in ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"):
        assert found["ends"][f"{image_format} decoded"]
        assert found["ends"][f"{image_format} BrokenImageError"]
    assert found["slowest"] < MAX_CPU_SECONDS
    assert found["growth"] < MAX_GROWTH
    assert b"Traceback" not in done.stderr
    assert b"Warning" not in done.stderr
