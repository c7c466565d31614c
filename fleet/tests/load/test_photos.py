"""The pictures are what any reader of PNG takes them for."""

import io

from PIL import Image

from fleet.load.photos import SIDE, photo


def test_a_picture_can_be_read_and_is_the_same_for_the_same_seed() -> None:
    with Image.open(io.BytesIO(photo("a"))) as image:
        image.load()
        assert (image.format, image.mode, image.size) == ("PNG", "RGB", (SIDE, SIDE))
    assert photo("a") == photo("a") != photo("b")
