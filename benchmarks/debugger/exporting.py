"""A sentence encoder exported as the intent service does it."""

from pathlib import Path

from intent.encoder import Encoder
from intent.training.encoders.exporting import write
from intent.training.encoders.networks import Network
from intent.training.encoders.sources import load


def export(name: str, folder: Path) -> Encoder:
    """Write the encoder `name` to `folder`, as it is; raises EncoderError."""
    return write(Network(load(name)), folder)
