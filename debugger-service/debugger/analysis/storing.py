"""Storing what a stage found: arrays, predictions, issues, and at the end that the analysis is done."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import numpy as np
import orjson
from anyio import to_thread
from sqlalchemy import delete, or_, update
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from debugger import arrays, maps, measuring
from debugger.analysis.encoding import discard_parts
from debugger.analysis.folder import SERVED, Folder
from debugger.analysis.stages import Outcome
from debugger.issues.base import Issue
from debugger.tables import Analysis, PredictionRun, Project, StoredArray
from shared.database import allow_long_statements, driver_connection, update_statistics

TOP: Final = 5
"""So many of the most probable classes are stored of each row."""

_PREDICTION: Final = ("run_id", "number", "label", "confidence", "labels", "confidences")
_ISSUE: Final = (
    "analysis_id",
    "kind",
    "rank",
    "number",
    "score",
    "reason",
    "filter",
    "action",
    "label",
    "labels",
    "evidence",
)


async def store(analysis_id: UUID, folder: Folder, outcome: Outcome, session: AsyncSession, *, is_last: bool) -> None:
    """Store the outcome of a stage of the analysis."""
    await allow_long_statements(session)
    analysis = await session.get_one(Analysis, analysis_id)
    for name in outcome.arrays:
        await arrays.save(session, analysis_id, name, folder.read(name))
    if "probabilities" in outcome.arrays:
        await _store_predictions(session, analysis, folder)
    if outcome.kind is not None:
        await _store_issues(session, analysis, outcome.kind, outcome.issues, folder.read("numbers"))
    if is_last:
        await _finish(session, analysis)
    session.add(analysis)


async def _store_predictions(session: AsyncSession, analysis: Analysis, folder: Folder) -> None:
    classes = folder.classes()
    analysis.classes, analysis.row_count = list(classes), len(folder.read("numbers"))
    if not classes:
        return
    run = PredictionRun(project_id=analysis.project_id, source="out_of_sample", version=analysis.version)
    session.add(run)
    await session.flush()
    analysis.run_id = run.id
    rows = await to_thread.run_sync(
        lambda: list(_predictions(run.id, folder.read("numbers"), folder.read("probabilities"), classes))
    )
    connection = await driver_connection(session)
    await connection.copy_records_to_table("predictions", records=rows, columns=_PREDICTION)


def _predictions(
    run_id: UUID, numbers: arrays.Array, probabilities: arrays.Array, classes: Sequence[str]
) -> Iterator[tuple[Any, ...]]:
    top = np.argsort(-probabilities, axis=1, kind="stable")[:, :TOP]
    confidences = np.take_along_axis(probabilities, top, axis=1).tolist()
    for number, positions, values in zip(numbers.tolist(), top.tolist(), confidences):
        labels = [classes[position] for position in positions]
        yield run_id, number, labels[0], values[0], labels, values


async def _store_issues(
    session: AsyncSession, analysis: Analysis, kind: str, issues: Sequence[Issue], numbers: arrays.Array
) -> None:
    ranked = sorted(issues, key=lambda issue: (-issue.score, -1 if issue.position is None else issue.position))
    seen: set[int] = set()
    rows: list[tuple[Any, ...]] = []
    for issue in ranked:
        if issue.position is not None and issue.position in seen:
            continue
        if issue.position is not None:
            seen.add(issue.position)
        rows.append(_issue(analysis.id, kind, len(rows) + 1, issue, numbers))
    connection = await driver_connection(session)
    await connection.copy_records_to_table("issues", records=rows, columns=_ISSUE)
    analysis.counts = {**analysis.counts, kind: len(rows)}


def _issue(analysis_id: UUID, kind: str, rank: int, issue: Issue, numbers: arrays.Array) -> tuple[Any, ...]:
    proposal = issue.proposal
    return (
        analysis_id,
        kind,
        rank,
        None if issue.position is None else int(numbers[issue.position]),
        float(issue.score),
        issue.reason,
        issue.filter,
        proposal.action if proposal else None,
        proposal.label if proposal else None,
        list(proposal.labels) if proposal else [],
        orjson.dumps(issue.evidence, option=orjson.OPT_SERIALIZE_NUMPY).decode(),
    )


async def _finish(session: AsyncSession, analysis: Analysis) -> None:
    """Make this the project's analysis, in place of an older one."""
    await update_statistics(session, "predictions", "issues")
    analysis.finished_at = datetime.now(UTC)
    passing = or_(col(StoredArray.name).in_(("features", SERVED)), col(StoredArray.name).startswith("logits."))
    await session.execute(delete(StoredArray).where(col(StoredArray.analysis_id) == analysis.id, passing))
    await discard_parts(session, analysis.id)
    await maps.inherit(session, analysis)
    mine = col(Analysis.project_id) == analysis.project_id
    older = (mine, col(Analysis.id) < analysis.id)  # unfinished ones are of jobs that failed or were cancelled
    await session.execute(delete(Analysis).where(*older))
    runs = (col(PredictionRun.project_id) == analysis.project_id, col(PredictionRun.source) == "out_of_sample")
    await session.execute(delete(PredictionRun).where(*runs, col(PredictionRun.id) != analysis.run_id))
    if analysis.run_id is not None:
        await measuring.record(session, analysis.project_id, analysis.run_id)
    await session.execute(update(Project).where(col(Project.id) == analysis.project_id).values(analysis_id=analysis.id))
    await maps.queue(session, analysis.project_id, analysis.id)
