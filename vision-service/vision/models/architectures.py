"""The architectures that can be prepared, as torchvision knows them: all its classifiers, with any of their weights."""

import difflib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, cast
from urllib.parse import urlsplit

import shared.torch_operators  # noqa: F401 torchvision does not import everywhere without it

# isort: split
import torch
import torchvision
from torchvision.models import WeightsEnum, get_model, get_model_weights, list_models

from vision.models.card import Interpolation

OWN_WEIGHTS = {"resnet18": "IMAGENET1K_V1", "mobilenet_v2": "IMAGENET1K_V1"}
"""For the others torchvision's own default; these two are the service's, whose answers are not to change with it."""

SHA256_PREFIXES = {"mobilenet_v2": "b03531047ffacf1e2488318dcd2aba1126cde36e3bfe1aa5cb07700aeeee9889"}
"""Where more of it is known than torchvision's file names tell."""


class UnknownArchitectureError(Exception):
    """torchvision has no such classifier, or no such weights for it; the text names what it has."""


@dataclass(frozen=True)
class Preprocessing:
    """What torchvision does to an image before it shows it to the model."""

    resize_size: int
    crop_size: int
    interpolation: Interpolation
    mean: tuple[float, float, float]
    std: tuple[float, float, float]


@dataclass(frozen=True)
class Architecture:
    """One of torchvision's networks with one of its weights."""

    name: str
    member: WeightsEnum

    @property
    def weights(self) -> str:
        """The weights' name."""
        return str(self.member.name)

    @property
    def url(self) -> str:
        """Where the authors publish the weights."""
        return str(self.member.url)

    @property
    def file_name(self) -> str:
        """What torch calls the file of weights in its cache."""
        return PurePosixPath(urlsplit(self.url).path).name

    @property
    def sha256_prefix(self) -> str:
        """What the sha256 of the weights begins with; torch's file names end with eight digits of it, or more."""
        (found,) = re.findall(r"-([0-9a-f]{8,})\.", self.file_name)
        known = SHA256_PREFIXES.get(self.name, "")
        return known if known.startswith(found) else str(found)

    @property
    def labels(self) -> tuple[str, ...]:
        """The classes' names, in the order of the logits."""
        return tuple(self.member.meta["categories"])

    @property
    def preprocessing(self) -> Preprocessing:
        """The sizes and the statistics that the weights were evaluated with."""
        transforms = self.member.transforms()
        return Preprocessing(
            resize_size=transforms.resize_size[0],
            crop_size=transforms.crop_size[0],
            interpolation=cast("Interpolation", transforms.interpolation.value),
            mean=tuple(transforms.mean),
            std=tuple(transforms.std),
        )

    def build(self, state: dict[str, torch.Tensor]) -> torch.nn.Module:
        """Return the network with the weights `state`, ready to evaluate."""
        with _instead_of_downloads(state):
            network: torch.nn.Module = get_model(self.name, weights=self.member)
        return network.eval()


def architecture_of(name: str, weights: str | None = None) -> Architecture:
    """Return the classifier `name` with `weights`, or with its default ones; raises UnknownArchitectureError."""
    names = list_models(module=torchvision.models)
    if name not in names:
        near = difflib.get_close_matches(name, names, n=5)
        raise UnknownArchitectureError(f"torchvision has no classifier {name!r}; near are {', '.join(near) or names}")
    members = {key: one for key, one in get_model_weights(name).__members__.items() if one.meta.get("categories")}
    chosen = weights or OWN_WEIGHTS.get(name, "DEFAULT")
    if chosen not in members:
        raise UnknownArchitectureError(f"{name} has no weights {chosen!r}; it has {', '.join(members)}")
    return Architecture(name, members[chosen])


@contextmanager
def _instead_of_downloads(state: dict[str, torch.Tensor]) -> Iterator[None]:
    """Make torchvision load `state`: only its own builders know what else the weights of a network need."""
    download = WeightsEnum.get_state_dict

    def give(*_: Any, **__: Any) -> dict[str, torch.Tensor]:  # noqa: ANN401 what torch.hub takes
        return dict(state)

    WeightsEnum.get_state_dict = give
    try:
        yield
    finally:
        WeightsEnum.get_state_dict = download
