"""No secret was ever committed, and the scan that says so finds those that are."""

import subprocess
from pathlib import Path
from typing import Final

import pytest

from deploy.supply.secret_scan import ROOT, SHOWN_CHARACTERS, Finding, findings, history, secrets_in
from gateway.keys import text

REAL_LOOKING: Final = {
    "a private key": "-----BEGIN " + "PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC",
    "an AWS access key": "aws = " + "AKIA" + "IOSFODNN7ABCDEFG",
    "a GitHub token": "ghp_" + "a1B2" * 9,
    "a GitLab token": "glpat-" + "a1B2" * 5,
    "a Slack token": "xoxb-" + "1234567890-abcdef",
    "a Google key": "AIza" + "a1B2c" * 7,
    "a Stripe key": "sk_live_" + "a1B2" * 6,
    "a package index's token": "pypi-AgE" + "a1B2" * 13,
    "a Hugging Face token": "hf_" + "a1B2" * 9,
    "a model provider's key": "sk-ant-" + "a1B2" * 9,
    "a JSON web token": "eyJ" + "hbGciOiJIUzI1NiJ9." + "eyJ" + "zdWIiOiIxMjM0NTY3ODkwIn0." + "a1B2" * 8,
    "a password within a URL": "postgresql://admin:" + "correcthorse" + "@db/catalog",
    "a value of a secret": 'api_key = "' + "a1B2" * 8 + '"',
}
"""Put together here, so that this file has none."""


@pytest.mark.parametrize("kind", REAL_LOOKING)
def test_each_kind_is_found(kind: str) -> None:
    assert kind in [found for found, _ in secrets_in(REAL_LOOKING[kind])]


def test_a_key_of_the_gateway_is_found_and_what_only_looks_like_one_is_not() -> None:
    key = text.new_text(text.new_id())
    assert [kind for kind, _ in secrets_in(f"curl -H 'X-API-Key: {key}'")] == ["a key of the gateway"]
    other = "0" if key[-1] != "0" else "1"
    assert not list(secrets_in(key[:-1] + other))


@pytest.mark.parametrize(
    "harmless",
    [
        "postgresql://postgres:${POSTGRES_PASSWORD:-flotilla}@postgres/catalog",
        "postgresql://user:password@host/database",
        "http://up:12@evil",
        "sha256:6746dbcbeb526eb61330b76b41ff1b4eb848951103a892eeb080dfa2b264667b",
        "secretKeyRef: {name: catalog-database-app, key: uri}",
        "api_key: str = Field(min_length=66, max_length=66)",
        "-----BEGIN PUBLIC KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC",
    ],
)
def test_what_is_no_secret_is_passed_over(harmless: str) -> None:
    assert not list(secrets_in(harmless))


def _git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def test_what_was_committed_and_deleted_again_is_found(tmp_path: Path) -> None:
    _git(tmp_path, "init", "--quiet")
    file = tmp_path / "settings.py"
    file.write_text(f"x = 1\n{REAL_LOOKING['a private key']}\n", encoding="utf-8")
    _git(tmp_path, "add", ".")
    _git(tmp_path, "commit", "--quiet", "--message", f"One\n\nwith {REAL_LOOKING['a GitHub token']}")
    file.unlink()
    _git(tmp_path, "commit", "--quiet", "--all", "--message", "Two")
    found = list(findings(history(tmp_path)))
    assert {(each.file, each.kind) for each in found} == {
        ("settings.py", "a private key"),
        ("the message", "a GitHub token"),
    }
    assert len({each.commit for each in found}) == 1


def test_what_a_branch_has_is_found(tmp_path: Path) -> None:
    _git(tmp_path, "init", "--quiet")
    _git(tmp_path, "commit", "--quiet", "--allow-empty", "--message", "One")
    _git(tmp_path, "checkout", "--quiet", "-b", "other")
    (tmp_path / "a b.txt").write_text(REAL_LOOKING["a Stripe key"], encoding="utf-8")
    _git(tmp_path, "add", ".")
    _git(tmp_path, "commit", "--quiet", "--message", "Two")
    _git(tmp_path, "checkout", "--quiet", "-")
    assert [each.file.strip() for each in findings(history(tmp_path))] == ["a b.txt"]


def test_a_finding_shows_only_the_start() -> None:
    ((kind, start),) = secrets_in(REAL_LOOKING["a GitHub token"])
    assert str(Finding("0" * 40, "a.py", kind, start)) == f"{'0' * 12} a.py: a GitHub token, ghp_a1B2…"
    assert len(start) == SHOWN_CHARACTERS


def test_no_secret_is_in_the_history() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout, so that there is no history to look through")
    assert not [str(each) for each in findings(history())]


def test_no_secret_is_in_the_files_that_would_be_committed_next() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout, so that git cannot say which files are its")
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            content = (ROOT / name).read_text(encoding="utf-8", errors="replace")
            assert not list(secrets_in(content)), name
