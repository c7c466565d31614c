"""The problem documents that several routes answer with."""

from shared.errors import problem_responses

UNAVAILABLE = problem_responses({503: "The database does not answer; try again in a moment."})
NO_IMAGE = problem_responses({404: "No image has the id 019aa1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1."})
NO_DATASET = problem_responses({404: "No dataset has the id 019aa1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1."})
STALE = problem_responses({409: "The labels are at version 4, no longer at 3: look again."})
