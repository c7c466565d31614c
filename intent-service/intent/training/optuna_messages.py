"""What Optuna has to say, told where the rest of a run is told."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import optuna

Tell = Callable[[str], None]


class _Telling(logging.Handler):
    def __init__(self, tell: Tell) -> None:
        super().__init__()
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        # How trials end is told by the search itself.
        if record.name != "optuna.study._optimize":
            self._tell(record.getMessage())


@contextmanager
def messages_to(tell: Tell) -> Iterator[None]:
    """Let `tell` have Optuna's warnings, which it else writes to standard error."""
    logger, handler = logging.getLogger("optuna"), _Telling(tell)
    level = optuna.logging.get_verbosity()
    optuna.logging.disable_default_handler()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        optuna.logging.set_verbosity(level)
        optuna.logging.enable_default_handler()
