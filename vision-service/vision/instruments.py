"""What the service measures of itself, for `/metrics` and for each answer's `Server-Timing`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from opentelemetry.metrics import CallbackOptions, Histogram, Meter, Observation

_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_BATCHES: Final = (1, 2, 3, 4, 6, 8, 12, 16, 32)


@dataclass(frozen=True, slots=True)
class Timings:
    """Where the time of one answer went, in seconds; all zero for one from the cache."""

    waiting: float = 0
    """Until a thread was free to decode the image."""
    decoding: float = 0
    queued: float = 0
    """Until the model was free."""
    inference: float = 0
    batch_size: int = 0

    def header(self) -> str:
        """Return the value of `Server-Timing`, in milliseconds."""
        if not self.batch_size:
            return 'cache;desc="hit"'
        stages = {
            "wait": self.waiting,
            "decode": self.decoding,
            "queue": self.queued,
            "inference": self.inference,
        }
        durations = ", ".join(f"{name};dur={seconds * 1000:.2f}" for name, seconds in stages.items())
        return f'{durations}, batch;desc="{self.batch_size}"'


class Instruments:
    """The service's own metrics, among those of `meter`."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._stages = {
            "decode": self._duration("decode", "From an image's bytes to the model's input"),
            "queue": self._duration("queue", "How long images wait for a thread and for the model"),
            "inference": self._duration("inference", "From the model's input to its output, of whole batches"),
        }
        self._batches = meter.create_histogram(
            "vision.batch.size",
            unit="{image}",
            description="Images that were computed together",
            explicit_bucket_boundaries_advisory=_BATCHES,
        )
        self._answers = meter.create_counter("vision.cache.lookups", description="Answers looked for in the cache")

    def record(self, timings: Timings) -> None:
        """Count one answer that was computed."""
        if timings.decoding:  # or it came decoded
            self._stages["decode"].record(timings.decoding)
        self._stages["queue"].record(timings.waiting + timings.queued)
        self._stages["inference"].record(timings.inference)
        self._batches.record(timings.batch_size)

    def record_lookup(self, *, hit: bool) -> None:
        """Count one look into the cache."""
        self._answers.add(1, {"result": "hit" if hit else "miss"})

    def observe(self, name: str, description: str, unit: str, read: Callable[[], int]) -> None:
        """Show what `read` returns whenever the metrics are read."""

        def observations(_: CallbackOptions) -> Iterable[Observation]:
            yield Observation(read())

        self._meter.create_observable_gauge(name, [observations], unit=unit, description=description)

    def _duration(self, stage: str, description: str) -> Histogram:
        return self._meter.create_histogram(
            f"vision.{stage}.duration", unit="s", description=description, explicit_bucket_boundaries_advisory=_SECONDS
        )
