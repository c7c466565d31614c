"""What the images install has a hash, and is the version that everybody else has."""

import os
import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Final
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement

from deploy.supply.lock_hashes import BUILDS_MEMBERS, CONSTRAINTS, FOLDER, ROOT
from deploy.supply.third_party import third_party

_PIN: Final = re.compile(r"^([a-z0-9.-]+==[^ \\\n]+)", re.MULTILINE)
_BUILD_TOOLS: Final = {BUILDS_MEMBERS, "tomlkit", "trove-classifiers"}
MEMBERS: Final = (
    *("gateway", "catalog-service", "crystal-service", "vision-service[prepare]", "debugger-service"),
    "intent-service[encoder,encoder-training,search,training]",
)


def _pins(file: Path) -> set[str]:
    return set(_PIN.findall(file.read_text(encoding="utf-8")))


def _name(pin: str) -> str:
    return pin.partition("==")[0]


def test_the_hashed_versions_are_those_of_the_constraints() -> None:
    hashed = _pins(FOLDER / "hashes.txt") | _pins(FOLDER / "hashes-torch.txt")
    assert {pin for pin in hashed if _name(pin) not in _BUILD_TOOLS} == _pins(CONSTRAINTS), "make lock"


def test_everything_has_a_hash() -> None:
    for file in FOLDER.glob("hashes*.txt"):
        text = file.read_text(encoding="utf-8").replace("\\\n", " ")
        for line in text.splitlines():
            assert re.search(r"( --hash=sha256:[0-9a-f]{64}\b)+$", line), f"{file.name}: {line}"
        assert "://" not in text


def test_both_builds_of_torch_are_of_one_version() -> None:
    (default,), (cpu,) = _pins(FOLDER / "hashes-torch.txt"), _pins(FOLDER / "hashes-torch-cpu.txt")
    assert cpu == f"{default}+cpu"
    assert "torch" not in {_name(pin) for pin in _pins(FOLDER / "hashes.txt")}


def test_what_the_members_are_built_by_is_hashed() -> None:
    for file in ROOT.glob("*/pyproject.toml"):
        assert f'requires = ["{BUILDS_MEMBERS}"]' in file.read_text(encoding="utf-8")
    assert BUILDS_MEMBERS in {_name(pin) for pin in _pins(FOLDER / "hashes.txt")}


@pytest.mark.parametrize("member", MEMBERS)
def test_what_a_member_needs_is_pinned_and_no_member(member: str) -> None:
    pinned = {_name(pin) for pin in _pins(CONSTRAINTS)}
    needed = {Requirement(line).name for line in third_party([str(ROOT / "shared"), str(ROOT / member)])}
    assert needed <= pinned
    assert "fastapi" in needed


def test_extras_bring_what_they_name_and_an_extra_of_their_own() -> None:
    shared, intent = str(ROOT / "shared"), str(ROOT / "intent-service")
    plain = set(third_party([shared, intent]))
    assert not any(line.startswith(("torch", "onnxruntime")) for line in plain)
    training = set(third_party([shared, f"{intent}[encoder-training]"]))
    assert plain < training
    assert {"torch", "onnxruntime"} <= {Requirement(line).name for line in training}


def test_an_extra_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError, match="nothing"):
        third_party([f"{ROOT / 'shared'}[nothing]"])


@pytest.fixture
def small_wheel(tmp_path: Path) -> str:
    """The SHA-256 of a wheel of `small`, version 1.0, in `tmp_path`."""
    file = tmp_path / "small-1.0-py3-none-any.whl"
    with ZipFile(file, "w") as wheel:
        wheel.writestr("small.py", "")
        wheel.writestr("small-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: small\nVersion: 1.0\n")
        wheel.writestr("small-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("small-1.0.dist-info/RECORD", "")
    return sha256(file.read_bytes()).hexdigest()


def _pip(tmp_path: Path, hashes: str) -> subprocess.CompletedProcess[str]:
    """Let pip install, without an index, a wheel that lies in a folder."""
    (tmp_path / "hashes.txt").write_text(hashes, encoding="utf-8")
    command = [
        *(sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--find-links", str(tmp_path), "--target"),
        *(str(tmp_path / "target"), "--require-hashes", "--constraint", str(tmp_path / "hashes.txt"), "small>=1"),
    ]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env=environment | {"PIP_CONFIG_FILE": os.devnull}
    )


def test_pip_takes_a_constraint_s_hash_for_what_it_installs(tmp_path: Path, small_wheel: str) -> None:
    assert _pip(tmp_path, f"small==1.0 --hash=sha256:{small_wheel}").returncode == 0
    refused = _pip(tmp_path, f"small==1.0 --hash=sha256:{'0' * 64}")
    assert refused.returncode != 0
    assert "DO NOT MATCH THE HASHES" in refused.stderr


def test_pip_refuses_what_has_no_hash(tmp_path: Path, small_wheel: str) -> None:
    assert small_wheel
    refused = _pip(tmp_path, "other==1.0 --hash=sha256:" + "0" * 64)
    assert refused.returncode != 0
    assert "--require-hashes mode" in refused.stderr
