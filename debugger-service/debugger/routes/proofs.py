"""`/projects/{id}/proofs`: what decisions gained, by training a model before and after."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from debugger import proofs
from debugger.routes.finding import ProjectDep
from debugger.routes.problems import NO_PROJECT, UNAVAILABLE
from debugger.schemas.proofs import ProofIn, ProofOut
from shared.database import SessionDep
from shared.errors import problem_responses
from shared.jobs.routes import ACCEPTED, accepted
from shared.pagination import Page, ShortPageDep

router = APIRouter(tags=["proofs"], responses={**UNAVAILABLE, **NO_PROJECT})

NOTHING_TO_PROVE = problem_responses({409: "Between versions 1 and 3 no label differs: decide on rows first."})


@router.post("/projects/{project_id:uuid}/proofs", status_code=202, responses={**ACCEPTED, **NOTHING_TO_PROVE})
async def prove(project: ProjectDep, body: ProofIn, session: SessionDep) -> JSONResponse:
    """Train a model on two data versions and compare them on rows that neither saw, by a job with the proof's id."""
    job = await proofs.create(session, project.id, body.wanted)
    return accepted(job, f"../../jobs/{job.id}")


@router.get("/projects/{project_id:uuid}/proofs")
async def list_proofs(project: ProjectDep, session: SessionDep, page: ShortPageDep) -> Page[ProofOut]:
    """List the proofs, the newest first, also those under way and those that failed."""
    found = await proofs.list_proofs(session, project.id, page.after(UUID), page.limit + 1)
    return page.page([ProofOut.of(proof, job) for proof, job in found], lambda proof: proof.id)


@router.get("/projects/{project_id:uuid}/proofs/{proof_id:uuid}")
async def get_proof(project: ProjectDep, proof_id: UUID, session: SessionDep) -> ProofOut:
    """Tell what a proof found, or how far it is."""
    return ProofOut.of(*await proofs.get(session, project.id, proof_id))
