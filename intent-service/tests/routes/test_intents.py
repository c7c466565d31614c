"""`/intent` in-process: what is answered to which request."""

import json
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.errors import MEDIA_TYPE

JSON = {"content-type": "application/json"}
QUESTION = "Where is my parcel?"


def assert_problem(answer: httpx2.Response, status: int, text: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == MEDIA_TYPE
    problem = answer.json()
    assert problem["status"] == status
    assert text in problem["detail"]


async def test_one_query_gets_one_intent_and_its_probability_as_a_string(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/intent", params={"query": QUESTION})
    ranked = (await client.post("/intent", json={"text": QUESTION})).json()["results"][0]["intents"]
    assert answer.json() == {"intent": "track_order", "probability": f"{ranked[0]['confidence']:.8f}"}
    assert len(answer.json()["probability"]) == len("0.73356545")


async def test_a_label_that_is_a_number_stays_one(numbers_client: httpx2.AsyncClient) -> None:
    assert (await numbers_client.get("/intent", params={"query": QUESTION})).json()["intent"] == 26
    result = (await numbers_client.post("/intent", json={"text": QUESTION})).json()["results"][0]
    assert result["intents"][0]["label"] == 26
    assert result["out_of_scope"] is None


async def test_a_text_gets_ranked_intents_and_a_verdict(client: httpx2.AsyncClient) -> None:
    answer = (await client.post("/intent", json={"text": QUESTION})).json()
    assert set(answer) == {"version", "results"}
    (result,) = answer["results"]
    assert set(result) == {"intents", "out_of_scope", "scope_score"}
    confidences = [ranked["confidence"] for ranked in result["intents"]]
    assert confidences == sorted(confidences, reverse=True)
    assert sum(confidences) == pytest.approx(1, abs=1e-6)
    assert result["out_of_scope"] is False
    odd = (await client.post("/intent", json={"text": "Xylophones hum quietly"})).json()["results"][0]
    assert odd["out_of_scope"] is True
    assert odd["scope_score"] < result["scope_score"]


@pytest.mark.parametrize(("n_best", "count"), [(1, 1), (2, 2), (50, 3)])
async def test_at_most_so_many_intents_as_are_asked_for(client: httpx2.AsyncClient, n_best: int, count: int) -> None:
    answer = await client.post("/intent", json={"texts": [QUESTION, "refund"], "n_best": n_best})
    assert [len(result["intents"]) for result in answer.json()["results"]] == [count, count]


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(texts=st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=60), max_size=40))
async def test_many_at_once_get_what_each_gets_alone(client: httpx2.AsyncClient, texts: list[str]) -> None:
    texts = [QUESTION, *(text for text in texts if text.strip())]
    together = (await client.post("/intent", json={"texts": texts})).json()["results"]
    alone = [(await client.post("/intent", json={"text": text})).json()["results"][0] for text in texts]
    assert together == alone


async def test_a_thousand_texts_are_answered_in_order(client: httpx2.AsyncClient) -> None:
    texts = [QUESTION if index % 3 else "I want my money back" for index in range(1_000)]
    results = (await client.post("/intent", json={"texts": texts, "n_best": 1})).json()["results"]
    assert [result["intents"][0]["label"] for result in results] == [
        "track_order" if index % 3 else "refund" for index in range(1_000)
    ]


async def test_an_explanation_has_words_and_neighbours(client: httpx2.AsyncClient) -> None:
    (result,) = (await client.post("/intent", json={"text": QUESTION, "explain": True})).json()["results"]
    assert [word["text"] for word in result["words"]] == QUESTION.split()
    assert max(result["words"], key=lambda word: word["weight"])["text"] == "parcel?"
    assert result["neighbours"][0] == {"text": QUESTION, "label": "track_order", "similarity": 1.0}
    similarities = [near["similarity"] for near in result["neighbours"]]
    assert similarities == sorted(similarities, reverse=True)


async def test_a_model_without_texts_has_no_neighbours(numbers_client: httpx2.AsyncClient) -> None:
    (result,) = (await numbers_client.post("/intent", json={"text": QUESTION, "explain": True})).json()["results"]
    assert result["neighbours"] == []
    assert len(result["words"]) == 4


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"text": ""}, "empty or blank"),
        ({"text": " \t\n\u2003"}, "empty or blank"),
        ({"text": "\x00\x07"}, "empty or blank"),
        ({"text": "a" * 100_000}, "100,000 characters"),
        ({"texts": ["fine", "a" * 10_001]}, "body.texts[1]: The text has 10,001"),
        ({"texts": ["fine", " "]}, "body.texts[1]: The text is empty"),
        ({"texts": []}, "at least 1 item"),
        ({"texts": ["a"] * 10_000}, "at most 1000 items"),
        ({"text": 26}, "valid string"),
        ({"text": None}, "valid string"),
        ({"text": ["a"]}, "valid string"),
        ({"texts": "a"}, "valid array"),
        ({"texts": {"a": 1}}, "valid array"),
        ({"texts": [["a"]]}, "valid string"),
        ({}, "either `text`"),
        ({"text": "a", "texts": ["a"]}, "either `text`"),
        ({"texts": ["a"], "explain": True}, "Only one text can be explained"),
        ({"text": "a", "n_best": 0}, "greater than or equal to 1"),
        ({"text": "a", "n_best": 51}, "less than or equal to 50"),
        ({"text": "a", "n_best": "3"}, "valid integer"),
        ({"text": "a", "explain": "yes"}, "valid boolean"),
        ({"text": "a", "explian": True}, "not permitted"),
        (["a"], "body"),
        ("a", "body"),
        (None, "body"),
    ],
)
async def test_bad_input_is_refused_with_the_reason(client: httpx2.AsyncClient, body: Any, reason: str) -> None:
    assert_problem(await client.post("/intent", json=body), 422, reason)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b'{"text": "\\ud800"}', b'{"text": "\xed\xa0\x80"}', b"\xff\xfe", b"[" * 100_000],
)
async def test_what_is_not_json_is_refused(client: httpx2.AsyncClient, body: bytes) -> None:
    assert_problem(await client.post("/intent", content=body, headers=JSON), 422, "JSON")


async def test_another_type_of_body_is_refused(client: httpx2.AsyncClient) -> None:
    assert_problem(
        await client.post("/intent", content=b"a", headers={"content-type": "text/plain"}), 415, "text/plain"
    )


async def test_a_body_beyond_the_limit_is_refused(client: httpx2.AsyncClient) -> None:
    body = json.dumps({"texts": ["a" * 9_000] * 200}).encode()
    assert_problem(await client.post("/intent", content=body, headers=JSON), 413, "1,048,576")


@pytest.mark.parametrize(
    "text", ["a\x00b", "a\nb", "\u200b", "\U0001f600", "\u0301", "...", "a" * 10_000, " a" * 4_999]
)
async def test_odd_texts_are_answered(client: httpx2.AsyncClient, text: str) -> None:
    for body in ({"text": text}, {"texts": [text]}, {"text": text, "explain": True}):
        answer = await client.post("/intent", json=body)
        assert answer.status_code == 200, answer.text
        assert sum(ranked["confidence"] for ranked in answer.json()["results"][0]["intents"]) == pytest.approx(1)


async def test_control_characters_count_as_blanks(client: httpx2.AsyncClient) -> None:
    odd, plain = [
        (await client.post("/intent", json={"text": text})).json() for text in ("where\x00is\x1bit", "where is it")
    ]
    assert odd == plain


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("", "query.query: Field required"),
        ("query=", "empty or blank"),
        ("query=%00", "empty or blank"),
        ("query=" + "a" * 10_001, "10,001 characters"),
        ("query=a&top=3", "no parameter has this name"),
    ],
)
async def test_a_bad_query_is_refused_with_the_reason(client: httpx2.AsyncClient, query: str, reason: str) -> None:
    assert_problem(await client.get(f"/intent?{query}"), 422, reason)


async def test_a_query_that_is_not_utf8_is_answered(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/intent?query=%ED%A0%80%FF")).status_code == 200


async def test_a_long_query_is_answered(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/intent", params={"query": "where is it? " * 700})).status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_an_unknown_version_is_answered_with_what_there_is(client: httpx2.AsyncClient, method: str) -> None:
    known = (await client.get("/models")).json()["default"]
    query = "version=abc&query=a" if method == "GET" else "version=abc"
    body = None if method == "GET" else {"text": "a"}
    answer = await client.request(method, f"/intent?{query}", json=body)
    assert_problem(answer, 404, f"There is no version 'abc'; there is {known}.")


async def test_a_deadline_that_is_over_is_said(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/intent", json={"texts": ["where is it"] * 900}, headers={"X-Request-Timeout": "0.001"})
    assert_problem(answer, 504, "0.001 s")


async def test_texts_and_verdicts_are_counted(client: httpx2.AsyncClient) -> None:
    await client.post("/intent", json={"texts": [QUESTION, "Xylophones hum quietly", "Odd zebras yawn"]})
    metrics = (await client.get("/metrics")).text
    version = (await client.get("/models")).json()["default"]
    assert f'intent_texts_total{{version="{version}"}} 3.0' in metrics
    assert f'intent_out_of_scope_total{{version="{version}"}} 2.0' in metrics
    assert f'intent_scoring_duration_seconds_count{{version="{version}"}} 1' in metrics
    assert "intent_queue_depth" in metrics
