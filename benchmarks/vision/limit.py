"""The limit in the process: decode, preprocess and compute in a loop on all cores, without HTTP."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import cycle, islice
from multiprocessing import get_context
from pathlib import Path
from time import monotonic, sleep
from typing import Final

import numpy as np

from vision.classifier import Classifier
from vision.models.card import ONNX_NAME, load_card
from vision.pipeline import prepare
from vision.settings import usable_cores

BATCHES: Final = (1, 4, 8)
PAUSE_SECONDS: Final = 2
START_SECONDS: Final = 8
"""All processes have loaded the model by then, and are warm."""
MAX_PIXELS: Final = 50_000_000


def limit_of(folder: Path, photos: Sequence[bytes], seconds: float) -> dict[int, float]:
    """Return images per second by the size of the batches.

    Each core has a process, so that none waits for another's lock, and each computes the photos that it decoded.
    """
    cores = usable_cores()
    with ProcessPoolExecutor(cores, get_context("spawn")) as pool:
        begin = monotonic() + START_SECONDS
        running = [pool.submit(_loops, folder, list(photos), begin, seconds) for _ in range(cores)]
        speeds = [each.result() for each in running]
    return {batch: sum(of_core[batch] for of_core in speeds) for batch in BATCHES}


def _loops(folder: Path, photos: Sequence[bytes], begin: float, seconds: float) -> dict[int, float]:
    """Return the images per second of one core; the cores change the size of the batches at the same time."""
    card = load_card(folder)
    model = Classifier(card, folder / ONNX_NAME, threads=1)
    rest = cycle(photos)

    def compute(batch: int) -> None:
        model.compute(np.stack([prepare(data, card, MAX_PIXELS).image for data in islice(rest, batch)]))

    speeds = {}
    for number, batch in enumerate(BATCHES):
        compute(batch)
        start = begin + number * (seconds + PAUSE_SECONDS)
        if monotonic() > start:
            raise RuntimeError(f"a process was not ready after {START_SECONDS} s")
        sleep(start - monotonic())
        computed = 0
        while monotonic() < start + seconds:
            compute(batch)
            computed += batch
        speeds[batch] = computed / (monotonic() - start)
    return speeds
