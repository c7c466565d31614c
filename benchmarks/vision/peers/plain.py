"""A plain FastAPI application, as most people write it first.

Workers: https://fastapi.tiangolo.com/deployment/server-workers (`--workers`, one process per core). A body is taken raw
by https://fastapi.tiangolo.com/advanced/using-request-directly; what blocks runs in the thread pool.
"""

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool

from benchmarks.vision.peers.recipe import Answer, Classifier

app = FastAPI()
classifier = Classifier()


@app.post("/predictions")
async def predict(request: Request) -> Answer:
    """Name five categories."""
    return await run_in_threadpool(_classify, await request.body())


def _classify(data: bytes) -> Answer:
    return classifier.classify(classifier.recipe.prepare(data)[None])[0]
