"""The files are the same for the same arguments, hold what was composed, and can be read as data."""

import csv
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from intent.training.chatbot.generating import DATA, FLIPPED, generate
from intent.training.chatbot.intents import INTENTS
from intent.training.data.reading import read

PROGRAM = """
import sys
from pathlib import Path
from intent.training.chatbot.generating import generate
generate(Path(sys.argv[1]), rows=600, seed=7)
"""


def hashes(folder: Path) -> list[str]:
    return [hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in (DATA, FLIPPED)]


def test_another_process_writes_the_same_bytes(tmp_path: Path) -> None:
    generate(tmp_path / "here", rows=600, seed=7)
    for hash_seed in ("0", "1234"):
        there = tmp_path / hash_seed
        environment = os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(sys.path)}
        subprocess.run([sys.executable, "-c", PROGRAM, str(there)], env=environment, check=True, timeout=60)
        assert hashes(there) == hashes(tmp_path / "here")


def test_another_seed_writes_others(tmp_path: Path) -> None:
    generate(tmp_path / "a", rows=200, seed=0)
    generate(tmp_path / "b", rows=200, seed=1)
    assert hashes(tmp_path / "a") != hashes(tmp_path / "b")


def test_each_line_has_the_fields(tmp_path: Path) -> None:
    generate(tmp_path, rows=300)
    data = (tmp_path / DATA).read_bytes()
    assert data.endswith(b"\n")
    assert b"\r" not in data
    rows = [json.loads(line) for line in data.decode().splitlines()]
    assert len(rows) == 300
    assert {tuple(row) for row in rows} == {("id", "text", "intent", "split", "language")}
    assert {row["intent"] for row in rows} == {*INTENTS, None}


def test_what_was_flipped_is_told(tmp_path: Path) -> None:
    generate(tmp_path / "noisy", rows=1000, noise=0.1)
    generate(tmp_path / "clean", rows=1000, noise=0)
    noisy, clean = (
        {row["id"]: row for row in map(json.loads, (tmp_path / name / DATA).read_text("utf-8").splitlines())}
        for name in ("noisy", "clean")
    )
    with (tmp_path / "noisy" / FLIPPED).open(newline="") as file:
        told = {row["id"]: (row["given"], row["true"]) for row in csv.DictReader(file)}
    different = {each for each in noisy if noisy[each] != clean[each]}
    assert told == {each: (noisy[each]["intent"], clean[each]["intent"]) for each in different}
    in_training = sum(row["split"] == "training" and row["intent"] is not None for row in clean.values())
    assert len(told) == round(0.1 * in_training)
    assert (tmp_path / "clean" / FLIPPED).read_text() == "id,given,true\n"


def test_the_file_and_the_folder_are_read_alike(tmp_path: Path) -> None:
    generate(tmp_path, rows=600)
    folder, file = read(tmp_path), read(tmp_path / DATA)
    assert folder.sha256 == file.sha256 == hashes(tmp_path)[0]
    for part, count in ((folder.training, 396), (folder.validation, 72), (folder.testing, 72)):
        in_scope = [example for example in part if example.label is not None]
        assert {example.label for example in in_scope} == set(INTENTS)
        assert len(in_scope) == count


def test_out_of_scope_rows_are_read_as_such(tmp_path: Path) -> None:
    generate(tmp_path, rows=600)
    data = read(tmp_path)
    assert not data.rejected
    parts = (data.training, data.validation, data.testing)
    assert [sum(example.label is None for example in part) for part in parts] == [24, 18, 18]


def test_what_cannot_be_made_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="rows"):
        generate(tmp_path / "x", rows=99)
    with pytest.raises(ValueError, match="noise"):
        generate(tmp_path / "x", noise=0.6)
    assert not (tmp_path / "x").exists()
