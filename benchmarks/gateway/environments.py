"""A virtual environment for each peer that is a package, in the user's cache; the project's own has none of theirs."""

import subprocess
import sys
from pathlib import Path
from typing import Final

from shared.settings import cache_folder

PEERS: Final = Path(__file__).parent / "peers"


class NotInstalledError(Exception):
    """The peer's packages cannot be installed; the text says why."""


def installed(peer: str) -> Path:
    """Return the folder with the programs of `peer`'s environment, made if need be; raises NotInstalledError."""
    folder = cache_folder("benchmarks") / "gateway-peers" / peer
    wanted = (PEERS / f"{peer}.txt").read_text()
    programs, done = folder / "bin", folder / "installed.txt"
    if done.exists() and done.read_text() == wanted:
        return programs
    print(f"Installing {peer} in {folder} …", file=sys.stderr, flush=True)
    _run([sys.executable, "-m", "venv", "--clear", str(folder)])
    pip = [str(programs / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _run([*pip, "-r", str(PEERS / f"{peer}.txt")])
    done.write_text(wanted)
    return programs


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or done.stderr.splitlines()
        raise NotInstalledError(lines[-1] if lines else f"{command[1:4]} failed")
