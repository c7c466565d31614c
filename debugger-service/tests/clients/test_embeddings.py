"""The client of the sentence encoder: against one that misbehaves on a socket."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from time import monotonic
from typing import Any, TypeAlias

import numpy as np
import pytest
from pydantic import SecretStr

from debugger.clients.embeddings import (
    MAX_TEXTS,
    EmbeddingClient,
    Encoder,
    PassingError,
    PermanentError,
    UnreachableError,
)
from debugger.clients.prediction import Patience, Timeouts
from debugger.clients.sentences import MAX_ASKED, Sentences
from shared.errors import OverloadedError
from shared.refusals import ConflictError, InvalidRequestError, ServiceUnavailableError
from shared.testing import free_port

Connect: TypeAlias = Callable[..., Awaitable[EmbeddingClient]]
TEXTS = [f"text {number}" for number in range(2 * MAX_TEXTS + 7)]


@pytest.fixture
def known(fake: Any) -> Encoder:
    fake.behaviour = lambda call: fake.reply(fake.embedded(call.texts))
    return Encoder(version="3f1c9a0b7d52", source="x", finetuned=False, weights_sha256="a" * 64, dimensions=8)


@pytest.fixture
async def embedding(address: str, fake: Any) -> AsyncIterator[Connect]:
    """A function that makes a client of the fake service, which waits for next to nothing."""
    async with AsyncExitStack() as clients:

        async def client(url: str = address, **patience: Any) -> EmbeddingClient:
            quick: dict[str, Any] = {"first_wait": 0.01, "longest_wait": 0.05, "jitter": 0.01, "attempts": 4}
            hasty = Patience(**{**quick, "timeouts": Timeouts(1, 0.3, 0.6), **patience})
            made = EmbeddingClient(url, SecretStr(fake.key), concurrency=2, patience=hasty)
            return await clients.enter_async_context(made)

        yield client


async def test_all_texts_are_embedded_in_order_by_one_version(fake: Any, known: Encoder, embedding: Connect) -> None:
    client = await embedding()
    found = await client.encoder()
    assert found.is_same(known)
    assert (found.version, found.dimensions, found.source) == ("3f1c9a0b7d52", 8, "made up")
    embedded = await client.embed(TEXTS, found)
    assert np.array_equal(embedded.vectors, [fake.vector(text) for text in TEXTS])
    assert embedded.refused == 0
    assert sorted(len(call.texts) for call in fake.calls) == [1, 7, MAX_TEXTS, MAX_TEXTS]
    assert [call.target for call in fake.calls[:2]] == ["/v4/embeddings", "/v4/embeddings?version=3f1c9a0b7d52"]
    assert {call.headers["x-api-key"] for call in fake.calls} == {fake.key}
    assert fake.busiest <= 2


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_what_fails_now_and_then_is_asked_again(
    fake: Any, known: Encoder, embedding: Connect, status: int
) -> None:
    well = fake.behaviour
    fake.behaviour = lambda call: fake.reply(b"", status) if call.number % 3 else well(call)
    embedded = await (await embedding(attempts=20)).embed(TEXTS, known)
    assert np.array_equal(embedded.vectors, [fake.vector(text) for text in TEXTS])


async def test_a_text_that_is_refused_costs_itself_alone(fake: Any, known: Encoder, embedding: Connect) -> None:
    well = fake.behaviour
    fake.behaviour = lambda call: fake.reply(b"", 422) if TEXTS[7] in call.texts else well(call)
    embedded = await (await embedding()).embed([*TEXTS, "\x01 \x7f"], known)
    assert embedded.refused == 2
    assert np.flatnonzero(~embedded.vectors.any(axis=1)).tolist() == [7, len(TEXTS)]
    assert np.array_equal(embedded.vectors[8], fake.vector(TEXTS[8]))


async def test_a_service_that_refuses_all_texts_is_not_asked_for_all_of_them(
    fake: Any, known: Encoder, embedding: Connect
) -> None:
    fake.behaviour = lambda _: fake.reply(b"", 422)
    client = await embedding()
    with pytest.raises(PermanentError, match="refuses all of 128 texts"):
        await client.embed(TEXTS * 3, known)
    with pytest.raises(PermanentError, match="refuses the text with 422"):
        await client.encoder()
    assert len(fake.calls) <= 2 * 2 * MAX_TEXTS


@pytest.mark.parametrize(
    "wrong",
    [
        b"<html>",
        {"vectors": "AAAA"},
        {"vectors": "!"},
        {"vectors": [[1.0]]},
        {"dimensions": 0},
        {"dimensions": 10**9},
        {"version": None},
        {"encoder": {"source": "x", "finetuned": False, "weights_sha256": "short"}},
        {"vectors": b64encode(np.full(8, np.nan, "<f4").tobytes()).decode()},
        {"vectors": b64encode(np.full(8, 1.0, "<f4").tobytes()).decode()},
    ],
    ids=str,
)
async def test_rubbish_is_asked_for_again_and_never_taken(
    fake: Any, known: Encoder, embedding: Connect, wrong: Any
) -> None:
    content = wrong if isinstance(wrong, bytes) else fake.embedded(["a"], **wrong)
    fake.behaviour = lambda _: fake.reply(content)
    with pytest.raises(PassingError, match=r"^The intent service's answer "):
        await (await embedding(attempts=2)).embed(["a"], known)
    assert len(fake.calls) == 2


@pytest.mark.parametrize("weights", ["a", "b"])
async def test_a_version_that_was_replaced_matters_only_if_the_encoder_did(
    fake: Any, known: Encoder, embedding: Connect, weights: str
) -> None:
    encoder = {"source": "x", "finetuned": False, "weights_sha256": weights * 64}

    def replaced(call: Any) -> Any:
        if "version" in call.target:
            return fake.reply({"detail": "There is no version."}, 404)
        return fake.reply(fake.embedded(call.texts, version="other", encoder=encoder))

    fake.behaviour = replaced
    client = await embedding()
    if weights == "a":
        assert np.array_equal((await client.embed(["a"], known)).vectors, [fake.vector("a")])
    else:
        with pytest.raises(PermanentError, match="has another sentence encoder now: that of version other"):
            await client.embed(["a"], known)


@pytest.mark.parametrize(
    ("status", "advice"),
    [(409, "train one with --encoder"), (404, "check DEBUGGER_INTENT_URL"), (401, "set DEBUGGER_INTENT_KEY")],
)
async def test_an_error_that_stays_is_not_asked_for_again(
    fake: Any, embedding: Connect, status: int, advice: str
) -> None:
    fake.behaviour = lambda call: fake.reply({"detail": f"No, {call.headers['x-api-key']}."}, status)
    with pytest.raises(PermanentError, match=rf"answers {status}: .*{advice}.* \(No, …\)\.$"):
        await (await embedding()).encoder()
    assert len(fake.calls) == 1


async def test_nobody_there_is_known_at_once_and_waited_for_later(known: Encoder, embedding: Connect) -> None:
    client = await embedding(f"http://127.0.0.1:{free_port()}", first_wait=0.2, longest_wait=0.2)
    started = monotonic()
    with pytest.raises(UnreachableError, match="cannot be reached"):
        await client.encoder()
    assert monotonic() - started < 0.2
    with pytest.raises(UnreachableError):
        await client.embed(["a"], known)
    assert monotonic() - started > 0.4


async def test_what_is_too_slow_is_not_waited_for(fake: Any, known: Encoder, embedding: Connect) -> None:
    async def never(_: Any) -> Any:
        await asyncio.sleep(60)

    fake.behaviour = never
    with pytest.raises(PassingError, match="does not answer in time"):
        await (await embedding(attempts=2)).embed(["a"], known)


async def test_a_sentence_is_asked_for_once(fake: Any, known: Encoder, embedding: Connect) -> None:
    sentences = Sentences(await embedding())
    for _ in range(3):
        assert np.array_equal(await sentences.vector("where is it", known), fake.vector("where is it"))
    assert len(fake.calls) == 1


async def test_a_service_that_hangs_keeps_few_waiting(fake: Any, known: Encoder, embedding: Connect) -> None:
    async def never(_: Any) -> Any:
        await asyncio.sleep(60)

    fake.behaviour = never
    sentences = Sentences(await embedding(attempts=1))
    asked = (sentences.vector(f"sentence {number}", known) for number in range(MAX_ASKED + 2))
    found = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(each) for each in found] == [ServiceUnavailableError] * MAX_ASKED + [OverloadedError] * 2


@pytest.mark.parametrize(
    ("status", "text", "error", "said"),
    [
        (503, "a", ServiceUnavailableError, "try again in a moment"),
        (409, "a", ConflictError, "analyse the project again"),
        (422, "a", InvalidRequestError, "does not take this sentence"),
        (200, " ", InvalidRequestError, "does not take this sentence"),
    ],
)
async def test_why_a_sentence_has_no_vector_is_said(
    fake: Any, known: Encoder, embedding: Connect, status: int, text: str, error: type[Exception], said: str
) -> None:
    fake.behaviour = lambda _: fake.reply(b"", status)
    with pytest.raises(error, match=said):
        await Sentences(await embedding()).vector(text, known)
