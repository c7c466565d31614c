"""`python -m deploy.supply.audit`: has any version that constraints.txt pins a known vulnerability?

pip-audit asks the package index, and where it gets no answer about a package it passes over it and is content. An audit
of nothing is none: this says so. It fails for a vulnerability, and with `--required` also where nothing could be asked.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from shutil import which
from typing import Any, Final

CONSTRAINTS: Final = Path(__file__).parents[2] / "constraints.txt"
TIMEOUT_SECONDS: Final = 300
_OPTIONS: Final = ("--no-deps", "--disable-pip", "--progress-spinner", "off", "--format", "json")

IGNORED: Final[Mapping[str, str]] = {}
"""Vulnerabilities that do not concern the fleet, by id, with the reason."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Say what was found; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m deploy.supply.audit")
    parser.add_argument("--required", action="store_true", help="fail where the vulnerabilities cannot be asked for")
    options = parser.parse_args(arguments)
    program = which("pip-audit", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if program is None:
        return _not_audited("pip-audit is missing: pip install pip-audit", options.required)
    ignored = [word for id_ in IGNORED for word in ("--ignore-vuln", id_)]
    command = [program, "--requirement", str(CONSTRAINTS), *_OPTIONS, *ignored]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False)
    if not done.stdout.startswith("{"):
        return _not_audited((done.stderr.strip().splitlines() or ["pip-audit said nothing"])[-1], options.required)
    return report(json.loads(done.stdout), required=options.required)


def report(found: Mapping[str, Any], *, required: bool) -> int:
    """Print what pip-audit's answer says; return the exit status."""
    audited = [each for each in found["dependencies"] if "skip_reason" not in each]
    skipped = sorted({each["name"] for each in found["dependencies"] if "skip_reason" in each})
    if not audited:
        return _not_audited("the index knows none of the packages' vulnerabilities", required)
    vulnerable = [each for each in audited if each["vulns"]]
    for each in vulnerable:
        for vulnerability in each["vulns"]:
            mended = ", ".join(vulnerability["fix_versions"]) or "no version yet"
            print(f"{each['name']} {each['version']}: {vulnerability['id']}, mended in {mended}")
    if skipped:
        print(f"Not audited, as the index does not know them: {', '.join(skipped)}")
    print(f"{len(audited)} packages audited, {len(vulnerable)} with known vulnerabilities")
    return 1 if vulnerable or (skipped and required) else 0


def _not_audited(reason: str, required: bool) -> int:
    print(f"Nothing was audited: {reason}")
    return 1 if required else 0


if __name__ == "__main__":
    sys.exit(main())
