"""`python -m deploy.supply.secret_scan`: does anything that was ever committed look like a secret?

Reads what each commit of every branch added, and its message, once. Finds what has a form of its own: keys, tokens and
passwords within URLs. What only looks random is not looked for: hashes of files would be most of that.
"""

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import Final

from gateway.keys import text

ROOT: Final = Path(__file__).parents[2]
TIMEOUT_SECONDS: Final = 120
SHOWN_CHARACTERS: Final = 8
"""Of what is found; the whole would be a secret in another place."""

PATTERNS: Final = {
    "a key of the gateway": text.PATTERN,
    "a private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----(?:\s|\\n)*[A-Za-z0-9+/=]{16}",
    "an AWS access key": r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
    "a GitHub token": r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,})\b",
    "a GitLab token": r"\bglpat-[A-Za-z0-9_-]{20,}\b",
    "a Slack token": r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}",
    "a Google key": r"\bAIza[A-Za-z0-9_-]{35}\b",
    "a Stripe key": r"\b[rs]k_live_[A-Za-z0-9]{20,}\b",
    "a package index's token": r"\b(?:pypi-AgE[A-Za-z0-9_-]{50,}|npm_[A-Za-z0-9]{36})\b",
    "a Hugging Face token": r"\bhf_[A-Za-z0-9]{34,}\b",
    "a model provider's key": r"\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{32,}\b",
    "a JSON web token": r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}",
    "a password within a URL": r"\b[a-z][a-z0-9+.-]*://[^\s:/@'\"`{}$<>%]*:(?P<password>[^\s:/@'\"`{}$<>%]{4,})@[\w$.]",
    "a value of a secret": (
        r"(?i:\b(?:password|passwd|secret|api_?key|access_?token)\b[\"']?\s*[:=]\s*)"
        r"[\"'][A-Za-z0-9+/=_-]{24,}[\"']"
    ),
}
_ANY: Final = {kind: re.compile(pattern) for kind, pattern in PATTERNS.items()}

EXAMPLES: Final = frozenset({"hidden", "opensesame", "password", "secret"})
"""Passwords of addresses in tests and documents."""


@dataclass(frozen=True)
class Finding:
    """What looks like a secret, where, as which kind; `start` is no more of it than may be shown."""

    commit: str
    file: str
    kind: str
    start: str

    def __str__(self) -> str:
        return f"{self.commit[:12]} {self.file}: {self.kind}, {self.start}…"


def main() -> int:
    """Say what was found; return the exit status."""
    found = sorted(set(findings(history())), key=str)
    for finding in found:
        print(finding)
    if found:
        print("Revoke what is real first: a rewritten history does not take it back.")
        return 1
    print("Nothing in the history looks like a secret")
    return 0


def history(folder: Path = ROOT) -> list[str]:
    """Return the lines of all commits and of what they changed; raise CalledProcessError where there is no git history.

    A merge counts by what it adds to both sides.
    """
    git = which("git")
    if git is None:
        raise FileNotFoundError("git is not installed")
    command = [git, "log", "--all", "--patch", "--cc", "--unified=0", "--no-color", "--no-ext-diff", "--no-textconv"]
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=TIMEOUT_SECONDS, check=True)
    return done.stdout.decode("utf-8", "replace").split("\n")


def findings(lines: Iterable[str]) -> Iterator[Finding]:
    """Yield what looks like a secret in the output of `git log --patch`."""
    commit, file, added = "", "the message", ""
    for line in [*lines, "commit "]:
        kept = line.lstrip("+ ") if line.startswith(("+", "    ")) and not line.startswith("+++ ") else None
        if kept is not None:
            added += f"{kept}\n"
            continue
        yield from (Finding(commit, file, kind, start) for kind, start in secrets_in(added))
        added = ""
        if line.startswith("commit "):
            commit, file = line[7:], "the message"
        elif line.startswith("+++ "):
            file = line[4:].removeprefix("b/")


def secrets_in(content: str) -> Iterator[tuple[str, str]]:
    """Yield the kind and the first characters of each thing in `content` that looks like a secret."""
    for kind, pattern in _ANY.items():
        for match in pattern.finditer(content):
            if not _is_example(kind, match):
                yield kind, match.group()[:SHOWN_CHARACTERS]


def _is_example(kind: str, match: re.Match[str]) -> bool:
    if kind == "a key of the gateway":
        return not text.is_well_formed(match.group())
    return kind == "a password within a URL" and match["password"].lower() in EXAMPLES


if __name__ == "__main__":
    sys.exit(main())
