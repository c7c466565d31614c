"""What the service measures of itself, for `/metrics`."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from opentelemetry.metrics import CallbackOptions, Meter, Observation

from intent.scoring import Verdict

_SECONDS: Final = (0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
_TEXTS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


class Instruments:
    """The service's own metrics, among those of `meter`."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._texts = meter.create_counter("intent.texts", unit="{text}", description="Texts that were scored")
        self._out_of_scope = meter.create_counter(
            "intent.out_of_scope", unit="{text}", description="Texts of which the model says that it knows no intent"
        )
        self._seconds = meter.create_histogram(
            "intent.scoring.duration",
            unit="s",
            description="From the texts of a request to their labels, without the wait for a thread",
            explicit_bucket_boundaries_advisory=_SECONDS,
        )
        self._sizes = meter.create_histogram(
            "intent.request.texts",
            unit="{text}",
            description="Texts that came together",
            explicit_bucket_boundaries_advisory=_TEXTS,
        )

    def record(self, version: str, verdicts: Sequence[Verdict], seconds: float) -> None:
        """Count what the model says of one request's texts, and the `seconds` that took."""
        of_model = {"version": version}
        self._texts.add(len(verdicts), of_model)
        self._out_of_scope.add(sum(verdict.out_of_scope is True for verdict in verdicts), of_model)
        self._seconds.record(seconds, of_model)
        self._sizes.record(len(verdicts))

    def observe_queue(self, read: Callable[[], int]) -> None:
        """Show how many requests have a place whenever the metrics are read."""

        def observations(_: CallbackOptions) -> Iterable[Observation]:
            yield Observation(read())

        self._meter.create_observable_gauge(
            "intent.queue.depth", [observations], unit="{request}", description="Requests that have a place"
        )
