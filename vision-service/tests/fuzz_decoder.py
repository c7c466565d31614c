"""Mutates image files of every accepted format and feeds them to the decoder: `python fuzz_decoder.py SEED COUNT`.

Prints, as JSON, how the files ended, the most CPU seconds that one took, and how the memory grew over the second half.
A process of its own, so that a crash of the decoder is an exit status.
"""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from time import thread_time
from typing import Any, Final
from zlib import crc32

from PIL import Image

from shared.images.decoding import decode
from shared.images.refusals import BrokenImageError, NotAnImageError, TooManyPixelsError
from shared.images.testing import encoded, smooth_and_noisy
from vision.preprocessing import preprocess

MAX_PIXELS: Final = 4_000_000
VARIANTS: Final[dict[str, list[tuple[str, dict[str, Any]]]]] = {
    "JPEG": [("RGB", {}), ("RGB", {"progressive": True}), ("L", {}), ("CMYK", {}), ("RGB", {"subsampling": 2})],
    "PNG": [("RGB", {}), ("RGBA", {}), ("P", {}), ("1", {}), ("I;16", {}), ("LA", {"optimize": True})],
    "WEBP": [("RGB", {}), ("RGBA", {"lossless": True}), ("RGB", {"quality": 20})],
    "GIF": [("P", {}), ("P", {"save_all": True, "append_images": [Image.new("P", (40, 30), 3)]})],
    "BMP": [("RGB", {}), ("L", {}), ("P", {}), ("1", {})],
    "TIFF": [
        ("RGB", {}),
        ("RGB", {"compression": "tiff_lzw"}),
        ("RGB", {"compression": "jpeg"}),
        ("1", {"compression": "group4"}),
        ("CMYK", {"compression": "tiff_adobe_deflate"}),
        ("F", {}),
    ],
}


def seeds() -> Iterator[tuple[str, bytes]]:
    """Yield a small file of each format and variant."""
    photo = smooth_and_noisy().resize((96, 72))
    for image_format, variants in VARIANTS.items():
        for mode, options in variants:
            yield (
                image_format,
                encoded(photo.convert("L" if mode == "I;16" else "RGB").convert(mode), image_format, **options),
            )


def flip(random: Random, data: bytearray) -> None:
    """Flip single bits."""
    for _ in range(random.randint(1, 8)):
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)


def overwrite(random: Random, data: bytearray) -> None:
    """Write bytes that parsers find special, most of them near the beginning, where the structure is."""
    for _ in range(random.randint(1, 4)):
        place = min(int(random.expovariate(1 / 64)), len(data) - 1)
        data[place : place + 4] = random.choice(
            [b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\x80\0\0\0", b"\0\0\xff\xff", random.randbytes(4)]
        )


def cut(random: Random, data: bytearray) -> None:
    """Cut the end off, or a part out."""
    start = random.randrange(len(data))
    del data[start : None if random.random() < 0.5 else start + random.randint(1, 64)]


def repeat(random: Random, data: bytearray) -> None:
    """Insert a part of the file again somewhere else, a few times."""
    start = random.randrange(len(data))
    part = data[start : start + random.randint(1, 512)]
    place = random.randrange(len(data))
    data[place:place] = part * random.randint(1, 20)


MUTATIONS: Final[list[Callable[[Random, bytearray], None]]] = [flip, overwrite, cut, repeat]


def mutated(random: Random, data: bytes) -> bytes:
    """Return the file with one to three mutations."""
    changed = bytearray(data)
    for mutate in random.choices(MUTATIONS, k=random.randint(1, 3)):
        mutate(random, changed)
        if not changed:
            break
    return bytes(changed)


def mended(data: bytes) -> bytes:
    """Return a PNG with the checksums that its chunks should have, so that what is damaged is also read."""
    whole, place = bytearray(data), 8
    while 0 < place + 12 <= len(whole):
        end = place + 8 + int.from_bytes(whole[place : place + 4], "big")
        whole[end : end + 4] = crc32(whole[place + 4 : end]).to_bytes(4, "big")
        place = end + 4
    return bytes(whole)


def outcome(data: bytes) -> str:
    """Decode the file; only the three refusals may come instead of an image."""
    try:
        image = decode(data, MAX_PIXELS)
        preprocess(image, 256, 224, (0.5, 0.5, 0.5), (0.2, 0.2, 0.2))
    except (BrokenImageError, NotAnImageError, TooManyPixelsError) as error:
        return type(error).__name__
    return "decoded"


def resident_bytes() -> int:
    """Return how much memory the process holds."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096


def main(seed: int, count: int) -> None:
    """Try `count` files."""
    random, files = Random(seed), list(seeds())  # noqa: S311 to be repeated
    ends: Counter[str] = Counter()
    slowest, half = 0.0, 0
    for number in range(count):
        image_format, data = files[number % len(files)]
        changed = mutated(random, data)
        if image_format == "PNG" and random.random() < 0.5:
            changed = mended(changed)
        started = thread_time()
        ends[f"{image_format} {outcome(changed)}"] += 1
        slowest = max(slowest, thread_time() - started)
        if number == count // 2:
            half = resident_bytes()
    print(json.dumps({"ends": ends, "slowest": slowest, "growth": resident_bytes() - half}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
