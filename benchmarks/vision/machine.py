"""What a result depends on: the processor, the cores, and the packages' versions."""

import platform
from pathlib import Path
from typing import Final

from vision.settings import usable_cores

FEATURES: Final = ("avx2", "avx512f", "avx_vnni", "avx512_vnni", "avx512_bf16", "amx_tile", "amx_int8", "amx_bf16")


def described() -> str:
    """Return the processor, how many of its cores may be used, and what it has for int8."""
    facts = _facts()
    flags = facts.get("flags", "").split()
    found = [name for name in FEATURES if name in flags]
    missing = [name for name in FEATURES if name not in flags]
    name = facts.get("model name", platform.processor())
    return f"{name}, {usable_cores()} cores, has {', '.join(found) or 'nothing'}; has not {', '.join(missing)}"


def load() -> str:
    """Return the machine's load before anything is measured."""
    return Path("/proc/loadavg").read_text().split()[0]


def _facts() -> dict[str, str]:
    lines = Path("/proc/cpuinfo").read_text().split("\n\n")[0].splitlines()
    pairs = (line.partition(":") for line in lines)
    return {name.strip(): value.strip() for name, _, value in pairs}
