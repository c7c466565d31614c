"""How many batches at a time, with how many threads each and of how many images: measured, not guessed."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product
from time import perf_counter
from typing import Final

from vision.classifier import Classifier, blank

BATCHES: Final = (1, 2, 4, 8)
ROUNDS: Final = 3
"""Each choice is measured so often, in turn, and its best counts: what else the machine does makes it slower only."""
WORTH: Final = 1.05
"""A larger batch, in which images wait for each other, must be so many times faster than a smaller one."""


@dataclass(frozen=True)
class Tuning:
    """How many cores there are, and what an operator decides of a plan.

    What is None is measured, in about `seconds`; with 0 nothing is.
    """

    cores: int
    threads: int | None
    max_batch: int | None
    wait_seconds: float
    seconds: float


@dataclass(frozen=True)
class Speed:
    """What one choice came to."""

    threads: int
    max_batch: int
    images_per_second: float


@dataclass(frozen=True)
class Plan:
    """What was chosen: under load `concurrency` batches with `threads` cores each; `lone_threads` for a lone image."""

    concurrency: int
    threads: int
    max_batch: int
    lone_threads: int
    images_per_second: float | None = None
    """Under load; None where nothing was measured."""
    lone_milliseconds: float | None = None
    measured: Sequence[Speed] = ()


def choose(load: Callable[[int], Classifier], tuning: Tuning) -> Plan:
    """Return how to run the model that `load` returns with so many threads."""
    cores = tuning.cores
    if not tuning.seconds:
        threads = tuning.threads or 1
        return Plan(max(1, cores // threads), threads, tuning.max_batch or 1, threads)
    models = [load(count) for count in ([tuning.threads] if tuning.threads else thread_counts(cores))]
    choices = list(product(models, [tuning.max_batch] if tuning.max_batch else BATCHES))
    seconds = tuning.seconds / ROUNDS / (len(choices) + len(models))
    speeds = _best([[_speed(*choice, cores, seconds) for choice in choices] for _ in range(ROUNDS)])
    lone, lone_threads = min((_lone_seconds(model, seconds * ROUNDS), model.threads) for model in models)
    best = best_of(speeds)
    return Plan(
        concurrency=max(1, cores // best.threads),
        threads=best.threads,
        max_batch=best.max_batch,
        lone_threads=lone_threads,
        images_per_second=best.images_per_second,
        lone_milliseconds=round(lone * 1000, 2),
        measured=speeds,
    )


def thread_counts(cores: int) -> list[int]:
    """Return the powers of two below `cores`, and `cores`."""
    return [*(1 << power for power in range(cores.bit_length()) if 1 << power < cores), cores]


def best_of(speeds: Sequence[Speed]) -> Speed:
    """Return the fastest, or the smallest batch and the fewest threads that are nearly as fast."""
    fastest = max(speed.images_per_second for speed in speeds)
    good = (speed for speed in speeds if speed.images_per_second * WORTH >= fastest)
    return min(good, key=lambda speed: (speed.max_batch, speed.threads))


def _best(rounds: Sequence[Sequence[Speed]]) -> list[Speed]:
    return [max(speeds, key=lambda speed: speed.images_per_second) for speeds in zip(*rounds, strict=True)]


def _speed(model: Classifier, batch: int, cores: int, seconds: float) -> Speed:
    concurrency = max(1, cores // model.threads)
    images = blank(model.card, batch)

    def repeat(until: float) -> int:
        computed = 0
        while not computed or perf_counter() < until:
            model.compute(images)
            computed += batch
        return computed

    with ThreadPoolExecutor(concurrency) as threads:
        started = perf_counter()
        computed = sum(threads.map(repeat, [started + seconds] * concurrency))
        return Speed(model.threads, batch, round(computed / (perf_counter() - started), 1))


def _lone_seconds(model: Classifier, seconds: float) -> float:
    """Return the median time of one image."""
    image, times = blank(model.card, 1), list[float]()
    until = perf_counter() + seconds
    while not times or perf_counter() < until:
        started = perf_counter()
        model.compute(image)
        times.append(perf_counter() - started)
    return sorted(times)[len(times) // 2]
