"""Passphrases are found and stay secret; what GnuPG encrypted is decrypted."""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from intent.training.data import decryption
from intent.training.data.decryption import Passphrase, decrypt, find_passphrase
from intent.training.data.refusals import DataError

SECRET = "correct hörse; battery $taple"

Encrypt = Callable[[Path, str], Path]


@pytest.fixture
def encrypted(tmp_path: Path, encrypt: Encrypt) -> Path:
    """A file that SECRET decrypts to 100 kB that are all alike."""
    (tmp_path / "clear").write_bytes(b"a" * 100_000)
    return encrypt(tmp_path / "clear", SECRET)


def passphrase(secret: str = SECRET) -> Passphrase:
    return find_passphrase({"DATA_PASSPHRASE": secret})


def target_in(folder: Path) -> Path:
    (folder / "target").mkdir()
    return folder / "target" / "clear"


def test_a_passphrase_comes_from_a_file_or_a_variable(tmp_path: Path) -> None:
    file = tmp_path / "passphrase"
    file.write_text(f"{SECRET}\r\n")
    both = {"DATA_PASSPHRASE_FILE": str(file), "DATA_PASSPHRASE": "other"}
    for environment in (both, {"DATA_PASSPHRASE_FILE": "", "DATA_PASSPHRASE": SECRET}):
        found = find_passphrase(environment)
        assert found.secret.get_secret_value() == SECRET.encode()
        assert SECRET not in repr(found)


@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        ({}, "set DATA_PASSPHRASE_FILE to a file with the passphrase, or DATA_PASSPHRASE to it"),
        ({"DATA_PASSPHRASE": "\n"}, None),
        ({"DATA_PASSPHRASE": "two\nlines"}, "must hold a single line"),
        ({"DATA_PASSPHRASE": "x" * 2_000}, "must hold a single line of at most 1,024 bytes"),
        ({"DATA_PASSPHRASE_FILE": "/absent"}, "/absent, which DATA_PASSPHRASE_FILE names, cannot be read"),
        ({"DATA_PASSPHRASE_FILE": "/dev/null"}, "the file that DATA_PASSPHRASE_FILE names holds no passphrase"),
    ],
)
def test_a_missing_passphrase_is_told(environment: Mapping[str, str], reason: str | None) -> None:
    with pytest.raises(DataError, match=reason) as refused:
        find_passphrase(environment)
    assert "two" not in str(refused.value)


def test_what_gpg_encrypted_is_decrypted(tmp_path: Path, encrypted: Path) -> None:
    target = target_in(tmp_path)
    decrypt(encrypted, target, passphrase())
    assert target.read_bytes() == b"a" * 100_000


@pytest.mark.parametrize(
    ("change", "secret", "reason"),
    [
        (bytes, "incorrect", "the passphrase from the variable DATA_PASSPHRASE is wrong, or the file is damaged"),
        (lambda content: content[:-40], SECRET, "or the file is damaged"),
        (lambda content: content[:-1] + bytes([content[-1] ^ 1]), SECRET, "or the file is damaged"),
        (lambda _: b"", SECRET, "no file that gpg wrote"),
        (lambda _: b"text,label\na,x\n", SECRET, "no file that gpg wrote"),
    ],
)
def test_what_cannot_be_decrypted_is_told(
    tmp_path: Path, encrypted: Path, change: Callable[[bytes], bytes], secret: str, reason: str
) -> None:
    encrypted.write_bytes(change(encrypted.read_bytes()))
    with pytest.raises(DataError, match=reason) as refused:
        decrypt(encrypted, target_in(tmp_path), passphrase(secret))
    assert "clear.gpg" in str(refused.value)
    assert secret not in str(refused.value)


def test_what_decrypts_to_too_much_is_refused(tmp_path: Path, encrypted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decryption, "MAX_UNPACKED_BYTES", 50_000)
    with pytest.raises(DataError, match="unpacks to more than"):
        decrypt(encrypted, target_in(tmp_path), passphrase())


def test_without_gpg_it_is_told_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DataError, match="install it"):
        decrypt(tmp_path / "clear.gpg", target_in(tmp_path), passphrase())


def test_neither_the_command_line_nor_the_environment_shows_the_passphrase(
    tmp_path: Path, encrypted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gpg = shutil.which("gpg")
    spy = tmp_path / "bin" / "gpg"
    spy.parent.mkdir()
    spy.write_text(f'#!/bin/sh\n{{ echo "$@"; env; }} > {tmp_path}/seen\nexec {gpg} "$@"\n')
    spy.chmod(0o755)
    monkeypatch.setenv("PATH", f"{spy.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("DATA_PASSPHRASE", SECRET)
    decrypt(encrypted, target_in(tmp_path), find_passphrase(os.environ))
    seen = (tmp_path / "seen").read_text()
    assert "--decrypt" in seen
    assert SECRET not in seen
    assert "DATA_PASSPHRASE" not in seen


def test_a_file_for_somebodys_key_is_told_apart(tmp_path: Path, encrypted: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    options = ["--batch", "--homedir", str(home), "--pinentry-mode=loopback", "--passphrase", ""]
    making = ["gpg", *options, "--quick-generate-key", "a@example.org", "default"]
    made = subprocess.run(making, check=False, capture_output=True)
    subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=False, capture_output=True)
    if made.returncode:
        pytest.skip("GnuPG makes no key here")
    encrypted.unlink()
    recipient = ["--trust-model", "always", "--recipient", "a@example.org", "--output", str(encrypted), "--encrypt"]
    subprocess.run(["gpg", *options, *recipient, tmp_path / "clear"], check=True, capture_output=True)
    with pytest.raises(DataError, match="made for somebody's key"):
        decrypt(encrypted, target_in(tmp_path), passphrase())
