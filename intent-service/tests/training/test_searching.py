"""Searches that are shared, killed and gone on with, on a real PostgreSQL and in a file."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Final

import pytest
from optuna.exceptions import UpdateFinishedTrialError
from optuna.trial import FrozenTrial, TrialState

from intent.training import abandoned, studies
from intent.training.chatbot.generating import generate
from intent.training.data.reading import read
from intent.training.data.splitting import Splits, split
from intent.training.fitting import DEFAULT
from intent.training.proposing import DEFAULTS
from intent.training.searching import Found, found, search
from intent.training.studies import StudyError
from intent.training.trial_log import write_log
from intent.training.validating import Validating
from shared.embedded import embedded_postgres

SEARCHING: Final = """
import sys
from pathlib import Path
from intent.training.data.reading import read
from intent.training.data.splitting import split
from intent.training.searching import search
data, storage, study, trials = sys.argv[1:]
splits = split(read(Path(data)), 0)
say = lambda line: print(line, flush=True)
search(splits, storage=storage, study=study, trials=int(trials), seconds=None, seed=0, tell=say)
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    generate(folder, rows=400)
    return folder


@pytest.fixture(scope="module")
def splits(data: Path) -> Splits:
    return split(read(data), 0)


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with TemporaryDirectory(prefix="postgres-") as folder, embedded_postgres(Path(folder) / "data") as url:
        yield url


def searched(splits: Splits, storage: str | Path, trials: int, study: str = "a") -> Found:
    return search(splits, storage=str(storage), study=study, trials=trials, seconds=None, seed=0, tell=print)


def start(data: Path, storage: str | Path, study: str, trials: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-W", "error", "-c", SEARCHING, str(data), str(storage), study, str(trials)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def counted(trials: Found) -> list[FrozenTrial]:
    return [trial for trial in trials.trials if trial.state in (TrialState.COMPLETE, TrialState.PRUNED)]


@pytest.mark.parametrize("kept", ["file", "postgres"])
def test_two_processes_share_the_trials_of_a_study(
    kept: str, data: Path, splits: Splits, postgres: str, tmp_path: Path
) -> None:
    storage = postgres if kept == "postgres" else str(tmp_path / "search.journal")
    both = [start(data, storage, "shared", 12) for _ in range(2)]
    outputs = [process.communicate(timeout=60) for process in both]
    assert [(process.returncode, errors) for process, (_, errors) in zip(both, outputs)] == [(0, ""), (0, "")]
    after = found(splits, storage=storage, study="shared", seed=0, tell=print)
    assert len(counted(after)) == 12
    assert len({tuple(trial.params.items()) for trial in counted(after)}) == 12
    lines = [line for output, _ in outputs for line in output.splitlines()]
    assert len(lines) == 12
    assert all(output for output, _ in outputs)


@pytest.mark.parametrize("kept", ["file", "postgres"])
def test_after_a_kill_the_search_goes_on(
    kept: str, data: Path, splits: Splits, postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = postgres if kept == "postgres" else str(tmp_path / "search.journal")
    monkeypatch.setattr(studies, "STALE_SECONDS", 1)
    monkeypatch.setattr(abandoned, "SILENT_SECONDS", 1)
    process = start(data, storage, "killed", 1000)
    assert process.stdout is not None
    for _ in range(3):
        assert process.stdout.readline().startswith("Trial")
    process.send_signal(signal.SIGKILL)
    process.communicate()
    left = found(splits, storage=storage, study="killed", seed=0, tell=print)
    done = len(counted(left))
    assert done >= 3
    after = searched(splits, storage, done + 4, "killed")
    assert len(counted(after)) == done + 4
    assert not [trial for trial in after.trials if trial.state is TrialState.RUNNING]
    assert len([trial for trial in after.trials if trial.state is TrialState.FAIL]) <= 1


def test_a_process_whose_trial_was_given_up_by_another_goes_on(data: Path, splits: Splits, tmp_path: Path) -> None:
    storage = str(tmp_path / "search.journal")
    process = start(data, storage, "a", 20)
    failed = 0
    with studies.opened(storage, "a", Validating.of(splits).sha256, 0) as study:
        while failed < 3:
            for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
                with suppress(UpdateFinishedTrialError):
                    study.tell(trial.number, state=TrialState.FAIL, skip_if_finished=True)
                    failed += 1
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    assert "given up by another" in output
    assert len(counted(found(splits, storage=storage, study="a", seed=0, tell=print))) == 20


def test_the_defaults_of_a_killed_process_are_tried_again(splits: Splits, tmp_path: Path) -> None:
    storage = str(tmp_path / "search.journal")
    with studies.opened(storage, "a", Validating.of(splits).sha256, 0) as study:
        study.tell(study.ask(), state=TrialState.FAIL)
    after = searched(splits, storage, 1)
    assert [trial.params for trial in counted(after)] == [DEFAULTS]


def test_other_data_and_another_seed_are_refused(splits: Splits, tmp_path: Path) -> None:
    storage = tmp_path / "search.journal"
    searched(splits, storage, 1)
    with pytest.raises(StudyError, match="'a' is of other data"):
        searched(replace(splits, validation=splits.validation[1:]), storage, 1)
    with pytest.raises(StudyError, match="the seed 0"):
        search(splits, storage=str(storage), study="a", trials=1, seconds=None, seed=1, tell=print)


def test_what_is_found_is_never_worse_than_the_defaults(splits: Splits, tmp_path: Path) -> None:
    validating = Validating.of(splits)
    accuracy = validating.accuracy(validating.parts()[-1], 0, DEFAULT)
    first = searched(splits, tmp_path / "search.journal", 1)
    assert (first.hyperparameters, first.accuracy, first.accuracy_of_defaults) == (DEFAULT, accuracy, accuracy)
    more = searched(splits, tmp_path / "search.journal", 12)
    assert more.accuracy >= more.accuracy_of_defaults == accuracy
    assert more.accuracy == validating.accuracy(validating.parts()[-1], 0, more.hyperparameters)


def test_the_same_seed_finds_the_same_also_after_a_pause(splits: Splits, tmp_path: Path) -> None:
    at_once = searched(splits, tmp_path / "one.journal", 16)
    searched(splits, tmp_path / "other.journal", 7)
    later = searched(splits, tmp_path / "other.journal", 16)
    assert [(trial.params, trial.value) for trial in at_once.trials] == [
        (trial.params, trial.value) for trial in later.trials
    ]
    assert at_once.hyperparameters == later.hyperparameters


def test_the_log_has_a_line_for_each_trial(splits: Splits, tmp_path: Path) -> None:
    after = searched(splits, tmp_path / "search.journal", 16)
    write_log(after.trials, tmp_path / "trials.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "trials.jsonl").read_text().splitlines()]
    assert [line["number"] for line in lines] == list(range(16))
    assert max(line["value"] for line in lines if line["state"] == "complete") == after.accuracy
    pruned = [line for line in lines if line["state"] == "pruned"]
    assert pruned
    assert all(line["pruned_at"] < len(splits.training) and line["value"] is not None for line in pruned)
    assert all(line["seconds"] > 0 and line["started_at"] for line in lines)


def test_the_time_ends_a_search(splits: Splits, tmp_path: Path) -> None:
    started = monotonic()
    search(splits, storage=str(tmp_path / "a"), study="a", trials=None, seconds=1, seed=0, tell=print)
    assert 1 <= monotonic() - started < 5


def test_a_search_without_an_end_is_refused(splits: Splits, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="how long"):
        search(splits, storage=str(tmp_path / "a"), study="a", trials=None, seconds=None, seed=0, tell=print)


@pytest.mark.parametrize(
    ("storage", "said"),
    [
        ("sqlite:///a.db", "PostgreSQL or in a file"),
        ("postgresql://someone:secret@127.0.0.1:9/none", "refused"),
    ],
)
def test_a_database_that_cannot_be_used_is_said(storage: str, said: str, splits: Splits) -> None:
    with pytest.raises(StudyError, match=said) as refused:
        searched(splits, storage, 1)
    assert "secret" not in str(refused.value)


def test_the_first_rows_have_all_labels_in_the_same_shares(splits: Splits) -> None:
    validating = Validating.of(splits)
    quarter, half, whole = validating.parts()
    assert whole == len(validating.texts) == len(splits.training)
    for rows in (quarter, half):
        for label in range(validating.labels):
            share = (validating.truth[:rows] == label).sum() / (validating.truth == label).sum()
            assert share == pytest.approx(rows / whole, abs=0.12)
