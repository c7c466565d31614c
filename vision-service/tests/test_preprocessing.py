"""The model's input is torchvision's own, value for value."""

import importlib
from pathlib import Path
from time import perf_counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from vision import preprocessing
from vision.preprocessing import Array, preprocess, resized_size

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
ONE_LEVEL = 1.01 / 255 / min(STD)


def ours(image: Image.Image) -> Array:
    return preprocess(image, 256, 224, MEAN, STD)


def torchvisions(image: Image.Image) -> Array:
    pytest.importorskip("torch")
    importlib.import_module("shared.torch_operators")
    models = importlib.import_module("torchvision.models")
    tensor: Array = models.ResNet18_Weights.IMAGENET1K_V1.transforms()(image).numpy()
    return tensor


def noise(width: int, height: int) -> Image.Image:
    return Image.fromarray(np.random.default_rng(width).integers(0, 256, (height, width, 3), dtype=np.uint8))


@pytest.mark.parametrize(
    "size",
    [(224, 224), (256, 256), (1, 1), (3, 2), (100, 37), (341, 256), (257, 600), (640, 479), (1, 16), (799, 50)],
)
def test_equal_to_torchvision(size: tuple[int, int]) -> None:
    image = noise(*size)
    assert ours(image).dtype == np.float32
    assert np.array_equal(ours(image), torchvisions(image))


@pytest.mark.parametrize("size", [(224, 224), (1, 1), (100, 37), (257, 600), (1, 16)])
def test_equal_to_torchvision_in_bicubic_interpolation(size: tuple[int, int]) -> None:
    pytest.importorskip("torch")
    efficientnet = importlib.import_module("vision.models.architectures").architecture_of("efficientnet_b0")
    image, wanted = noise(*size), efficientnet.preprocessing
    found = preprocess(image, wanted.resize_size, wanted.crop_size, wanted.mean, wanted.std, wanted.interpolation)
    assert wanted.interpolation == "bicubic"
    assert np.array_equal(found, efficientnet.member.transforms()(image).numpy())


@settings(max_examples=40, deadline=None)
@given(width=st.integers(1, 500), height=st.integers(1, 500))
def test_close_to_torchvision_for_any_size(width: int, height: int) -> None:
    image = noise(width, height)
    difference = np.abs(ours(image) - torchvisions(image)).max()
    whole = max(width, height) <= preprocessing.MAX_RESIZED_RATIO * min(width, height)
    assert difference <= (1e-6 if whole else ONE_LEVEL)


@pytest.mark.parametrize("size", [(2000, 50), (50, 2000), (1, 700), (3333, 100), (17, 1)])
def test_long_strips_are_off_by_one_level_at_most(size: tuple[int, int]) -> None:
    image = noise(*size)
    assert np.abs(ours(image) - torchvisions(image)).max() <= ONE_LEVEL


@pytest.mark.parametrize("size", [(1, 5_000_000), (5_000_000, 1), (1, 100_000), (7, 900_000)])
def test_the_longest_strips_cost_little(size: tuple[int, int]) -> None:
    image = Image.new("RGB", size, (124, 116, 104))
    started = perf_counter()
    prepared = ours(image)
    assert perf_counter() - started < 2
    assert prepared.shape == (3, 224, 224)
    assert np.abs(prepared).max() < 0.02


def test_photos_equal_torchvision(calibration_photos: list[Path]) -> None:
    for path in calibration_photos[::10]:
        with Image.open(path) as file:
            image = file.convert("RGB")
        assert np.array_equal(ours(image), torchvisions(image)), path.name


@given(width=st.integers(1, 10**8), height=st.integers(1, 10**8))
def test_the_shorter_side_decides(width: int, height: int) -> None:
    resized = resized_size(width, height, 256)
    assert min(resized) == 256
    assert max(resized) == int(256 * max(width, height) / min(width, height))
