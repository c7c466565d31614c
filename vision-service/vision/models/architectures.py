"""The architectures that can be prepared, as torchvision knows them."""

from dataclasses import dataclass

import vision.models.operators  # noqa: F401 torchvision does not import everywhere without it

# isort: split
import torch
from torchvision.models import WeightsEnum, get_model, get_model_weights

SHA256_PREFIXES = {
    "resnet18": "f37072fd",
    "mobilenet_v2": "b03531047ffacf1e2488318dcd2aba1126cde36e3bfe1aa5cb07700aeeee9889",
}
WEIGHTS_NAME = "IMAGENET1K_V1"


@dataclass(frozen=True)
class Preprocessing:
    """What torchvision does to an image before it shows it to the model."""

    resize_size: int
    crop_size: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]


def url_of(name: str) -> str:
    """Return where the authors publish the weights of the architecture `name`."""
    url: str = _weights(name).url
    return url


def labels_of(name: str) -> tuple[str, ...]:
    """Return the names of the 1,000 classes in the order of the logits."""
    return tuple(_weights(name).meta["categories"])


def preprocessing_of(name: str) -> Preprocessing:
    """Return the sizes and the statistics that the weights were evaluated with."""
    transforms = _weights(name).transforms()
    return Preprocessing(
        resize_size=transforms.resize_size[0],
        crop_size=transforms.crop_size[0],
        mean=tuple(transforms.mean),
        std=tuple(transforms.std),
    )


def build(name: str, state: dict[str, torch.Tensor]) -> torch.nn.Module:
    """Return the network with the weights `state`, ready to evaluate."""
    network: torch.nn.Module = get_model(name, weights=None)
    network.load_state_dict(state)
    return network.eval()


def _weights(name: str) -> WeightsEnum:
    return get_model_weights(name)[WEIGHTS_NAME]
