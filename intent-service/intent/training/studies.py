"""Where a search is kept, so that several processes share it and a later one goes on with it."""

import warnings
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Final

from optuna import Study, create_study
from optuna.exceptions import ExperimentalWarning, StorageInternalError
from optuna.pruners import MedianPruner
from optuna.storages import BaseStorage, JournalStorage, RDBStorage
from optuna.storages.journal import JournalFileBackend
from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from intent.training.journal_lock import KernelLock
from intent.training.proposing import Proposing

DRIVER: Final = "postgresql+psycopg"
LOCK: Final = 5_203_117
"""The advisory lock of PostgreSQL under which tables and studies are made: two processes may be first at once."""
HEARTBEAT_SECONDS: Final = 10
STALE_SECONDS: Final = 60
"""In a database, after so long without a sign of life from its process a trial counts as failed."""


class StudyError(ValueError):
    """A study cannot be used; the text says why and what to do."""


@contextmanager
def opened(storage: str, study: str, data: str, seed: int) -> Iterator[Study]:
    """Yield the study of that name in `storage`, which is made if needed.

    `storage` is the URL of a PostgreSQL database, or the path of a file, which is for the processes of one machine.
    `data` is the hash of the rows. Raises StudyError when the study is of other rows or another seed, or when the
    database cannot be used.
    """
    with _postgres(_url(storage)) if "://" in storage else _file(Path(storage)) as (kept, making):
        with making:
            found = create_study(
                storage=kept,
                study_name=study,
                direction="maximize",
                load_if_exists=True,
                sampler=Proposing(seed),
                pruner=MedianPruner(),
            )
            _claim(found, {"data": data, "seed": seed})
        yield found


_Kept = tuple[BaseStorage, AbstractContextManager[None]]


def _url(storage: str) -> URL:
    try:
        url = make_url(storage)
    except ArgumentError as error:
        raise StudyError("the storage is no URL; write postgresql://user@host/database, or name a file") from error
    if url.get_backend_name() not in ("postgresql", "postgres"):
        raise StudyError(f"a search is kept in PostgreSQL or in a file, not in {url.get_backend_name()}")
    return url.set(drivername=DRIVER)


@contextmanager
def _postgres(url: URL) -> Iterator[_Kept]:
    try:
        with _locked(url):
            storage = _storage(url)
        try:
            yield storage, _locked(url)
        finally:
            storage.remove_session()
            storage.engine.dispose()
    except ModuleNotFoundError as error:
        raise StudyError(f"a search in PostgreSQL needs the package {error.name}: install psycopg[binary]") from error
    except (StorageInternalError, SQLAlchemyError) as error:
        cause = error.__cause__ or error
        raise StudyError(f"the search in {url.render_as_string()} stops: {cause}\nRun it again to go on") from error


def _storage(url: URL) -> RDBStorage:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExperimentalWarning)  # of the heartbeat
        return RDBStorage(
            url.render_as_string(hide_password=False),
            engine_kwargs={"pool_pre_ping": True},
            heartbeat_interval=HEARTBEAT_SECONDS,
            grace_period=STALE_SECONDS,
        )


@contextmanager
def _locked(url: URL) -> Iterator[None]:
    with create_engine(url, poolclass=NullPool).connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
        yield


@contextmanager
def _file(path: Path) -> Iterator[_Kept]:
    path.parent.mkdir(parents=True, exist_ok=True)
    yield JournalStorage(JournalFileBackend(str(path), KernelLock(str(path)))), nullcontext()


def _claim(study: Study, identity: Mapping[str, str | int]) -> None:
    """Write down what the study is of, or refuse when it is of something else."""
    for name, value in identity.items():
        before = study.user_attrs.get(name)
        if before is None:
            study.set_user_attr(name, value)
        elif before != value:
            other = f"the seed {before}" if name == "seed" else "other data, or of the same split otherwise"
            raise StudyError(f"the study {study.study_name!r} is of {other}: choose another name for a new study")
