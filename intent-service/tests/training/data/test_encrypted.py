"""What is packed and encrypted is there while it is needed, and gone afterwards."""

import os
import signal
import stat
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from intent.training.data.encrypted import opened
from intent.training.data.reading import DataError, read

SECRET = "a passphrase"
ENVIRONMENT = {"DATA_PASSPHRASE": SECRET}

Encrypt = Callable[[Path, str], Path]


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files, in which nothing may be left."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    """An archive with a pair of tables."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "questions.csv").write_text("ID;question\n1;Where is my card?\n")
    (folder / "intents.csv").write_text("ID,intention\n1,26\n")
    with tarfile.open(tmp_path / "data.tgz", "w:gz") as archive:
        archive.add(folder, "data")
    return tmp_path / "data.tgz"


def test_encrypted_data_is_read_and_removed(packed: Path, encrypt: Encrypt, temporary: Path) -> None:
    with opened(encrypt(packed, SECRET), ENVIRONMENT) as source:
        assert source.confidential
        inside = list(temporary.rglob("*"))
        assert stat.S_IMODE(inside[0].stat().st_mode) == 0o700
        assert sorted(path.name for path in source.folder.rglob("*.csv")) == ["intents.csv", "questions.csv"]
        assert not [path for path in inside if path.name == "clear"]
        data = read(source.folder)
    assert [(example.text, example.label, str(example.place)) for example in data.training] == [
        ("Where is my card?", 26, "data/questions.csv:2")
    ]
    assert not list(temporary.iterdir())


def test_a_single_encrypted_table_is_read(tmp_path: Path, encrypt: Encrypt, temporary: Path) -> None:
    (tmp_path / "table.csv").write_text("text,label\na,x\n")
    with opened(encrypt(tmp_path / "table.csv", SECRET), ENVIRONMENT) as source:
        assert [example.label for example in read(source.folder).training] == ["x"]
    assert not list(temporary.iterdir())


def test_a_plain_archive_is_not_confidential(packed: Path, temporary: Path) -> None:
    with opened(packed, {}) as source:
        assert not source.confidential
        assert len(read(source.folder).training) == 1
    assert not list(temporary.iterdir())


def test_what_is_not_packed_is_read_where_it_is(tmp_path: Path) -> None:
    with opened(tmp_path, {}) as source:
        assert (source.folder, source.confidential) == (tmp_path, False)


def test_nothing_is_left_after_an_error(packed: Path, encrypt: Encrypt, temporary: Path) -> None:
    with pytest.raises(ZeroDivisionError), opened(encrypt(packed, SECRET), ENVIRONMENT):
        raise ZeroDivisionError
    assert not list(temporary.iterdir())


@pytest.mark.parametrize("environment", [{}, {"DATA_PASSPHRASE": "wrong"}])
def test_nothing_is_left_where_the_passphrase_is_not_right(
    packed: Path, encrypt: Encrypt, temporary: Path, environment: dict[str, str]
) -> None:
    with pytest.raises(DataError), opened(encrypt(packed, SECRET), environment):
        pass
    assert not list(temporary.iterdir())


def test_an_encrypted_file_that_is_no_archive_is_told(tmp_path: Path, encrypt: Encrypt, temporary: Path) -> None:
    (tmp_path / "data.tgz").write_text("no archive")
    with (
        pytest.raises(DataError, match=r"data\.tgz\.gpg cannot be unpacked"),
        opened(encrypt(tmp_path / "data.tgz", SECRET), ENVIRONMENT),
    ):
        pass
    assert not list(temporary.iterdir())


def test_an_absent_file_is_told(tmp_path: Path) -> None:
    with (
        pytest.raises(DataError, match=r"data\.tgz\.gpg cannot be read: No such file"),
        opened(tmp_path / "data.tgz.gpg", ENVIRONMENT),
    ):
        pass


WAIT = """
import signal, sys, time
from pathlib import Path
from intent.training.data.encrypted import opened
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # ignored where the tests run under nohup or in the background
signal.signal(signal.SIGINT, signal.default_int_handler)
with opened(Path(sys.argv[1])) as source:
    print(source.folder, flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_nothing_is_left_after_a_signal(tmp_path: Path, packed: Path, encrypt: Encrypt, number: signal.Signals) -> None:
    path = encrypt(packed, SECRET)
    environment = {**os.environ, **ENVIRONMENT, "PYTHONPATH": str(Path(__file__).parents[3]), "TMPDIR": str(tmp_path)}
    command = [sys.executable, "-c", WAIT, str(path)]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        folder = Path(process.stdout.readline().strip())
        assert (folder / "data" / "intents.csv").exists()
        process.send_signal(number)
        _, said = process.communicate(timeout=30)
    assert process.returncode == (-number if number == signal.SIGINT else 128 + number)
    assert not folder.parent.exists()
    assert SECRET not in said
