"""The project's own model: asked about any text, explained, and tested by the hundred."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, get_args
from uuid import UUID

import httpx2
import numpy as np
import pytest

from debugger.behaviour.perturbations import PERTURBATIONS
from debugger.main import create_app
from debugger.perturbing import STEP_ROWS, Perturber
from debugger.schemas.behaviour import PerturbationName
from debugger.settings import Settings
from debugger.tables import BehaviourTest
from shared import jobs
from shared.database import Database
from shared.jobs import Step
from shared.jobs.queue import RetryLaterError
from shared.jobs.tables import Job
from shared.testing import client_of

Finished = Callable[..., Awaitable[dict[str, Any]]]

TOPICS = {
    "card": ["card", "arrive", "post", "delivery", "plastic", "envelope"],
    "refund": ["money", "back", "refund", "return", "shop", "charged"],
    "limit": ["limit", "raise", "maximum", "spend", "daily", "allowance"],
}
UNLABELED = range(109, 121)


def rows() -> list[dict[str, Any]]:
    random = np.random.default_rng(7)
    names = list(TOPICS)
    made = []
    for number in range(1, 121):
        topic = names[number % 3]
        words = random.choice(TOPICS[topic], 4, replace=False).tolist()
        made.append({"text": f"{' '.join(words)} please", "label": None if number in UNLABELED else topic})
    return made


@pytest.fixture(scope="module")
def analysed(
    new_database: Callable[[], str], imported: Any, finished: Finished, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Settings, str]:
    """The settings of a service with one analysed project, and the project's address."""
    settings = Settings(database_url=new_database(), data_dir=tmp_path_factory.mktemp("debugger"))

    async def analyse() -> str:
        async with client_of(create_app(settings)) as client:
            address: str
            address, _ = await imported(client, "\n".join(map(json.dumps, rows())).encode())
            job = await finished(client, (await client.post(f"{address}/analyses")).json()["id"])
            assert (job["status"], job["error"]) == ("succeeded", None)
            return address

    return settings, asyncio.run(analyse())


@pytest.fixture
async def service(analysed: tuple[Settings, str]) -> AsyncIterator[tuple[httpx2.AsyncClient, str]]:
    settings, address = analysed
    async with client_of(create_app(settings)) as client:
        yield client, address


async def test_services_are_told_by_their_names() -> None:
    services = {"chatbot": {"url": "http://127.0.0.1:9"}, "intent": {"url": "http://127.0.0.1:9", "key": "k-314159"}}
    settings = Settings(database_url="postgresql://127.0.0.1:9/none", prediction_services=services, run_jobs=False)
    async with client_of(create_app(settings)) as client:
        assert (await client.get("/prediction-services")).json() == [{"name": "intent"}, {"name": "chatbot"}]


@pytest.fixture
async def idle(analysed: tuple[Settings, str]) -> AsyncIterator[tuple[httpx2.AsyncClient, str]]:
    """The same service, without a worker."""
    settings, address = analysed
    async with client_of(create_app(settings.model_copy(update={"run_jobs": False}))) as client:
        yield client, address


async def tried(service: tuple[httpx2.AsyncClient, str], **body: Any) -> dict[str, Any]:
    client, address = service
    answer = await client.post(f"{address}/try", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_the_perturbations_are_told(client: httpx2.AsyncClient) -> None:
    told = (await client.get("/perturbations")).json()
    assert [each["name"] for each in told] == list(PERTURBATIONS) == list(get_args(PerturbationName))
    assert {each["name"] for each in told if each["is_english"]} == {"contractions", "synonyms", "name_swaps"}


async def test_a_text_is_answered_explained_and_changed(service: tuple[httpx2.AsyncClient, str]) -> None:
    text = "hello, money back shop please"
    found = await tried(service, text=text)
    assert (found["label"], found["labels"][0]) == ("refund", "refund")
    assert sum(found["confidences"]) == pytest.approx(1, abs=1e-5)
    assert [text[word["start"] : word["end"]] for word in found["words"]] == [word["text"] for word in found["words"]]
    by_weight = sorted(found["words"], key=lambda word: -word["weight"])
    assert {word["text"] for word in by_weight[:3]} == {"money", "back", "shop"}
    similarities = [near["similarity"] for near in found["neighbours"]]
    assert similarities == sorted(similarities, reverse=True)
    assert [near["row"]["label"] for near in found["neighbours"]].count("refund") >= 3
    flips = [variant["flips"] for variant in found["variants"]]
    assert flips == sorted(flips, reverse=True)
    assert all(variant["flips"] == (variant["label"] != "refund") for variant in found["variants"])
    assert {"typos", "casing", "punctuation"} <= {variant["perturbation"] for variant in found["variants"]}


async def test_the_change_that_flips_an_answer_comes_first(service: tuple[httpx2.AsyncClient, str]) -> None:
    found = await tried(service, text="envelope shop")
    first = found["variants"][0]
    assert first["flips"]
    assert first["label"] != found["label"]


async def test_only_english_is_changed_in_english_ways(service: tuple[httpx2.AsyncClient, str]) -> None:
    text = "I don't want my money back, call Anna"
    english = {each["perturbation"] for each in (await tried(service, text=text))["variants"]}
    german = {each["perturbation"] for each in (await tried(service, text=text, language="de-AT"))["variants"]}
    assert english - german >= {"contractions", "name_swaps"}
    assert german >= {"typos", "casing"}


@pytest.mark.parametrize("text", [" ", "!?", "🙂🙂", "私のカードはどこですか", "x" * 10_000])
async def test_any_text_may_be_tried(service: tuple[httpx2.AsyncClient, str], text: str) -> None:
    assert (await tried(service, text=text))["label"] in TOPICS


async def test_rows_without_a_label_were_predicted_by_the_same_model(service: tuple[httpx2.AsyncClient, str]) -> None:
    client, address = service
    for number in UNLABELED[:3]:
        row = (await client.get(f"{address}/rows/{number}")).json()
        found = (await client.get(f"{address}/rows/{number}/attribution")).json()
        assert found["labels"] == row["out_of_sample"]["labels"]
        assert found["confidences"] == pytest.approx(row["out_of_sample"]["confidences"], abs=2e-3)
        assert [word["text"] for word in found["words"]] == row["text"].split()
    assert (await client.get(f"{address}/rows/121/attribution")).status_code == 404


async def test_what_has_no_model_says_what_to_do(service: tuple[httpx2.AsyncClient, str], imported: Any) -> None:
    client, analysed = service
    address, _ = await imported(client, b"text,label\nhello,greeting\n", name="Not analysed")
    unknown = {"source": "served", "service": "http://10.0.0.1"}
    for path, body in (("try", {"text": "hi"}), ("behaviour-tests", {})):
        answer = await client.post(f"{address}/{path}", json=body)
        assert (answer.status_code, "POST …/analyses" in answer.json()["detail"]) == (409, True)
        assert (await client.post(f"{analysed}/{path}", json={**body, **unknown})).status_code == 404


async def test_a_test_counts_flips_by_perturbation_and_by_class(
    service: tuple[httpx2.AsyncClient, str], finished: Finished
) -> None:
    client, address = service
    asked = {"rows": 60, "perturbations": ["casing", "typos"], "filter": "label : *", "author": "Mai"}
    job = await finished(client, (await client.post(f"{address}/behaviour-tests", json=asked)).json()["id"])
    assert (job["status"], job["done"], job["total"], job["failed"]) == ("succeeded", 60, 60, 0)
    (listed,) = (await client.get(f"{address}/behaviour-tests", params={"limit": 1})).json()["items"]
    assert job["result"] == {"behaviour_test": listed["id"]}
    assert (listed["job_id"], listed["author"], listed["rows"], listed["answered"]) == (job["id"], "Mai", 60, 60)
    assert listed["finished_at"] is not None

    found = (await client.get(f"{address}/behaviour-tests/{listed['id']}")).json()
    assert {name: found[name] for name in listed} == listed
    rates = {rate["perturbation"]: rate for rate in found["rates"]}
    assert list(rates) == ["any", "typos", "casing"]
    assert rates["casing"]["flipped"] == 0
    assert (rates["casing"]["rows"], rates["any"]["rows"]) == (60, 60)
    assert rates["typos"]["rate"]["low"] <= rates["typos"]["flipped"] / 60 <= rates["typos"]["rate"]["high"]
    assert {each["label"] for each in found["classes"]} == set(TOPICS)
    for name in rates:
        for field in ("rows", "flipped", "variants", "flipped_variants"):
            by_class = [
                rate[field] for each in found["classes"] for rate in each["rates"] if rate["perturbation"] == name
            ]
            assert sum(by_class) == rates[name][field]
    sureness = [min(flip["confidence_before"], flip["confidence_after"]) for flip in found["flips"]]
    assert sureness == sorted(sureness, reverse=True)
    assert len(found["flips"]) == rates["any"]["flipped_variants"]
    assert all(flip["text"] == rows()[flip["number"] - 1]["text"] != flip["variant"] for flip in found["flips"])


@pytest.mark.parametrize(("asked", "why"), [({"filter": "colour = 1"}, "colour"), ({"filter": "label = x"}, "no rows")])
async def test_a_filter_must_find_rows(idle: tuple[httpx2.AsyncClient, str], asked: dict[str, Any], why: str) -> None:
    client, address = idle
    answer = await client.post(f"{address}/behaviour-tests", json=asked)
    assert answer.status_code == 422
    assert why in answer.json()["detail"]


async def test_one_test_at_a_time_goes_on_and_can_be_cancelled(idle: tuple[httpx2.AsyncClient, str]) -> None:
    client, address = idle
    job = (await client.post(f"{address}/behaviour-tests", json={"rows": 5})).json()
    assert (await client.post(f"{address}/behaviour-tests", json={"rows": 5})).status_code == 409
    assert (await client.post(f"/jobs/{job['id']}/cancel")).json()["status"] == "cancelled"
    (newest,) = (await client.get(f"{address}/behaviour-tests", params={"limit": 1})).json()["items"]
    assert (newest["finished_at"], newest["answered"]) == (None, 0)
    assert [rate["flipped"] for rate in newest["rates"]] == [0] * (1 + len(PERTURBATIONS))
    other = newest["id"][:-4] + "0000"
    assert (await client.get(f"{address}/behaviour-tests/{other}")).status_code == 404


class Killed(Perturber):
    """Makes one step, as if its worker were then killed."""

    async def __call__(self, job: Job) -> Step | None:
        """Stop before the second step."""
        if job.position:
            raise RetryLaterError("Killed.")
        return await super().__call__(job)


async def test_another_worker_goes_on_where_one_was_killed(
    idle: tuple[httpx2.AsyncClient, str], analysed: tuple[Settings, str]
) -> None:
    client, address = idle
    settings, _ = analysed
    assert settings.database_url is not None
    database, never = Database(settings.database_url), asyncio.Event()
    found = []
    for is_killed in (False, True):
        job = (await client.post(f"{address}/behaviour-tests", json={"rows": 2 * STEP_ROWS})).json()["id"]
        if is_killed:
            with pytest.raises(RetryLaterError):
                await jobs.run(database, UUID(job), Killed(database, settings), never)
            (half,) = (await client.get(f"{address}/behaviour-tests", params={"limit": 1})).json()["items"]
            assert (half["answered"], half["finished_at"]) == (STEP_ROWS, None)
        await jobs.run(database, UUID(job), Perturber(database, settings), never)
        assert (await client.get(f"/jobs/{job}")).json()["status"] == "succeeded"
        (listed,) = (await client.get(f"{address}/behaviour-tests", params={"limit": 1})).json()["items"]
        found.append((await client.get(f"{address}/behaviour-tests/{listed['id']}")).json())
    await database.close()
    undisturbed, gone_on_with = found
    for name in ("answered", "rates", "classes", "flips"):
        assert gone_on_with[name] == undisturbed[name]
    assert undisturbed["answered"] == 2 * STEP_ROWS


async def test_each_class_has_as_many_rows(
    idle: tuple[httpx2.AsyncClient, str], analysed: tuple[Settings, str]
) -> None:
    client, address = idle
    settings, _ = analysed
    assert settings.database_url is not None
    job = (await client.post(f"{address}/behaviour-tests", json={"rows": 12})).json()["id"]
    (listed,) = (await client.get(f"{address}/behaviour-tests", params={"limit": 1})).json()["items"]
    await client.post(f"/jobs/{job}/cancel")
    database = Database(settings.database_url)
    async with database.session() as session:
        test = await session.get_one(BehaviourTest, UUID(listed["id"]))
    await database.close()
    labels = [rows()[number - 1]["label"] for number in test.numbers]
    assert sorted(map(labels.count, [*TOPICS, None])) == [3, 3, 3, 3]
