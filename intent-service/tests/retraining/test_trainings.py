"""What is known of a training."""

from uuid import UUID

import pytest

from intent.retraining.messages import Result
from intent.retraining.trainings import MAX_STEPS, MAX_TOLD, EncoderName, Training, Wanted

WAITING = Training(id=UUID(int=1), wanted=Wanted(), sha256="0" * 64, size=10)


@pytest.mark.parametrize(
    ("encoder", "arguments"),
    [
        (None, ["--seed", "7"]),
        ("minilm", ["--seed", "7", "--encoder", "minilm"]),
        ("minilm-finetuned", ["--seed", "7", "--encoder", "minilm", "--finetune"]),
    ],
)
def test_what_is_wanted_is_said_on_the_command_line(encoder: EncoderName | None, arguments: list[str]) -> None:
    assert Wanted(seed=7, encoder=encoder).arguments == arguments


def test_a_training_goes_from_waiting_to_its_end() -> None:
    assert (WAITING.status, WAITING.seconds, WAITING.has_ended) == ("queued", None, False)
    running = WAITING.begun().with_step("Reading").with_step("Fitting")
    assert (running.status, running.attempts, [step.text for step in running.steps]) == (
        "running",
        1,
        ["Reading", "Fitting"],
    )
    ended = running.ended("succeeded", result=Result(version="3f1c9a0b7d52", rows=3, rejected=0))
    assert ended.has_ended
    assert ended.seconds == ended.seconds


def test_what_is_queued_again_has_nothing_of_the_run_before() -> None:
    again = WAITING.begun().with_step("Reading").queued(1)
    assert again == WAITING.model_copy(update={"attempts": 1})


def test_what_is_told_is_bounded() -> None:
    running = WAITING.begun()
    for number in range(MAX_STEPS + 10):
        running = running.with_step(f"{number} {'x' * 2 * MAX_TOLD}")
    assert len(running.steps) == MAX_STEPS
    assert {len(step.text) for step in running.steps} == {MAX_TOLD}
    assert running.steps[-1].text.startswith(str(MAX_STEPS + 9))
    assert len(running.ended("failed", error="x" * 2 * MAX_TOLD).error or "") == MAX_TOLD


def test_it_is_kept_as_json_and_read_again() -> None:
    for training in (WAITING, WAITING.begun().with_step("Reading"), WAITING.begun().ended("failed", error="No.")):
        assert Training.model_validate_json(training.model_dump_json()) == training
