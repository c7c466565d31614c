"""Where encoders come from, and what is said of what is none."""

import json
from pathlib import Path

import pytest

from intent.encoder import EncoderError
from intent.training.encoders.networks import Network
from intent.training.encoders.sources import MINILM, load, shown


def test_minilm_needs_no_download() -> None:
    assert Network(load(MINILM)).dimensions == 384


def test_a_folder_is_shown_without_where_it_is(folder: Path) -> None:
    assert shown(str(folder)) == folder.name
    assert shown("owner/name") == "owner/name"


def test_a_name_that_is_nothing_is_refused() -> None:
    with pytest.raises(EncoderError, match="is no folder; give one, `minilm`, or `owner/name`"):
        load("nothing of the kind")


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "bert"}))
    with pytest.raises(EncoderError, match="no sentence encoder that can be loaded"):
        load(str(tmp_path))


def test_a_pickle_of_weights_is_not_opened(folder: Path, tmp_path: Path) -> None:
    for file in folder.iterdir():
        if file.is_file() and file.name != "model.safetensors":
            (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "pytorch_model.bin").write_bytes((folder / "model.safetensors").read_bytes())
    with pytest.raises(EncoderError, match="no sentence encoder that can be loaded"):
        load(str(tmp_path))
