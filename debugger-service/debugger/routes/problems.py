"""The problem documents that several routes answer with."""

from shared.errors import problem_responses

UNAVAILABLE = problem_responses({503: "The database does not answer; try again in a moment."})
NO_PROJECT = problem_responses({404: "No project has the id 019aa1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1."})
BAD_FILTER = problem_responses(
    {
        409: "This needs an analysis of the project: POST …/analyses begins one.",
        422: "There is no field colour. There are: number, id, text, label.",
    }
)
CHANGED = problem_responses({409: "Changed meanwhile: row 17 by Mai in version 4, now labeled refund. Look again."})
