"""Greyscale, palettes, transparency, print colours and deep pixels become 8-bit RGB."""

import numpy as np
import pytest
from PIL import Image

from shared.images.decoding import decode
from shared.images.testing import Encode


def colour_at(data: bytes, place: tuple[int, int]) -> tuple[int, ...]:
    image = decode(data, 10_000)
    assert image.mode == "RGB"
    pixel = image.getpixel(place)
    assert isinstance(pixel, tuple)
    return tuple(int(value) for value in pixel)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_white_stays_white_in_every_mode(mode: str, encode: Encode) -> None:
    assert colour_at(encode(Image.new("RGB", (8, 8), "white").convert(mode), "PNG"), (3, 3)) == (255, 255, 255)


def test_greyscale_has_three_equal_channels(encode: Encode) -> None:
    assert colour_at(encode(Image.new("L", (8, 8), 90), "PNG"), (3, 3)) == (90, 90, 90)


@pytest.mark.parametrize("image_format", ["PNG", "TIFF"])
def test_sixteen_bits_are_scaled_and_not_clipped(image_format: str, encode: Encode) -> None:
    ramp = np.repeat(np.arange(256, dtype=np.uint16) * 257, 4).reshape(32, 32)
    decoded = np.asarray(decode(encode(Image.fromarray(ramp), image_format), 10_000))
    assert np.array_equal(decoded[..., 0], ramp // 257)


@pytest.mark.parametrize("kind", [np.int32, np.float32])
def test_deep_pixels_are_stretched(kind: type[np.int32 | np.float32], encode: Encode) -> None:
    values = np.linspace(-1000, 100_000, 64).reshape(8, 8).astype(kind)
    decoded = np.asarray(decode(encode(Image.fromarray(values), "TIFF"), 10_000))
    assert (decoded.min(), decoded.max()) == (0, 255)
    assert abs(int(decoded[4, 0, 0]) - 129) <= 1


def test_deep_pixels_need_not_be_numbers_or_differ(encode: Encode) -> None:
    odd = np.full((8, 8), np.nan, np.float32)
    odd[0, 0], odd[0, 1] = np.inf, -np.inf
    flat = np.zeros((8, 8), np.float32)
    for values in [odd, flat]:
        assert colour_at(encode(Image.fromarray(values), "TIFF"), (0, 0)) == (0, 0, 0)


def test_transparent_is_white(encode: Encode) -> None:
    for colour, expected in {(0, 0, 0, 0): 255, (0, 0, 0, 128): 127, (0, 0, 0, 255): 0}.items():
        pixel = colour_at(encode(Image.new("RGBA", (8, 8), colour), "PNG"), (3, 3))
        assert pixel == (expected, expected, expected)


@pytest.mark.parametrize("image_format", ["PNG", "GIF"])
def test_a_transparent_palette_entry_is_white(image_format: str, encode: Encode) -> None:
    image = Image.new("P", (8, 8), 1)
    image.putpalette([0, 0, 0, 200, 10, 10])
    image.putpixel((0, 0), 0)
    data = encode(image, image_format, transparency=0)
    assert colour_at(data, (0, 0)) == (255, 255, 255)
    assert colour_at(data, (5, 5)) == (200, 10, 10)


def test_a_transparent_colour_of_an_opaque_image_is_white(encode: Encode) -> None:
    assert colour_at(encode(Image.new("RGB", (8, 8), (1, 2, 3)), "PNG", transparency=(1, 2, 3)), (4, 4)) == (255,) * 3


@pytest.mark.parametrize("image_format", ["JPEG", "TIFF"])
def test_print_colours_are_not_inverted(image_format: str, encode: Encode) -> None:
    cyan, paper = (colour_at(encode(Image.new("CMYK", (16, 16), ink), image_format), (8, 8)) for ink in INKS)
    assert cyan[0] < 30
    assert min(cyan[1:]) > 220
    assert min(paper) > 250


INKS = ((255, 0, 0, 0), (0, 0, 0, 0))
