"""A whole run: the same again for the same seed, nothing confidential kept, and served as it was judged."""

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from shutil import which
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from intent import classifier
from intent.card import EXAMPLES, METRICS, REPORT, TENSORS
from intent.training.__main__ import summary
from intent.training.chatbot.generating import generate
from intent.training.data.reading import read
from intent.training.data.refusals import DataError
from intent.training.data.splitting import split
from intent.training.running import run


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    generate(folder, rows=800)
    return folder


@pytest.fixture(scope="module")
def model(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run(data, None, tmp_path_factory.mktemp("models"), 0, print).folder


def test_the_same_data_and_seed_give_the_same_model_in_another_process(data: Path, model: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "intent.training", "run", "--data", str(data), "--out", str(tmp_path)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONHASHSEED": "7"}
    )
    again = Path(done.stdout.strip())
    assert again.name == model.name
    assert (again / TENSORS).read_bytes() == (model / TENSORS).read_bytes()
    assert json.loads((again / METRICS).read_text()) == json.loads((model / METRICS).read_text())


def test_what_is_served_scores_as_what_was_judged(data: Path, model: Path) -> None:
    served = classifier.load(model)
    examples = [example for example in split(read(data), 0).testing if example.label is not None]
    scored = served.score([example.text for example in examples])
    predicted = [served.card.labels[number] for number in scored.probabilities.argmax(axis=1)]
    accuracy = np.mean([label == example.label for label, example in zip(predicted, examples)])
    assert accuracy == pytest.approx(json.loads((model / METRICS).read_text())["accuracy"]["value"])
    assert served.card.accuracy == pytest.approx(accuracy)
    assert accuracy > 0.8
    assert served.card.scope_threshold is not None


def test_a_text_alone_scores_as_among_others(model: Path) -> None:
    served = classifier.load(model)
    texts = ["where is my order?", "", "je veux un remboursement", "x" * 5000]
    together = served.score(texts)
    for number, text in enumerate(texts):
        alone = served.score([text])
        assert alone.probabilities[0] == pytest.approx(together.probabilities[number], abs=1e-12)
        assert alone.scope[0] == pytest.approx(together.scope[number], abs=1e-12)


def test_the_report_needs_nothing_else(model: Path) -> None:
    html = (model / REPORT).read_text()
    assert "http" not in html.replace("http://www.w3.org", "")
    assert "<script" not in html


@pytest.mark.skipif(which("gpg") is None, reason="gpg is not installed")
def test_nothing_of_encrypted_texts_is_kept(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with tarfile.open(tmp_path / "data.tgz", "w:gz") as archive:
        archive.add(data / "chatbot.jsonl", "chatbot.jsonl")
    home = tmp_path / "gnupg"
    home.mkdir(mode=0o700)
    command = ["gpg", "--homedir", str(home), "--batch", "--pinentry-mode", "loopback", "--passphrase", "open sesame"]
    subprocess.run([*command, "-c", str(tmp_path / "data.tgz")], check=True, capture_output=True)
    monkeypatch.setenv("DATA_PASSPHRASE", "open sesame")
    folder = run(tmp_path / "data.tgz.gpg", None, tmp_path / "models", 0, print).folder
    assert not (folder / EXAMPLES).exists()
    kept = b"".join(path.read_bytes() for path in folder.iterdir())
    assert b"open sesame" not in kept
    texts = [example.text for part in (read(data).training, read(data).testing) for example in part]
    assert not [text for text in texts if len(text) > 12 and text.encode() in kept]


def test_one_label_is_no_classifier(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text('{"text": "a", "label": "x"}\n{"text": "b", "label": "x"}\n')
    with pytest.raises(DataError, match="needs two"):
        run(file, None, tmp_path / "models", 0, print)


def test_numbers_stay_numbers_and_a_label_with_one_example_is_served(tmp_path: Path) -> None:
    rows = ["text,label", "hello there,1", "hi there,1", "good morning,1", "goodbye now,26", "bye bye,26", "see you,26"]
    (tmp_path / "data.csv").write_text("\n".join([*rows, "what is the time,7"]))
    served = classifier.load(run(tmp_path / "data.csv", None, tmp_path / "models", 0, print).folder)
    assert list(served.card.labels) == [1, 7, 26]
    assert served.card.scope_threshold is None


def test_other_labels_make_another_version_beside_the_first(tmp_path: Path) -> None:
    rows = "text,label\ncancel it,{0}\ncancel that,{0}\nwhere is it,z\nwhere is that,z\n"
    for name in ("a", "b"):
        (tmp_path / f"{name}.csv").write_text(rows.format(name))
        run(tmp_path / f"{name}.csv", None, tmp_path / "models", 0, print)
    labels = [classifier.load(folder).card.labels for folder in (tmp_path / "models").iterdir()]
    assert sorted(map(tuple, labels)) == [("a", "z"), ("b", "z")]


@pytest.mark.parametrize(
    "name", [r"$\frac{1}{0}", "costs $5 to $9", "[/b]", "漢字", "<script>alert(1)</script>", "\ufffe"]
)
def test_any_label_can_be_drawn_and_reported(name: str, tmp_path: Path) -> None:
    rows = [{"text": f"cancel it {number}", "label": name} for number in range(8)]
    rows += [{"text": f"where is it {number}", "label": "other"} for number in range(8)]
    (tmp_path / "data.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    folder = run(tmp_path / "data.jsonl", None, tmp_path / "models", 0, print).folder
    ET.parse(folder / "confusion.svg")  # noqa: S314 our own
    assert "<script" not in (folder / REPORT).read_text()


def test_rows_for_testing_with_other_labels_are_told(tmp_path: Path) -> None:
    rows = [("cancel it", "a", "train"), ("cancel that", "a", "train"), ("where is it", "b", "train")]
    rows += [("cancel", "a", "test"), ("something new", "c", "test")]
    lines = [json.dumps({"text": text, "label": label, "split": part}) for text, label, part in rows]
    (tmp_path / "data.jsonl").write_text("\n".join(lines))
    evaluation = run(tmp_path / "data.jsonl", None, tmp_path / "models", 0, print).evaluation
    assert evaluation is not None
    assert (evaluation.rows, evaluation.unknown) == (1, 1)
    assert "Not counted: 1 rows" in summary(evaluation)[-1]


def test_a_folder_that_cannot_be_written_to_is_told_before_the_work(data: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    steps: list[str] = []
    with pytest.raises(OSError, match="file"):
        run(data, None, tmp_path / "file", 0, steps.append)
    assert steps == []


def test_a_path_with_marks_of_a_terminal_is_told_as_it_is(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "intent.training", "inspect", "--data", str(tmp_path / "[/missing].csv")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "[/missing].csv" in done.stderr
    assert "Traceback" not in done.stderr
