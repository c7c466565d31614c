"""`python -m deploy.supply.lock_hashes`: hashes of all that constraints.txt pins, and of what builds the members.

| file | |
|---|---|
| `hashes.txt` | everything but torch |
| `hashes-torch.txt` | the builds of torch that the default index has, which for Linux is the one with CUDA |
| `hashes-torch-cpu.txt` | the CPU build that lies in a folder of `PIP_FIND_LINKS`; left as it is where there is none |

pip takes a constraint's hashes for all that it installs by it, and two constraints on torch would have to agree. So the
builds are in two files, of which an image takes one.
"""

import os
import subprocess
import sys
from hashlib import file_digest
from pathlib import Path
from shutil import which
from typing import Final

ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = Path(__file__).parent
CONSTRAINTS: Final = ROOT / "constraints.txt"
BUILDS_MEMBERS: Final = "hatchling"
"""What the members' pyproject.toml name under `build-system`."""

_COMPILE: Final = (
    *("pip", "compile", "--quiet", "--upgrade", "--universal", "--generate-hashes"),
    *("--python-version", "3.11", "--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"),
)


def main() -> int:
    """Write the three files; return the exit status."""
    (torch,) = (line for line in CONSTRAINTS.read_text(encoding="utf-8").splitlines() if line.startswith("torch=="))
    _compile(f"{BUILDS_MEMBERS}\n", FOLDER / "hashes.txt", str(CONSTRAINTS), "--no-emit-package", "torch")
    _compile(f"{torch}\n", FOLDER / "hashes-torch.txt", "--no-deps")
    _hash_cpu_builds(torch)
    return 0


def _compile(requirements: str, file: Path, *arguments: str) -> None:
    uv = which("uv", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if uv is None:
        raise FileNotFoundError("uv is missing: pip install uv")
    command = [uv, *_COMPILE, *arguments, "-", "--output-file", str(file)]
    subprocess.run(command, input=requirements, text=True, check=True, env={**os.environ, "UV_FIND_LINKS": ""})


def _hash_cpu_builds(torch: str) -> None:
    version = torch.removeprefix("torch==")
    folders = (Path(folder) for folder in os.environ.get("PIP_FIND_LINKS", "").split())
    wheels = sorted(wheel for folder in folders for wheel in folder.glob(f"torch-{version}+cpu-*.whl"))
    if not wheels:
        print("No CPU build of torch is in a folder of PIP_FIND_LINKS: hashes-torch-cpu.txt stays as it is.")
        return
    lines = [f"{torch}+cpu", *(f"    --hash=sha256:{_sha256(wheel)}" for wheel in wheels)]
    (FOLDER / "hashes-torch-cpu.txt").write_text(" \\\n".join(lines) + "\n", encoding="utf-8")


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()


if __name__ == "__main__":
    sys.exit(main())
