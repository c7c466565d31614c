"""The client of a prediction API: against one that misbehaves on a socket, and against the intent service itself."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from time import monotonic
from typing import Any, Final, TypeAlias

import httpx2
import pytest
from pydantic import SecretStr

from debugger.clients.prediction import (
    MAX_CHARACTERS,
    MAX_TEXTS,
    Missing,
    Patience,
    PermanentError,
    Prediction,
    PredictionClient,
)
from shared.testing import free_port, server_process

Connect: TypeAlias = Callable[..., Awaitable[PredictionClient]]
TEXTS: Final = [f"text{number} of many" for number in range(45)]


def is_whole(texts: list[str], answers: list[Any]) -> bool:
    return answers == [Prediction((text.split()[0],), (0.75,)) for text in texts]


async def test_texts_are_asked_by_twenties_and_answered_in_order(fake: Any, connect: Connect) -> None:
    client = await connect()
    assert is_whole(TEXTS, await client.predict(TEXTS, n_best=7))
    assert sorted(len(call.texts) for call in fake.calls) == [5, MAX_TEXTS, MAX_TEXTS]
    assert {call.target for call in fake.calls} == {"/v4/projects/411/predict"}
    assert {(call.headers["x-api-key"], call.n_best) for call in fake.calls} == {(fake.key, 7)}
    assert await client.predict([]) == []


async def test_a_version_is_named_where_it_is_wanted(fake: Any, connect: Connect) -> None:
    await (await connect()).predict(["a"], version="3f1c9a0b7d52")
    assert fake.calls[0].target.endswith("/predict?version=3f1c9a0b7d52")


async def test_no_more_calls_than_allowed_are_made_at_the_same_time(fake: Any, connect: Connect) -> None:
    async def slowly(call: Any) -> Any:
        await asyncio.sleep(0.02)
        return fake.well(call)

    fake.behaviour = slowly
    client = await connect(concurrency=3)
    found = await asyncio.gather(*(client.predict(TEXTS * 3) for _ in range(3)))
    assert all(is_whole(TEXTS * 3, answers) for answers in found)
    assert fake.busiest == 3


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
async def test_every_third_call_may_fail(fake: Any, connect: Connect, status: int) -> None:
    fake.behaviour = lambda call: fake.reply(b"", status) if call.number % 3 == 0 else fake.well(call)
    assert is_whole(TEXTS * 2, await (await connect(concurrency=1)).predict(TEXTS * 2))


async def test_a_service_that_is_down_costs_predictions_and_no_more(fake: Any, connect: Connect) -> None:
    fake.behaviour = lambda _: fake.reply({"detail": "Down\nfor repair."}, 503)
    answers = await (await connect()).predict(TEXTS)
    assert set(answers) == {Missing("The prediction API answers 503 (Down for repair).", again=True)}
    assert len(fake.calls) == 3 * 4


async def test_nobody_there_costs_predictions_and_no_more() -> None:
    patience = Patience(attempts=2, first_wait=0.01, jitter=0)
    async with PredictionClient(f"http://127.0.0.1:{free_port()}", "1", patience=patience) as client:
        (answer,) = await client.predict(["a"])
    assert answer == Missing("The prediction API cannot be reached (ConnectError).", again=True)


async def test_what_is_too_slow_is_not_waited_for(fake: Any, connect: Connect) -> None:
    async def never(_: Any) -> Any:
        await asyncio.sleep(60)

    async def drop_by_drop(_: Any) -> Any:  # fast enough for each read, too slow for all
        await asyncio.sleep(0.2)
        return b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n["

    client = await connect(attempts=2)
    for fake.behaviour in (never, drop_by_drop):
        started = monotonic()
        (answer,) = await client.predict(["a"])
        assert isinstance(answer, Missing)
        assert answer.again
        assert monotonic() - started < 2


@pytest.mark.parametrize("wait", ["1", "date"])
async def test_retry_after_is_kept_to_by_all_calls(fake: Any, connect: Connect, wait: str) -> None:
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    refusal = fake.reply(b"", 429, {"Retry-After": until if wait == "date" else wait})
    fake.behaviour = lambda call: refusal if call.number == 1 else fake.well(call)
    client = await connect(concurrency=1, longest_wait=5)
    started = monotonic()
    assert is_whole(TEXTS, await client.predict(TEXTS))
    assert 0.9 < monotonic() - started < 4


@pytest.mark.parametrize("wait", ["86400", "9" * 5000, "Fri, 31 Dec 9999 23:59:59 GMT", "-1", "soon", ""])
async def test_retry_after_is_bounded_and_may_be_rubbish(fake: Any, connect: Connect, wait: str) -> None:
    refusal = fake.reply(b"", 503, {"Retry-After": wait})
    fake.behaviour = lambda call: refusal if call.number == 1 else fake.well(call)
    async with asyncio.timeout(2):
        assert is_whole(TEXTS, await (await connect()).predict(TEXTS))


@pytest.mark.parametrize(
    "content",
    [b"<html>Hello</html>", b"", b"[", b"\xff\xfe", b"[" * 100_000, {"rows": []}, "rows", None, 7],
)
async def test_an_answer_that_is_none_is_asked_for_again(fake: Any, connect: Connect, content: Any) -> None:
    fake.behaviour = lambda call: fake.reply(content) if call.number == 1 else fake.well(call)
    assert is_whole(TEXTS, await (await connect()).predict(TEXTS))
    fake.behaviour = lambda _: fake.reply(content)
    assert {type(answer) for answer in await (await connect(attempts=1)).predict(TEXTS)} == {Missing}


async def test_a_bad_row_costs_no_other(fake: Any, connect: Connect) -> None:
    def second_is_bad(call: Any) -> Any:
        return fake.reply([fake.row("no", 1.5) if index == 1 else fake.row("yes") for index in range(len(call.texts))])

    fake.behaviour = second_is_bad
    answers = await (await connect()).predict(TEXTS[:4])
    assert [type(answer) for answer in answers] == [Prediction, Missing, Prediction, Prediction]
    assert len(fake.calls) == 1


@pytest.mark.parametrize("change", [-1, 1])
async def test_rows_of_another_number_are_never_given_to_the_wrong_texts(
    fake: Any, connect: Connect, change: int
) -> None:
    def miscounted(call: Any) -> Any:
        rows = [fake.row(text.split()[0]) for text in call.texts]
        return fake.reply([*rows, fake.row("more")][: len(rows) + change] if len(rows) > 1 else rows)

    fake.behaviour = miscounted
    assert is_whole(TEXTS, await (await connect()).predict(TEXTS))


async def test_a_text_that_the_service_drops_costs_itself_alone(fake: Any, connect: Connect) -> None:
    fake.behaviour = lambda call: fake.reply([fake.row(text.split()[0]) for text in call.texts if text != TEXTS[13]])
    answers = await (await connect()).predict(TEXTS)
    assert answers[13] == Missing("The prediction API answers 0 rows where 1 is asked for.", again=True)
    assert is_whole(TEXTS[:13] + TEXTS[14:], answers[:13] + answers[14:])


@pytest.mark.parametrize("status", [413, 422])
async def test_a_text_that_is_refused_costs_itself_alone(fake: Any, connect: Connect, status: int) -> None:
    fake.behaviour = lambda call: fake.reply(b"", status) if TEXTS[7] in call.texts else fake.well(call)
    answers = await (await connect()).predict(TEXTS)
    assert answers[7] == Missing(f"The prediction API refuses the text with {status}.", again=False)
    assert is_whole(TEXTS[:7] + TEXTS[8:], answers[:7] + answers[8:])
    assert len(fake.calls) < 15


async def test_a_service_that_refuses_all_texts_is_not_asked_for_all_of_them(fake: Any, connect: Connect) -> None:
    fake.behaviour = lambda _: fake.reply({"detail": "body.inputs: Field required"}, 422)
    with pytest.raises(PermanentError, match=r"None of the first texts is taken: .* 422 \(body.inputs: Field required"):
        await (await connect(concurrency=1)).predict(TEXTS)
    assert len(fake.calls) == 2 * MAX_TEXTS - 1


async def test_after_an_error_that_stays_nothing_more_is_asked(fake: Any, connect: Connect) -> None:
    fake.behaviour = lambda _: fake.reply(b"", 403)
    with pytest.raises(PermanentError, match="403: the key may not ask for this project; give one that may"):
        await (await connect(concurrency=2)).predict(TEXTS * 10)
    assert len(fake.calls) <= 2


async def test_what_is_no_question_is_not_asked(fake: Any, connect: Connect) -> None:
    answers = await (await connect()).predict(["", "a", " \n", "b" * (MAX_CHARACTERS + 1), "c \ud800"])
    assert [type(answer) for answer in answers] == [Missing, Prediction, Missing, Missing, Prediction]
    assert [call.texts for call in fake.calls] == [["a", "c \ud800"]]


@pytest.fixture(scope="module")
def intent_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The intent service itself, with the model that it prepares, and a key."""
    pytest.importorskip("intent")
    folder = tmp_path_factory.mktemp("models")
    variables = {"INTENT_MODEL_DIR": str(folder), "INTENT_API_KEY": "k-3141592653"}
    subprocess.run([sys.executable, "-m", "intent.prepare"], env={**os.environ, **variables}, check=True)
    with server_process("intent", "INTENT_", variables) as (_, url):
        yield url


async def test_the_intent_service_answers_as_expected(intent_url: str) -> None:
    async with PredictionClient(intent_url, "1", SecretStr("k-3141592653")) as client:
        long = "please " * 2_000
        answers = await client.predict([*["where is my order?", "cancel my order please"] * 15, long], n_best=50)
        known = httpx2.get(f"{intent_url}/models").json()["default"]
        assert (await client.predict(["where is my order?"], n_best=50, version=known))[0] == answers[0]
        with pytest.raises(PermanentError, match=f"404: nothing is there; .* there is {known}"):
            await client.predict(["where is my order?"], version="other")
    assert [answer.labels[0] for answer in answers if isinstance(answer, Prediction)][:2] == [
        "track_order",
        "cancel_order",
    ]
    assert all(isinstance(answer, Prediction) for answer in answers[:-1])
    assert isinstance(answers[0], Prediction)
    assert sum(answers[0].confidences) == pytest.approx(1, abs=1e-5)
    assert isinstance(answers[-1], Missing)
    assert answers[-1].reason.startswith(
        "The prediction API refuses the text with 422 (body.data[0].text: The text has"
    )


async def test_without_the_right_key_the_intent_service_says_so(intent_url: str) -> None:
    async with PredictionClient(intent_url, "1", SecretStr("other")) as client:
        with pytest.raises(PermanentError, match="401: it wants another key; give the right one"):
            await client.predict(["where is my order?"])
