"""The job that tests how a model behaves: rows are hardly changed, and it is counted how often its answer flips."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from uuid import UUID

from anyio import to_thread
from sqlmodel.ext.asyncio.session import AsyncSession

from debugger import behaviour_tests, projects
from debugger.arrays import Arrays
from debugger.behaviour.flips import Flip, FlipRate, flips
from debugger.behaviour.perturbations import PERTURBATIONS, perturbed
from debugger.behaviour.predictor import Predictor, probabilities
from debugger.behaviour_tests import ANY, Counts, Found
from debugger.filters.finding import Finder
from debugger.predictors import Asked, Heard, ServedModel, Source, own_model, service_of
from debugger.settings import Settings
from debugger.tables import Analysis, BehaviourTest
from shared import jobs
from shared.database import Database
from shared.jobs import Failure, Step
from shared.jobs.tables import Job
from shared.refusals import ConflictError, NotFoundError, ServiceUnavailableError

KIND: Final = "test_behaviour"
STEP_ROWS: Final = 50
"""Of some fifteen texts each."""
_ALL: Final = STEP_ROWS * 1000
"""Flips: more than the rows of a step have."""

Texts = Mapping[int, str]
"""Of rows, by their numbers."""
Changed = Mapping[int, Sequence[str]]
"""What the texts of rows were changed to, by the numbers of the rows."""


@dataclass(frozen=True)
class Wanted:
    """What is to be tested: which model, on how many of which rows, by which perturbations."""

    source: Source
    service: str
    """Of a model in use."""

    filter: str
    rows: int
    perturbations: Sequence[str]
    author: str | None


async def create(session: AsyncSession, settings: Settings, finder: Finder, wanted: Wanted) -> Job:
    """Queue a test on rows that `finder` finds.

    Raises NotFoundError for a service that there is not, InvalidRequestError where no row is found, and ConflictError
    where there is no model to ask or another test of the project goes on.
    """
    project = await projects.hold(session, finder.scope.project_id)
    analysis = await projects.newest_analysis(session, project)
    if wanted.source == "served":
        service_of(settings, wanted.service)
    elif analysis is None or not analysis.classes:
        await own_model(Arrays(), session, analysis)
    if await projects.running_jobs(session, project.id, KIND):
        raise ConflictError("Another behavioural test of this project goes on; wait for it, or cancel it.")
    numbers = await behaviour_tests.sample(session, finder, wanted.rows)
    test = BehaviourTest(
        project_id=project.id,
        source=wanted.source,
        model=wanted.service if wanted.source == "served" else None,
        version=project.version,
        analysis_id=analysis.id if analysis and wanted.source == "own" else None,
        author=wanted.author,
        filter=wanted.filter,
        perturbations=[name for name in PERTURBATIONS if name in wanted.perturbations],
        numbers=numbers,
        tallies={},
        flips=[],
    )
    session.add(test)
    await session.flush()
    job = await jobs.create(session, KIND, {"project": str(project.id), "test": str(test.id)}, len(numbers))
    test.job_id, job.result = job.id, {"behaviour_test": str(test.id)}
    return job


class Perturber:
    """Makes the steps of one test; each asks about some rows and what they were changed to."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._asked: Asked | None = None

    async def __call__(self, job: Job) -> Step | None:
        """Ask about the rows after the job's position."""
        done = int(job.position.get("rows", 0))
        async with self._database.session() as session:
            test = await session.get(BehaviourTest, UUID(job.request["test"]))
            if test is None:
                raise NotFoundError("The project was deleted.")
            numbers = test.numbers[done : done + STEP_ROWS]
            if not numbers:
                return None
            texts = await behaviour_tests.texts_of(session, test.project_id, numbers)
            self._asked = self._asked or await self._model(session, test)
        changed = await to_thread.run_sync(_changed, texts, test.perturbations)
        heard = await self._asked.about([text for number in texts for text in (texts[number], *changed[number])])
        failures = _failures(texts, changed, heard)
        if failures and len(failures) == len(texts) and all(missing.again for missing in heard.missing.values()):
            raise ServiceUnavailableError(f"The service {test.model} gives no predictions: {failures[0].message}")
        kept = texts.keys() - {failure.number for failure in failures}
        answered = {number: text for number, text in texts.items() if number in kept}
        found = await to_thread.run_sync(_found, heard.predictor, answered, changed, test.perturbations)
        until = done + len(numbers)
        write = partial(behaviour_tests.add, test.id, found, is_last=until == len(test.numbers))
        return Step({"rows": until}, write, found.rows, failures)

    async def _model(self, session: AsyncSession, test: BehaviourTest) -> Asked:
        if test.source == "served":
            return ServedModel(self._settings, test.model or "")
        analysis = await session.get(Analysis, test.analysis_id)
        if analysis is None:
            raise ConflictError("The project was analysed anew meanwhile, and has another model: begin a new test.")
        return await own_model(Arrays(), session, analysis)


def _changed(texts: Texts, names: Sequence[str]) -> dict[int, list[str]]:
    chosen = [PERTURBATIONS[name] for name in names]
    return {number: [each.text for each in perturbed(text, chosen)] for number, text in texts.items()}


def _failures(texts: Texts, changed: Changed, heard: Heard) -> list[Failure]:
    """Return the rows about which, or about whose variants, not everything was answered."""
    reasons = {
        number: next((heard.missing[each].reason for each in (text, *changed[number]) if each in heard.missing), None)
        for number, text in texts.items()
    }
    return [Failure(number, texts[number][:100], reason) for number, reason in reasons.items() if reason]


def _found(predictor: Predictor, texts: Texts, changed: Changed, names: Sequence[str]) -> Found:
    numbers, asked = list(texts), list(texts.values())
    if not numbers:
        return Found(0, {}, [])
    found = flips(predictor, asked, names, worst=_ALL)
    answers = [predictor.classes[winner] for winner in probabilities(predictor, asked).argmax(axis=1).tolist()]
    any_of_them = [
        {answer: {ANY: _any([flip for flip in found.worst if flip.position == position], len(changed[number]))}}
        for position, (number, answer) in enumerate(zip(numbers, answers))
    ]
    tallies = {
        answer: {name: _counts(rate) for name, rate in by_name.items()} for answer, by_name in found.classes.items()
    }
    for each in any_of_them:
        tallies = behaviour_tests.added(tallies, each)
    return Found(len(numbers), tallies, [_flip(flip, numbers[flip.position]) for flip in found.worst])


def _any(flipped: Sequence[Flip], variants: int) -> Counts:
    return int(variants > 0), int(len(flipped) > 0), variants, len(flipped)


def _counts(rate: FlipRate) -> list[int]:
    return [rate.texts, rate.flipped, rate.variants, rate.flipped_variants]


def _flip(flip: Flip, number: int) -> dict[str, Any]:
    return {
        "number": number,
        "perturbation": flip.perturbed.name,
        "variant": flip.perturbed.text,
        "change": flip.perturbed.change,
        "before": flip.before,
        "confidence_before": flip.confidence_before,
        "after": flip.after,
        "confidence_after": flip.confidence_after,
    }
