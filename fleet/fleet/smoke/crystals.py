"""Crystals: scored by all routes, whose answers are probabilities and agree with each other."""

from math import isclose
from typing import Any, Final

from fleet.smoke.client import Client
from fleet.smoke.steps import Report, Step, require
from fleet.smoke.traces import Traces

ROWS: Final = [[0.92, 0.12, 0.31, 0.09], [5.1, 3.5, 1.4, 0.2], [5.9, 2.8, 4.3, 1.3], [6.7, 3.1, 5.6, 2.4]]
MODELS: Final = ("sklearn", "pytorch")
TOLERANCE: Final = 1e-6
"""By which probabilities may differ between instances on other machines, or their sum from 1."""


def play(client: Client, report: Report, _: Traces, __: str) -> None:
    """Play the story, which makes nothing that stays."""
    answers = {model: _score(client, report, model) for model in MODELS}
    for model, answer in answers.items():
        with report.step(f"Ask /crystal/astromech for {model}") as step:
            _compare(step, answer, client.post("/crystal/astromech", json={"model": model, "crystalData": ROWS}), model)


def _score(client: Client, report: Report, model: str) -> dict[str, Any]:
    answer: dict[str, Any] = {}
    with report.step(f"Score crystals by /crystal/{model}") as step:
        answer = client.post(f"/crystal/{model}", json={"crystalData": ROWS})
        labels, scores = answer["prediction"], answer["scores"]
        sizes = (len(labels), len(scores))
        require(sizes == (len(ROWS), len(ROWS)), f"{len(ROWS)} crystals have {sizes} labels and scores.")
        for label, score in zip(labels, scores, strict=True):
            _require_probabilities(label, score)
        told = (f"{label} {score[label]:.2f}" for label, score in zip(labels, scores, strict=True))
        step.says(f"{len(ROWS)} crystals: {', '.join(told)}")
    return answer


def _require_probabilities(label: str, score: dict[str, float]) -> None:
    are_shares = all(0 <= value <= 1 for value in score.values())
    require(are_shares and isclose(sum(score.values()), 1, abs_tol=TOLERANCE), f"{score} are no probabilities.")
    require(score[label] == max(score.values()), f"The label is {label}, which is not the likeliest of {score}.")


def _compare(step: Step, own: dict[str, Any], other: dict[str, Any], model: str) -> None:
    require(
        own["prediction"] == other["prediction"], f"It says {other['prediction']}, and its route {own['prediction']}."
    )
    pairs = list(zip(own["scores"], other["scores"], strict=True))
    require(all(mine.keys() == its.keys() for mine, its in pairs), "It knows other labels than the model's own route.")
    furthest = max(abs(mine[label] - its[label]) for mine, its in pairs for label in mine)
    require(furthest <= TOLERANCE, f"Its probabilities are up to {furthest:g} from those of /crystal/{model}.")
    step.says(f"Same labels and probabilities as /crystal/{model}" + (f", to {furthest:.0e}" if furthest else ""))
