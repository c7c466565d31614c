"""The configuration while the gateway runs: a changed file is taken over, a bad one is not."""

import asyncio
from collections.abc import Callable
from typing import Final, NoReturn

import structlog

from gateway.configuration import Configuration, ConfigurationError
from gateway.file_marks import Mark, mark_of
from gateway.measures import Measures
from gateway.settings import Settings

POLL_SECONDS: Final = 0.5
_log = structlog.get_logger(source="configuration")


class Reloader:
    """Reads the file of `settings` again when it is another, or when it is told to, and hands it to `apply`."""

    def __init__(
        self, settings: Settings, apply: Callable[[Configuration], None], measures: Measures, mark: Mark | None
    ) -> None:
        """Take the `mark` that the file had before it was read first."""
        self.problem: str | None = None
        """Why the file as it is now is not in use."""
        self._settings = settings
        self._apply = apply
        self._measures = measures
        self._mark = self._seen = mark

    def reload(self) -> None:
        """Take over the file as it is now, or go on with what was read last."""
        self._mark = self._seen = mark_in_use(self._settings)
        try:
            self._apply(self._settings.configuration())
        except ConfigurationError as error:
            self._refuse(str(error))
        except Exception:  # noqa: BLE001 if the watch ended here, nothing could be changed any more
            _log.exception("the configuration could not be read")
            self._refuse(f"{self._settings.config_file} could not be taken over; the gateway's log has the cause")
        else:
            self.problem = None
            self._measures.reloads.labels("taken over").inc()
            _log.info("configuration taken over", file=str(self._settings.config_file))

    async def watch(self) -> NoReturn:
        """Look twice a second whether the file is another; ends by cancelling."""
        while True:
            await asyncio.sleep(POLL_SECONDS)
            self.look()

    def look(self) -> None:
        """Take over a file that is another than the one in use, once it is the same as at the last look.

        One that changed since may be half written.
        """
        before, self._seen = self._seen, mark_in_use(self._settings)
        if self._seen == before != self._mark:
            self.reload()

    def _refuse(self, reason: str) -> None:
        self.problem = reason
        self._measures.reloads.labels("refused").inc()
        _log.error("the configuration was not taken over, the former stays", reason=reason)


def mark_in_use(settings: Settings) -> Mark | None:
    """Return the mark of the file of `settings`, None where there is none."""
    return mark_of(settings.config_file) if settings.config_file else None
