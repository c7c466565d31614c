"""`/projects/{id}/try`, `…/rows/{number}/attribution` and `…/behaviour-tests`: how a model behaves."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from debugger import behaviour_tests, perturbing, projects, rows, trying
from debugger.behaviour.perturbations import PERTURBATIONS
from debugger.predictors import Asked, HastyModel, Source, own_model
from debugger.routes.finding import ProjectDep, found_by
from debugger.routes.problems import BAD_FILTER, NO_PROJECT, UNAVAILABLE
from debugger.routes.rows import RowNumber
from debugger.schemas.behaviour import (
    SERVICE,
    SOURCE,
    AnswerOut,
    BehaviourTestDetail,
    BehaviourTestIn,
    BehaviourTestOut,
    PerturbationOut,
    PredictionServiceOut,
    TryIn,
    TryOut,
)
from debugger.schemas.rows import NeighbourOut, RowOut
from debugger.settings import INTENT, Settings
from shared.database import Database, SessionDep
from shared.errors import problem_responses
from shared.jobs.routes import ACCEPTED, accepted
from shared.pagination import Page, PageDep
from shared.refusals import InvalidRequestError, RefusalError

router = APIRouter(tags=["behaviour"], responses={**UNAVAILABLE, **NO_PROJECT})
perturbations = APIRouter(tags=["behaviour"])

TRIES: Final = 8
"""Texts that are tried at the same time; one more is answered 503."""
ASKED: Final = problem_responses(
    {
        409: "The project's own model comes with an analysis: POST …/analyses begins one.",
        422: "The service intent is not asked about blank texts: send some words.",
        503: "The service intent gives no prediction: The prediction API cannot be reached (ConnectError). Start it.",
    }
)
REFUSED: Final = problem_responses(
    {409: "Another behavioural test of this project goes on; wait for it, or cancel it."}
)


@perturbations.get("/perturbations")
async def list_perturbations() -> list[PerturbationOut]:
    """Tell in what ways texts are hardly changed."""
    return [PerturbationOut.of(each) for each in PERTURBATIONS.values()]


@perturbations.get("/prediction-services")
async def list_prediction_services(request: Request) -> list[PredictionServiceOut]:
    """Tell which models in use may be asked, by the names that are sent as `service`."""
    settings: Settings = request.state.settings
    return [PredictionServiceOut(name=name) for name in settings.prediction_service_names]


@router.post("/projects/{project_id:uuid}/try", responses=ASKED)
async def try_text(project_id: UUID, body: TryIn, request: Request) -> TryOut:
    """Ask a model about any text: what it takes it for, why, which rows are like it, and which changes flip it."""
    with request.state.tries.place():
        asked = await _asked(request, project_id, body.source, body.service, body.text)
        tried = await trying.try_text(asked, body.text, body.language)
        neighbours, note = await _neighbours(request, project_id, body.text)
        return TryOut.made(tried, neighbours, note)


@router.get("/projects/{project_id:uuid}/rows/{number}/attribution", responses=ASKED)
async def get_attribution(
    project_id: UUID,
    number: RowNumber,
    request: Request,
    source: Annotated[Source, Query(description=SOURCE)] = "own",
    service: Annotated[str, Query(max_length=100, description=SERVICE)] = INTENT,
) -> AnswerOut:
    """Tell which words of a row an answer rests on; the project's own model was fitted on the row if it has a label."""
    database: Database = request.state.database
    with request.state.tries.place():
        async with database.reading() as session:
            await projects.get(session, project_id)
            text = await trying.text_of(session, project_id, number)
        return AnswerOut.of(await trying.explain(await _asked(request, project_id, source, service, text), text))


@router.post(
    "/projects/{project_id:uuid}/behaviour-tests",
    status_code=202,
    responses={**ACCEPTED, **BAD_FILTER, **REFUSED},
)
async def begin_test(project: ProjectDep, body: BehaviourTestIn, session: SessionDep, request: Request) -> JSONResponse:
    """Count how often a model's answer flips when rows hardly change, by a background job."""
    finder = await found_by(request, session, project, body.filter)
    job = await perturbing.create(session, request.state.settings, finder, body.wanted)
    return accepted(job, f"../../jobs/{job.id}")


@router.get("/projects/{project_id:uuid}/behaviour-tests")
async def list_tests(project: ProjectDep, session: SessionDep, page: PageDep) -> Page[BehaviourTestOut]:
    """List the behavioural tests, the newest first."""
    found = await behaviour_tests.list_tests(session, project.id, page.after(UUID), page.limit + 1)
    return page.page([BehaviourTestOut.of(test) for test in found], lambda test: test.id)


@router.get("/projects/{project_id:uuid}/behaviour-tests/{test_id:uuid}")
async def get_test(project: ProjectDep, test_id: UUID, session: SessionDep) -> BehaviourTestDetail:
    """Tell what a behavioural test has found so far: by perturbation, by class, and the worst flips."""
    test = await behaviour_tests.get(session, project.id, test_id)
    numbers = [flip["number"] for flip in test.flips]
    return BehaviourTestDetail.made(test, await behaviour_tests.texts_of(session, project.id, numbers))


async def _asked(request: Request, project_id: UUID, source: Source, service: str, text: str) -> Asked:
    database: Database = request.state.database
    async with database.reading() as session:
        project = await projects.get(session, project_id)
        if source == "own":
            analysis = await projects.newest_analysis(session, project)
            return await own_model(request.state.arrays, session, analysis)
    if not text.strip():
        raise InvalidRequestError(f"The service {service} is not asked about blank texts: send some words.")
    return HastyModel(request.state.settings, service)


async def _neighbours(request: Request, project_id: UUID, text: str) -> tuple[list[NeighbourOut], str | None]:
    """Return the rows that are like a text, or why there are none."""
    state, database = request.state, request.state.database
    async with database.reading() as session:
        scope = await projects.scope_of(session, await projects.get(session, project_id))
        try:
            near = await trying.nearest(state.arrays, state.sentences, session, scope, text)
        except RefusalError as error:
            return [], str(error)
        found = await rows.get_all(session, scope, list(near))
    return [NeighbourOut(similarity=near[each.row.number], row=RowOut.of(each)) for each in found], None
