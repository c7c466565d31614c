"""A virtual environment for each peer, in the user's cache: nothing of theirs gets into the project's own."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

from shared.settings import cache_folder

PEERS: Final = Path(__file__).parent / "peers"
SHOWN: Final = (
    "fastapi",
    "litserve",
    "bentoml",
    "ray",
    "mlserver",
    "uvicorn",
    "starlette",
    "onnxruntime",
    "pillow",
    "numpy",
)
"""Packages whose versions matter."""


class NotInstalledError(Exception):
    """The peer's packages cannot be installed; the text says why."""


def installed(peer: str) -> Path:
    """Return the interpreter of the environment of `peer`, made if need be; raises NotInstalledError."""
    folder = cache_folder("benchmarks") / "vision-peers" / peer
    wanted = (PEERS / "requirements.txt").read_text() + (PEERS / f"{peer}.txt").read_text()
    python, done = folder / "bin" / "python", folder / "installed.txt"
    if python.exists() and done.exists() and done.read_text() == wanted:
        return python
    print(f"Installing {peer} in {folder} …", flush=True)
    _run([sys.executable, "-m", "venv", "--clear", str(folder)])
    _run(
        [
            str(python),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "-r",
            str(PEERS / f"{peer}.txt"),
        ]
    )
    done.write_text(wanted)
    return python


def versions(python: Path) -> dict[str, str]:
    """Return the versions of what the environment of `python` has of `SHOWN`."""
    listed = subprocess.run(
        [python, "-m", "pip", "list", "--format=json", "--disable-pip-version-check"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = {str(package["name"]).lower(): str(package["version"]) for package in json.loads(listed.stdout)}
    return {name: found[name] for name in SHOWN if name in found}


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or done.stderr.splitlines()
        raise NotInstalledError(lines[-1] if lines else f"{command[1:4]} failed")
