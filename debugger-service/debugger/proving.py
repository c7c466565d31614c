"""The job that proves what decisions gained.

It has one model trained on an older data version and one on a newer, asks both about the same rows, which neither was
trained on, and compares.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

import structlog
from anyio import to_process, to_thread
from sqlalchemy import Select, select, update
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from debugger import holdout
from debugger.class_names import ClassNames, class_names
from debugger.clients.prediction import Answer, Missing, Patience, PredictionClient
from debugger.clients.prediction import Prediction as Predicted
from debugger.clients.training import SENDING, PassingError, PermanentError, Training, TrainingClient
from debugger.holdout import SIDES, Holdout, Side, Trained, plain_label
from debugger.metrics.gain import Answers, Gain, gain
from debugger.settings import Settings
from debugger.tables import Proof, ProofRow, Row
from shared import jobs
from shared.database import Database, driver_connection
from shared.jobs import Step
from shared.jobs.queue import RetryLaterError
from shared.jobs.tables import Job
from shared.refusals import NotFoundError, RefusalError

PROJECT: Final = "1"
"""Of the intent service, which serves one, however it is called."""
BATCH_ROWS: Final = 200
GIVE_UP_SECONDS: Final = 4 * 3600
"""How long the intent service may be away, or have no place for a training."""
MIN_POLL_SECONDS: Final = 0.3
MAX_POLL_SECONDS: Final = 15
HELD_SECONDS: Final = 2
"""Who waits longer leaves the worker to other jobs meanwhile."""

_SHARES: Final = {"before": (0.02, 0.42), "after": (0.42, 0.82), "predict": (0.82, 0.97)}
"""Of the work: from where to where a stage is, about."""
_USUAL_STEPS: Final = 4
"""Of a training half of the steps, about."""
_FIELDS: Final = ("proof_id", "number", "given", "cleaned")

_log = structlog.get_logger(source="proofs")


class Prover:
    """Makes the steps of one job; each either calls the intent service once, or stores what is known by then."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        give_up_seconds: float = GIVE_UP_SECONDS,
        patience: Patience = SENDING,
    ) -> None:
        self._database = database
        self._settings = settings
        self._give_up_seconds = give_up_seconds
        self._patience = patience
        self._submitted: set[str] = set()

    async def __call__(self, job: Job) -> Step | None:
        """Do what comes after the job's position."""
        match job.position.get("at", "collect"):
            case "collect":
                return await self._collect(job)
            case "before" | "after" as side:
                return await self._train(job, side)
            case "predict":
                return await self._predict(job)
            case "compare":
                return await self._compare(job)
            case _:
                return None

    async def withdraw(self, job_id: UUID) -> None:
        """End the trainings of a job that was cancelled or failed, as far as the intent service can be reached."""
        async with self._database.session() as session:
            job = await jobs.get(session, job_id)
        if job.status not in {"cancelled", "failed"}:
            return
        async with self._trainer() as trainer:
            for training in {*job.position.get("trainings", {}).values(), *self._submitted}:
                try:
                    await trainer.cancel(UUID(training))
                except (PassingError, PermanentError) as error:
                    _log.info("training is left as it is", training=training, reason=str(error))

    async def _collect(self, job: Job) -> Step:
        proof = await self._proof(job)
        found = await self._holdout(proof)
        found.require_worth(proof.older, proof.newer)
        position = _position("before", 0, f"training on version {proof.older}")
        return Step(position, partial(_write_rows, proof.id, found))

    async def _train(self, job: Job, side: Side) -> Step:
        """Submit the training of a side, or look how far it is."""
        proof = await self._proof(job)
        number = proof.older if side == "before" else proof.newer
        training_id = job.position.get("trainings", {}).get(side)
        try:
            async with self._trainer() as trainer:
                if training_id is None:
                    training = await self._submit(trainer, proof, side)
                else:
                    training = await trainer.get(UUID(training_id))
        except PassingError as error:
            return self._not_now(job, str(error), error.wait)
        if training.has_ended:
            return _trained(job, proof, side, number, training)
        trainings = {**job.position.get("trainings", {}), side: str(training.id)}
        stage = f"training on version {number}: {training.step}"
        steps = len(training.steps)
        position = _position(side, steps / (steps + _USUAL_STEPS), stage, trainings)
        if job.position == position:
            await _pause(max(MIN_POLL_SECONDS, min((training.seconds or 0) / 10, MAX_POLL_SECONDS)))
        return Step(position)

    async def _submit(self, trainer: TrainingClient, proof: Proof, side: Side) -> Training:
        found = await self._holdout(proof)
        body = await to_thread.run_sync(getattr(found, side).body)
        key = f"proof-{proof.id}-{side}"
        training = await trainer.submit(body, key, seed=proof.seed, encoder=proof.encoder)
        self._submitted.add(str(training.id))
        return training

    async def _predict(self, job: Job) -> Step:
        proof, after = await self._proof(job), job.position.get("number", 0)
        async with self._database.session() as session:
            rows = (await session.execute(_unanswered(proof, after))).all()
        trainings = job.position["trainings"]
        if not rows:
            return Step(_position("compare", 1, "comparing", trainings))
        texts = [row.text for row in rows]
        found = {side: await self._answers(texts, (getattr(proof, side) or {})["model"]) for side in SIDES}
        silent = [answers for answers in found.values() if all(map(_is_passing, answers))]
        if silent and (len(rows) > 1 or after == 0):
            reason = next(answer.reason for answer in silent[0] if isinstance(answer, Missing))
            return self._not_now(job, f"The intent service gives no predictions: {reason}")
        done = job.done + len(rows)
        position = _position("predict", done / max(1, proof.test_rows), "asking both models", trainings)
        write = partial(_write_answers, proof.id, [row.number for row in rows], found)
        return Step({**position, "number": rows[-1].number}, write, len(rows))

    async def _answers(self, texts: Sequence[str], version: str) -> Sequence[Answer]:
        url, calls = str(self._settings.intent_url), self._settings.prediction_calls
        async with PredictionClient(url, PROJECT, self._settings.intent_key, concurrency=calls) as client:
            return await client.predict(texts, n_best=1, version=version)

    async def _compare(self, job: Job) -> Step:
        proof = await self._proof(job)
        async with self._database.session() as session:
            columns = (ProofRow.given, ProofRow.cleaned, ProofRow.before, ProofRow.after)
            query = select(*map(col, columns)).where(col(ProofRow.proof_id) == proof.id).order_by(col(ProofRow.number))
            rows = (await session.execute(query)).all()
            names = await class_names(session, proof.project_id)
        answers = await to_thread.run_sync(_named_alike, rows, names, proof.older, proof.newer)
        found = await to_process.run_sync(gain, answers, proof.older, proof.newer, cancellable=True)
        return Step(_position("over", 1, "", job.position["trainings"]), partial(_finish, proof.id, found))

    def _not_now(self, job: Job, reason: str, wait: float | None = None) -> Step:
        """Note since when it does not work; raises RetryLaterError, or RefusalError after too long."""
        now = datetime.now(UTC)
        since = job.position.get("since")
        if since is None:
            return Step({**job.position, "since": now.isoformat(), "stage": f"waiting: {reason}"})
        waited = (now - datetime.fromisoformat(since)).total_seconds()
        if waited > self._give_up_seconds:
            raise RefusalError(f"Given up after {waited / 60:,.0f} minutes: {reason}")
        raise RetryLaterError(reason, min(wait or MAX_POLL_SECONDS, self._give_up_seconds / 2))

    def _trainer(self) -> TrainingClient:
        return TrainingClient(str(self._settings.intent_url), self._settings.intent_key, patience=self._patience)

    async def _proof(self, job: Job) -> Proof:
        async with self._database.session() as session:
            proof = await session.get(Proof, job.id)
        if proof is None:
            raise NotFoundError("The project was deleted.")
        return proof

    async def _holdout(self, proof: Proof) -> Holdout:
        async with self._database.session() as session:
            rows = await holdout.rows_of(session, proof.project_id, proof.older, proof.newer)
        return await to_thread.run_sync(holdout.sorted_out, rows)


def _position(at: str, share: float, stage: str, trainings: dict[str, str] | None = None) -> dict[str, Any]:
    start, end = _SHARES.get(at, (_SHARES["predict"][1], 1.0))
    progress = round(start + (end - start) * share, 3) if at in _SHARES else start
    return {"at": at, "progress": progress, "stage": stage, "trainings": trainings or {}}


async def _pause(seconds: float) -> None:
    if seconds > HELD_SECONDS:
        raise RetryLaterError("The training goes on.", seconds)
    await asyncio.sleep(seconds)


def _trained(job: Job, proof: Proof, side: Side, number: int, training: Training) -> Step:
    """Return the step to what comes after the training; raises RefusalError where it made no model."""
    sent = getattr(proof, side) or {}
    if training.status == "cancelled":
        raise RefusalError(f"The training on version {number} was cancelled in the intent service: prove again.")
    if training.status == "failed" or training.version is None:
        raise RefusalError(f"The training on version {number} failed: {training.error or 'it tells no reason'}.")
    if (training.training_rows or 0) > sent["training_rows"]:
        raise RefusalError(
            f"The intent service trained on {training.training_rows:,} rows, more than the {sent['training_rows']:,} "
            "that it was sent for that: its model may have seen the rows held back, and proves nothing."
        )
    told = {
        "model": training.version,
        "seconds": training.seconds,
        "rejected_rows": training.rejected_rows,
        "first_rejection": training.first_rejection,
    }
    following, stage = (
        ("after", f"training on version {proof.newer}") if side == "before" else ("predict", "asking both models")
    )
    trainings = {**job.position.get("trainings", {}), side: str(training.id)}
    return Step(_position(following, 0, stage, trainings), partial(_note, proof.id, side, told))


def _unanswered(proof: Proof, after: int) -> Select[*tuple[Any, ...]]:
    return (
        select(col(Row.number), col(Row.text))
        .join(ProofRow, col(ProofRow.number) == col(Row.number))
        .where(col(Row.project_id) == proof.project_id, col(ProofRow.proof_id) == proof.id, col(Row.number) > after)
        .order_by(col(Row.number))
        .limit(BATCH_ROWS)
    )


def _is_passing(answer: Answer) -> bool:
    return isinstance(answer, Missing) and answer.again


def _named_alike(rows: Sequence[Any], names: ClassNames, older: int, newer: int) -> Answers:
    """Return labels and answers in the newer version's names, as the intent service writes them."""
    given, cleaned, before, after = ([plain_label(label) for label in column] for column in zip(*rows))
    # The service tells its own spelling of names, so what it tells is looked up by that.
    later = {plain_label(label): plain_label(names.later(label, older, newer)) for label in names.known}
    return Answers(given, cleaned, [later.get(label, label) for label in before], after)


async def _write_rows(proof_id: UUID, found: Holdout, session: AsyncSession) -> None:
    proof = await session.get_one(Proof, proof_id)
    proof.holdout, proof.test_rows = found.way, len(found.frozen)
    proof.before, proof.after = _sent(found.before), _sent(found.after)
    session.add(proof)
    records = [(proof_id, row.number, row.given, row.cleaned) for row in found.frozen]
    connection = await driver_connection(session)
    await connection.copy_records_to_table("proof_rows", records=records, columns=_FIELDS)


def _sent(trained: Trained) -> dict[str, Any]:
    out_of_scope = len(trained.rows) - trained.labeled
    return {
        "training_rows": trained.labeled,
        "out_of_scope_rows": out_of_scope,
        "left_out": trained.left_out,
    }


async def _note(proof_id: UUID, side: Side, told: dict[str, Any], session: AsyncSession) -> None:
    proof = await session.get_one(Proof, proof_id)
    setattr(proof, side, {**(getattr(proof, side) or {}), **told})
    session.add(proof)


async def _write_answers(
    proof_id: UUID, numbers: Sequence[int], found: dict[Side, Sequence[Answer]], session: AsyncSession
) -> None:
    answered = zip(numbers, found["before"], found["after"])
    values = [
        {"proof_id": proof_id, "number": number, "before": _label(before), "after": _label(after)}
        for number, before, after in answered
    ]
    await session.execute(update(ProofRow), values)


def _label(answer: Answer) -> str | None:
    return answer.labels[0] if isinstance(answer, Predicted) else None


async def _finish(proof_id: UUID, found: Gain, session: AsyncSession) -> None:
    proof = await session.get_one(Proof, proof_id)
    proof.result = asdict(found)
    session.add(proof)
    job = await session.get_one(Job, proof_id)
    job.result = {"proof": str(proof_id)}
    session.add(job)
