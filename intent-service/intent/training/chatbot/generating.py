"""Writes the data set."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from intent.training.chatbot.noise import flipped, mislabel
from intent.training.chatbot.rows import Row, compose

DATA: Final = "chatbot.jsonl"
FLIPPED: Final = ".truth/flipped.csv"
"""In a hidden folder, which a reader of the whole folder passes over."""


def generate(folder: Path, rows: int = 2400, seed: int = 0, noise: float = 0.03) -> None:
    """Write `rows` messages to `folder`, and which of their intents are wrong: at a rate of `noise`, in training only.

    The same arguments give the same bytes everywhere. Raises ValueError when `rows` or `noise` is out of range, and
    OSError when the folder cannot be written to.
    """
    data = mislabel(compose(rows, seed), noise, seed)
    truth = folder / FLIPPED
    truth.parent.mkdir(parents=True, exist_ok=True)
    (folder / DATA).write_bytes("".join(map(_line, data)).encode())
    truth.write_bytes(_table(flipped(data)).encode())


def _line(row: Row) -> str:
    fields = {"id": row.id, "text": row.text, "intent": row.intent, "split": row.split, "language": row.language}
    return json.dumps(fields, ensure_ascii=False) + "\n"


def _table(rows: Sequence[Row]) -> str:
    return "id,given,true\n" + "".join(f"{row.id},{row.intent},{row.rule}\n" for row in rows)
