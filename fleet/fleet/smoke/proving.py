"""The proof by retraining: a model of the data before the decisions, one of those after, and which is better."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from fleet.smoke.client import Client
from fleet.smoke.debugging import AUTHOR, Project
from fleet.smoke.steps import Report, SkippedError, Step, UnexpectedError, require

SWITCH: Final = "INTENT_TRAININGS"
"""What the debugger tells to set where the intent service trains nothing."""
MISSING: Final = "what trains is not installed"
"""What it tells where nothing can be trained."""


def prove(client: Client, report: Report, project: Project, note: Callable[[str], None]) -> None:
    """Have both models trained and compared; `note` is told their versions in the intent service."""
    proof: dict[str, Any] = {}
    with report.step("Retrain on both data versions") as step:
        wanted = {"from": project.before, "to": project.after, "author": AUTHOR}
        job = client.post(f"{project.path}/proofs", json=wanted)
        ended = step.wait_for(partial(_ended, client, step, f"{project.path}/proofs/{job['id']}", note))
        _require_result(ended)
        proof = ended
        step.says(f"Models {proof['before']['model']} and {proof['after']['model']}")
    if not proof:  # skipped
        return
    with report.step("Compare them") as step:
        require(proof["verdict"] == "after", f"The verdict is {proof['verdict']}: {proof['summary']}")
        step.says(_told(proof["comparison"]["cleaned"]))


def _ended(client: Client, step: Step, path: str, note: Callable[[str], None]) -> dict[str, Any] | None:
    """Return the proof if it has ended."""
    proof: dict[str, Any] = client.get(path)
    for model in (proof["before"], proof["after"]):
        if model and model["model"]:
            note(model["model"])
    step.is_at(proof["stage"] or proof["status"])
    return None if proof["status"] in {"queued", "running"} else proof


def _require_result(proof: dict[str, Any]) -> None:
    """Raise SkippedError where nothing can be trained here, and UnexpectedError where there is no result else."""
    if proof["status"] == "succeeded":
        return
    error = proof["error"] or "no reason given"
    if SWITCH in error or MISSING in error:
        raise SkippedError(error)
    raise UnexpectedError(f"The proof has {proof['status']}: {error}")


def _told(judged: dict[str, Any]) -> str:
    before, after = judged["accuracy_before"]["value"], judged["accuracy_after"]["value"]
    gain = judged["accuracy_difference"]["interval"]
    return (
        f"{before:.1%} right before, {after:.1%} after: {_points(gain['value'])} points more "
        f"({_points(gain['low'])} to {_points(gain['high'])}), McNemar's p = {judged['mcnemar']['exact']:.2g}"
    )


def _points(share: float) -> str:
    return f"{100 * share:.1f}"
