"""Intents: a model is trained and served, its data are debugged, and retraining proves that this made it better."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Final

import httpx2

from fleet.smoke.client import Client, FailedRequestError
from fleet.smoke.debugging import debug
from fleet.smoke.proving import prove
from fleet.smoke.steps import Report, SkippedError, Step, require
from fleet.smoke.traces import Traces
from fleet.smoke.utterances import INTENTS, TESTING, TRAINING_ROWS, Utterance, as_file, utterances

LEAST_RIGHT: Final = 0.6
"""Share of the sentences held back; a fifth of the labels that it learns from is wrong."""
SWITCH: Final = "INTENT_TRAININGS"
"""What the intent service tells to set where it trains nothing."""


def play(client: Client, report: Report, traces: Traces, name: str) -> None:
    """Play the story; what it makes is called `name`."""
    said = utterances()
    models: dict[str, Any] = {}
    with report.step("Ask which intent models there are") as step:
        models = client.get("/intent/models")
        step.says(f"{len(models['versions'])} versions, of which {models['default']} is the default")
    note = partial(_note, traces, {model["version"] for model in models["versions"]})
    trained = _train(client, report, said, name, note)
    if trained:
        _ask(client, report, said, trained, models["default"])
    project = debug(client, report, traces, said, name)
    prove(client, report, project, note)


def _note(traces: Traces, known: set[str], version: str) -> None:
    """Note that a model stays, unless it was there: the same data make the same version each time."""
    if version not in known:
        known.add(version)
        traces.stays(f"the intent model {version}, not promoted; remove its folder in INTENT_MODEL_DIR")


def _train(
    client: Client, report: Report, said: Sequence[Utterance], name: str, note: Callable[[str], None]
) -> str | None:
    """Return the version of the model, None where this fleet trains none over HTTP."""
    version: str | None = None
    with report.step("Train an intent model") as step:
        training = _submit(client, said, name)
        try:
            ended = step.wait_for(partial(_look_at, client, step, training["id"]))
        except BaseException:
            _cancel(client, training["id"])
            raise
        require(ended["status"] == "succeeded", f"The training has {ended['status']}: {ended['error']}")
        note(ended["version"])
        rows = ended["training_rows"]
        require(rows == TRAINING_ROWS, f"It was trained on {rows} rows, not {TRAINING_ROWS}.")
        version = ended["version"]
        step.says(f"Version {version} of {rows} sentences and {len(INTENTS)} intents")
    return version


def _submit(client: Client, said: Sequence[Utterance], name: str) -> dict[str, Any]:
    """Return the training; raises SkippedError where the service takes none."""
    headers = {"Content-Type": "application/x-ndjson", "Idempotency-Key": name}
    try:
        training: dict[str, Any] = client.post("/intent/trainings", content=as_file(said), headers=headers)
    except FailedRequestError as error:
        if error.status == httpx2.codes.NOT_IMPLEMENTED or SWITCH in error.detail:
            raise SkippedError(error.detail) from error
        raise
    return training


def _look_at(client: Client, step: Step, training_id: str) -> dict[str, Any] | None:
    """Return the training if it has ended."""
    training: dict[str, Any] = client.get(f"/intent/trainings/{training_id}")
    step.is_at(training["steps"][-1]["text"] if training["steps"] else training["status"])
    return training if training["ended_at"] else None


def _cancel(client: Client, training_id: str) -> None:
    """End a training as far as that can be done; the reason for it is told, and not what comes on top of it."""
    with suppress(FailedRequestError):
        client.post(f"/intent/trainings/{training_id}/cancel")


def _ask(client: Client, report: Report, said: Sequence[Utterance], version: str, default: str | None) -> None:
    with report.step("Ask the new model") as step:
        asked = [utterance for utterance in said if utterance.split == TESTING]
        body = {"texts": [utterance.text for utterance in asked], "n_best": 1}
        answer = client.post("/intent/intent", params={"version": version}, json=body)
        require(answer["version"] == version, f"Version {answer['version']} answered for {version}.")
        told = [result["intents"][0]["label"] for result in answer["results"]]
        right = sum(label == utterance.intent for label, utterance in zip(told, asked, strict=True))
        enough = right >= LEAST_RIGHT * len(asked)
        require(enough, f"It is right about {right} of {len(asked)} sentences only.")
        now = client.get("/intent/models")["default"]
        require(now == default or now != version, f"Version {version} became the default, in place of {default}.")
        step.says(f"Right about {right} of {len(asked)} sentences that it has not seen; the default stays {now}")
