"""The ledger tells right answers, refusals and wrong answers apart."""

import json

import httpx2
import pytest

from fleet.load.caller import CUT_OFF, NOT_CONNECTED, SILENT, Caller
from fleet.load.ledger import Ledger, RefusedError, WrongAnswerError

PROBLEM = {"type": "about:blank", "title": "Service Unavailable", "status": 503, "detail": "Later.", "instance": "/"}


def problem(status: int, body: object = PROBLEM, media_type: str = "application/problem+json") -> httpx2.Response:
    return httpx2.Response(status, content=json.dumps(body).encode(), headers={"content-type": media_type})


def caller(answer: httpx2.Response | Exception, retries: int = 0) -> Caller:
    def respond(_: httpx2.Request) -> httpx2.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    http = httpx2.AsyncClient(transport=httpx2.MockTransport(respond), base_url="http://fleet")
    return Caller(http, Ledger(), retries)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (problem(503), "503"),
        (httpx2.ConnectError("refused"), NOT_CONNECTED),
        (httpx2.ReadError("reset"), CUT_OFF),
        (httpx2.RemoteProtocolError("closed"), CUT_OFF),
        (httpx2.ReadTimeout("silent"), SILENT),
    ],
)
async def test_a_proper_refusal_is_one(answer: httpx2.Response | Exception, why: str) -> None:
    with pytest.raises(RefusedError, match=why):
        await caller(answer).ask("some.kind", "GET", "/")


@pytest.mark.parametrize(
    "answer",
    [
        problem(500),
        problem(502),  # its document says 503
        problem(503, media_type="text/html"),
        problem(503, body=[]),
        httpx2.Response(503, content=b"{", headers={"content-type": "application/problem+json"}),
        httpx2.Response(404),
        httpx2.Response(201),
    ],
)
async def test_anything_else_is_wrong(answer: httpx2.Response) -> None:
    with pytest.raises(WrongAnswerError, match="GET /"):
        await caller(answer).ask("some.kind", "GET", "/")


async def test_only_what_is_idempotent_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fleet.load.caller.RETRY_SECONDS", 0)
    trying = caller(problem(503), retries=3)
    for method, idempotent in (("GET", None), ("POST", True), ("POST", None)):
        with pytest.raises(RefusedError):
            await trying.ask(method, method, "/", idempotent=idempotent)
    assert {kind: tally.retried for kind, tally in trying.ledger.tallies.items()} == {"GET": 3, "POST": 3}


async def test_every_request_is_counted_once() -> None:
    ledger = Ledger()
    faults: list[Exception | None] = [None, RefusedError("503"), WrongAnswerError("2 and not 3"), KeyError("id")]
    for fault in faults:

        async def request(fault: Exception | None = fault) -> None:
            if fault is not None:
                raise fault

        await ledger.enter("some.kind", request)
    tally = ledger.tallies["some.kind"]
    assert (tally.sent, tally.answered, dict(tally.refused), tally.wrong) == (4, 1, {"503": 1}, 2)
    assert ledger.wrongs == ["some.kind: WrongAnswerError: 2 and not 3", "some.kind: KeyError: 'id'"]
    assert [outcome.refused for outcome in ledger.take_outcomes()] == [None, "503"]
    assert ledger.outcomes() == []
