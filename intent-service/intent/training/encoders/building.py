"""Builds the encoder that a model is trained on, in the form in which it will be served."""

from pathlib import Path

from intent.card import Encoding
from intent.training.encoders.exporting import write
from intent.training.encoders.finetuning import finetune
from intent.training.encoders.networks import Network
from intent.training.encoders.sources import load, shown
from intent.training.encoding import Built, Lesson, Tell


def build(name: str, finetuned: bool, folder: Path, lesson: Lesson, tell: Tell) -> Built:
    """Write the encoder `name` to `folder`, as it is or fine-tuned by the lesson; raises EncoderError."""
    network = Network(load(name))
    head = finetune(network, lesson, tell) if finetuned else None
    encoder = write(network, folder)
    encoding = Encoding(source=shown(name), finetuned=finetuned, weights_sha256=network.weights_sha256())
    return Built(folder, encoder, encoding, head)
