"""The debugger's part of the story about intents: import, analysis, a wrong label found and mended."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import httpx2

from fleet.smoke.client import Client, FailedRequestError
from fleet.smoke.steps import Report, Step, require
from fleet.smoke.traces import Traces
from fleet.smoke.utterances import WRONG_ROWS, Utterance, as_file

AUTHOR: Final = "smoke"
KIND: Final = "label_error"
FIRST: Final = 10
LEAST_FIRST: Final = 9
"""Of the issues that come first so many are about labels that are wrong."""
LEAST_FOUND: Final = WRONG_ROWS * 3 // 4
_ENDED: Final = frozenset({"succeeded", "failed", "cancelled"})


@dataclass(frozen=True)
class Project:
    """A project of the debugger, and its data versions before and after the decisions."""

    path: str
    before: int
    after: int


def debug(client: Client, report: Report, traces: Traces, said: Sequence[Utterance], name: str) -> Project:
    """Import the sentences into a project called `name`, analyse them, and mend what is found to be wrong."""
    path, before = _import(client, report, traces, said, name)
    _analyse(client, report, path)
    found = _find(client, report, path, said)
    return Project(path, before, _mend(client, report, path, found))


def finished_job(client: Client, step: Step, job_id: str) -> dict[str, Any] | None:
    """Show how far a job of the debugger is, and return it if it has succeeded; raises UnexpectedError if it failed."""
    job: dict[str, Any] = client.get(f"/debugger/jobs/{job_id}")
    step.is_at(job["status"] if job["progress"] is None else f"{job['progress']:.0%}")
    if job["status"] not in _ENDED:
        return None
    require(job["status"] == "succeeded", f"The job {job_id} has {job['status']}: {job['error'] or 'no reason given'}")
    return job


def _import(client: Client, report: Report, traces: Traces, said: Sequence[Utterance], name: str) -> tuple[str, int]:
    """Return the path of the new project, and its data version."""
    with report.step("Import its data into the debugger") as step:
        path = f"/debugger/projects/{client.post('/debugger/projects', json={'name': name})['id']}"
        traces.add("the debugger's project", partial(_remove, client, path))
        query = {"name": f"{name}.jsonl", "format": "jsonl", "author": AUTHOR}
        job = client.post(f"{path}/imports", content=as_file(said), params=query)
        job = step.wait_for(partial(finished_job, client, step, job["id"]))
        project = client.get(path)
        taken = (project["rows"], job["failed"])
        require(taken == (len(said), 0), f"Of {len(said)} rows {taken[0]} were taken and {taken[1]} refused.")
        step.says(f"{project['rows']} rows, {WRONG_ROWS} of them with a label that was made wrong")
    return path, project["version"]


def _remove(client: Client, path: str, step: Step) -> None:
    """Delete the project, once the jobs that work on it have ended."""
    for job in client.items(f"{path}/jobs"):
        if job["status"] not in _ENDED:
            _cancel(client, job["id"])
    step.wait_for(partial(_deleted, client, path))


def _cancel(client: Client, job_id: str) -> None:
    try:
        client.post(f"/debugger/jobs/{job_id}/cancel")
    except FailedRequestError as error:
        if error.status != httpx2.codes.CONFLICT:  # it has ended meanwhile
            raise


def _deleted(client: Client, path: str) -> bool | None:
    try:
        client.delete(path)
    except FailedRequestError as error:
        if error.status == httpx2.codes.CONFLICT:  # a job still works on it
            return None
        raise
    return True


def _analyse(client: Client, report: Report, path: str) -> None:
    with report.step("Analyse them") as step:
        job = client.post(f"{path}/analyses")
        step.wait_for(partial(finished_job, client, step, job["id"]))
        issues = client.get(f"{path}/issues")
        found = {kind["name"]: kind["found"] for kind in issues["kinds"]}
        require(found.get(KIND, 0) > 0, f"No row is said to have a wrong label; {WRONG_ROWS} have.")
        encoder = issues["analysis"]["encoder"]
        step.says(f"{found[KIND]} labels may be wrong" + (f", by the encoder {encoder}" if encoder else ""))


def _find(client: Client, report: Report, path: str, said: Sequence[Utterance]) -> Sequence[dict[str, Any]]:
    """Return the rows with a wrong label for which the right one is proposed, the likeliest first."""
    with report.step("Find the wrong labels") as step:
        right = {utterance.id: utterance for utterance in said}
        rows = {row["number"]: row for row in client.items(f"{path}/rows")}
        issues = [(issue, rows[issue["number"]]) for issue in client.items(f"{path}/issues/{KIND}")]
        wrong = sum(right[row["id"]].is_wrong for _, row in issues[:FIRST])
        require(wrong >= LEAST_FIRST, f"Of the first {FIRST} issues only {wrong} are about a wrong label.")
        found = [row for issue, row in issues if _is_found(issue, right[row["id"]])]
        enough = len(found) >= LEAST_FOUND
        require(enough, f"The right label is proposed for {len(found)} of {WRONG_ROWS} rows with a wrong one only.")
        first = right[found[0]["id"]]
        step.says(f"{len(found)} of {WRONG_ROWS}; {first.text!r} is labeled {first.label!r} and is {first.intent!r}")
    return found


def _is_found(issue: dict[str, Any], utterance: Utterance) -> bool:
    return utterance.is_wrong and bool(issue["label"] == utterance.intent)


def _mend(client: Client, report: Report, path: str, found: Sequence[dict[str, Any]]) -> int:
    """Return the data version that the decision makes."""
    with report.step("Mend them by a decision") as step:
        rows = [{"number": row["number"], "version": row["version"]} for row in found]
        decision = {"action": "accept", "kind": KIND, "author": AUTHOR, "rows": rows}
        version = client.post(f"{path}/decisions", json=decision)
        require(version["changed"] == len(rows), f"{version['changed']} rows have changed, not {len(rows)}.")
        first = client.get(f"{path}/rows/{rows[0]['number']}")
        changed = (first["label"], first["given_label"])
        require(changed[0] != changed[1], f"Row {rows[0]['number']} is labeled {changed[0]!r} as before.")
        step.says(f"{len(rows)} labels as proposed: data version {version['number']}")
    return int(version["number"])
