"""`python -m gateway.keys`, in processes of its own where that matters."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.keys.__main__ import main
from gateway.keys.lookup import Keys
from gateway.keys.reading import read_entries
from gateway.keys.text import is_well_formed

COMMAND = [sys.executable, "-m", "gateway.keys"]
CREATE = ["create", "--consumer", "robot", "--scope", "catalog:read"]


@pytest.fixture(autouse=True)
def _file_in_environment(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_KEYS_FILE", str(path))


@pytest.fixture
def created(path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """The text of a key that was made."""
    assert main([*CREATE, "--file", str(path)]) == 0
    return capsys.readouterr().out.strip()


def test_a_key_is_alone_on_stdout(path: Path) -> None:
    done = subprocess.run([*COMMAND, *CREATE], capture_output=True, text=True, check=True)

    assert is_well_formed(done.stdout.removesuffix("\n"))
    assert done.stdout.strip() not in done.stderr
    assert "shown this once" in done.stderr
    assert Keys.read(path).find(done.stdout.strip(), datetime.now(UTC).timestamp()).name == "robot"
    assert done.stdout.strip()[17:] not in path.read_text()


def test_commands_at_once_lose_nothing(path: Path, created: str) -> None:
    running = [
        subprocess.Popen([*COMMAND, *CREATE[:2], f"robot-{number}", *CREATE[3:]], stdout=subprocess.PIPE)
        for number in range(4)
    ]
    running.append(subprocess.Popen([*COMMAND, "rotate", created[4:16]], stdout=subprocess.PIPE))
    running.append(subprocess.Popen([*COMMAND, "prune"], stdout=subprocess.PIPE))
    told = [process.communicate(timeout=60)[0].decode().strip() for process in running]

    assert [process.returncode for process in running] == [0] * 6
    keys, now = Keys.read(path), datetime.now(UTC).timestamp()
    names = [keys.find(text, now).name for text in [created, *told] if text]
    assert names == ["robot", *(f"robot-{number}" for number in range(4)), "robot"]
    assert len(keys) == 6


def test_a_key_lives_a_year_where_nothing_else_is_said(path: Path, created: str) -> None:
    (entry,) = read_entries(path).keys

    assert entry.id == created[4:16]
    assert entry.expires_at == entry.created_at + timedelta(days=365)


@pytest.mark.parametrize(
    ("when", "expected"), [("never", None), ("2999-01-01T00:00:00Z", datetime(2999, 1, 1, tzinfo=UTC))]
)
def test_an_end_can_be_chosen(path: Path, when: str, expected: datetime | None) -> None:
    assert main([*CREATE, "--expires", when, "--note", "for spring", "--scope", "*:get"]) == 0

    (entry,) = read_entries(path).keys
    assert entry.expires_at == expected
    assert entry.note == "for spring"
    assert entry.scopes == ("catalog:read", "*:get")


def test_rotate_revoke_list_and_prune(path: Path, created: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rotate", created[4:16], "--overlap", "2h"]) == 0
    second = capsys.readouterr().out.strip()
    assert main(["revoke", created[4:16]]) == 0
    assert main(["list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert {each["id"]: each["state"] for each in listed} == {created[4:16]: "revoked", second[4:16]: "active"}

    assert main(["prune"]) == 0
    assert len(read_entries(path).keys) == 2
    assert main(["prune", "--older-than", "0s"]) == 0
    assert [entry.id for entry in read_entries(path).keys] == [second[4:16]]
    assert main(["list"]) == 0
    told = capsys.readouterr()
    assert second[4:16] in told.out
    assert f"Removed {created[4:16]} of robot, revoked." in told.err


def test_the_secret_is_printed(path: Path, created: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["secret", "--namespace", "fleet"]) == 0

    told = capsys.readouterr().out
    assert json.loads(told)["stringData"]["keys.json"] == path.read_text()
    assert created[17:] not in told


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["rotate", "nosuchkey"], "No key has the id 'nosuchkey'"),
        (["revoke", "nosuchkey"], "No key has the id 'nosuchkey'"),
        (["secret", "--name", "A B"], "is no name in Kubernetes"),
        (["list", "--file", "none.json"], "none.json does not exist"),
        ([*CREATE, "--file", "/nowhere/keys.json"], "there is no folder /nowhere"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_line(
    created: str, arguments: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert created
    assert main(arguments) == 1

    told = capsys.readouterr()
    assert reason in told.err
    assert told.err.startswith("Error: ")
    assert not told.out


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([], "command"),
        (["create"], "--consumer"),
        (["create", "--consumer", "a b", "--scope", "a:read"], "a consumer's name is"),
        (["create", "--consumer", "a", "--scope", "everything"], "'everything' is no scope"),
        ([*CREATE, *["--scope", "a:read"] * 100], "at most 100 scopes"),
        ([*CREATE, "--expires", "soon"], "'soon' is no end"),
        ([*CREATE, "--note", "a\nb"], "a note is one line"),
        (["rotate", "x", "--overlap", "-1h"], "overlap"),
        (["prune", "--older-than", "a month"], "'a month' is no time"),
    ],
)
def test_a_wrong_call_is_told_with_the_usage(
    path: Path, arguments: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)

    assert reason in capsys.readouterr().err
    assert not path.exists()


def test_without_a_file_the_way_to_name_one_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GATEWAY_KEYS_FILE", "")
    with pytest.raises(SystemExit, match="2"):
        main(["list"])

    assert "--file FILE, or the variable GATEWAY_KEYS_FILE" in capsys.readouterr().err


def test_help_has_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])

    told = capsys.readouterr().out
    assert "python -m gateway.keys create --consumer" in told
    assert "exit status" in told


def test_a_key_that_could_not_be_shown_is_told_with_its_id(path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([*COMMAND, *CREATE], stdout=full, stderr=subprocess.PIPE, text=True, check=False)

    (entry,) = read_entries(path).keys
    assert done.returncode == 1
    assert f"revoke {entry.id} and make another" in done.stderr
    assert "Traceback" not in done.stderr
