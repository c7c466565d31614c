"""`POST /predictions` in-process: what is answered to which request."""

import asyncio
import gc
import struct
import zlib
from collections.abc import AsyncIterator
from pathlib import Path
from threading import Event
from typing import Any

import httpx2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from shared.errors import MEDIA_TYPE
from shared.images.testing import Encode
from shared.testing import client_of
from vision.classifier import Array, Classifier, Outputs
from vision.main import create_app
from vision.schemas.predictions import Predictions
from vision.settings import Settings, usable_cores

JPEG = {"content-type": "image/jpeg"}


def assert_problem(answer: httpx2.Response, status: int, text: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == MEDIA_TYPE
    problem = answer.json()
    assert problem["status"] == status
    assert problem["instance"] == "/predictions"
    assert text in problem["detail"]


async def test_a_form_and_a_raw_body_get_the_same_answer(client: httpx2.AsyncClient, dog: bytes) -> None:
    answers = [
        await client.post("/predictions", files={"file": ("dog.jpg", dog, "image/jpeg")}),
        await client.post("/predictions", files={"file": ("dog", dog, "text/plain")}, data={"other": "ignored"}),
        await client.post("/predictions", content=dog, headers=JPEG),
        await client.post("/predictions", content=dog, headers={"content-type": "IMAGE/png; charset=binary"}),
        await client.post("/predictions", content=dog, headers={"content-type": "application/octet-stream"}),
        await client.post("/predictions", content=dog),
    ]
    found = Predictions.model_validate_json(answers[0].text)
    assert found.predictions[0].label == "Samoyed"
    assert found.predictions[0].class_id == 258
    known = {"mobilenet_v2": 0.8303, "resnet18": 0.8846}[found.model.name]
    assert found.predictions[0].confidence == pytest.approx(known, abs=2e-4)
    assert len({answer.text for answer in answers}) == 1


async def test_the_answer_names_its_model(client: httpx2.AsyncClient, photo: Image.Image, encode: Encode) -> None:
    model = (await client.post("/predictions", content=encode(photo, "PNG"), headers=JPEG)).json()["model"]
    assert set(model) == {"name", "version", "weights", "stands_in_for"}
    assert len(model["version"]) == 12
    assert model["weights"] == "IMAGENET1K_V1"
    ready = (await client.get("/readyz")).json()["checks"]["model"]["detail"]
    assert model["name"] in ready
    assert model["version"] in ready
    assert ("standing in" in ready) == bool(model["stands_in_for"])


@pytest.mark.parametrize("top", [1, 2, 3, 4, 5])
async def test_top(client: httpx2.AsyncClient, photo: Image.Image, encode: Encode, top: int) -> None:
    image = encode(photo, "PNG")
    full = (await client.post("/predictions", content=image, headers=JPEG)).json()["predictions"]
    cut = (await client.post(f"/predictions?top={top}", content=image, headers=JPEG)).json()["predictions"]
    assert len(full) == 5
    assert cut == full[:top]
    confidences = [prediction["confidence"] for prediction in full]
    assert confidences == sorted(confidences, reverse=True)


async def test_min_confidence(client: httpx2.AsyncClient, photo: Image.Image, encode: Encode) -> None:
    image = encode(photo, "PNG")
    full = (await client.post("/predictions", content=image, headers=JPEG)).json()["predictions"]
    third = full[2]["confidence"]
    cut = await client.post("/predictions", params={"min_confidence": third}, content=image, headers=JPEG)
    none = await client.post("/predictions?min_confidence=1", content=image, headers=JPEG)
    assert cut.json()["predictions"] == [each for each in full if each["confidence"] >= third]
    assert none.json()["predictions"] == []


@pytest.mark.parametrize(
    "query", ["tpo=3", "top=0", "top=6", "top=x", "top=2.5", "min_confidence=nan", "min_confidence=1.1"]
)
async def test_bad_parameters(client: httpx2.AsyncClient, photo: Image.Image, encode: Encode, query: str) -> None:
    answer = await client.post(f"/predictions?{query}", content=encode(photo, "PNG"), headers=JPEG)
    assert_problem(answer, 422, f"query.{query.partition('=')[0]}")


@pytest.mark.parametrize(
    ("options", "status", "text"),
    [
        ({}, 422, "the body is empty"),
        ({"content": b"", "headers": JPEG}, 422, "the body is empty"),
        ({"content": b"", "headers": {"content-type": "application/json"}}, 422, "the body is empty"),
        ({"files": {"file": ("a.jpg", b"")}}, 422, "the file is empty"),
        ({"files": {"photo": ("a.jpg", b"x")}}, 422, "there is no file"),
        ({"files": {"file": (None, b"some text")}}, 422, "not text"),
        ({"files": [("file", ("a", b"x")), ("file", ("b", b"y"))]}, 422, "Too many files"),
        ({"files": {f"f{i}": (None, b"x") for i in range(101)}}, 422, "Too many fields"),
        ({"content": b"x", "headers": {"content-type": "multipart/form-data"}}, 422, "boundary"),
        ({"content": b"x", "headers": {"content-type": "multipart/form-data; boundary=y"}}, 422, "Invalid multipart"),
        ({"content": b"--y\r\n\r\n", "headers": {"content-type": "multipart/form-data; boundary=y"}}, 422, "name"),
        ({"json": {"file": "x"}}, 415, "not application/json"),
        ({"data": {"file": "x"}}, 415, "not application/x-www-form-urlencoded"),
        ({"content": b"x", "headers": {"content-type": "text/plain"}}, 415, "not text/plain"),
        ({"content": b"some text", "headers": JPEG}, 415, "JPEG, PNG, WebP"),
        ({"files": {"file": ("a.jpg", b"some text", "image/jpeg")}}, 415, "JPEG, PNG, WebP"),
        ({"content": b"\xff\xd8\xff\xe0", "headers": JPEG}, 422, "damaged or cut off"),
        ({"content": bytes(2_000_001), "headers": JPEG}, 413, "larger than 2,000,000 bytes"),
        ({"files": {"file": ("a.jpg", bytes(2_000_000))}}, 413, "larger than 2,000,000 bytes"),
    ],
)
async def test_bad_bodies(client: httpx2.AsyncClient, options: dict[str, Any], status: int, text: str) -> None:
    assert_problem(await client.post("/predictions", **options), status, text)


@pytest.mark.filterwarnings("ignore:Unclosed file")  # the framework leaves a part without an end to the collector
async def test_a_cut_off_form(client: httpx2.AsyncClient) -> None:
    form = b'--y\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\nhalf of it'
    answer = await client.post(
        "/predictions", content=form, headers={"content-type": "multipart/form-data; boundary=y"}
    )
    assert_problem(answer, 422, "the form is empty or cut off")
    gc.collect()


async def test_a_bomb(client: httpx2.AsyncClient) -> None:
    header = b"IHDR" + struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    data += b"\0\0\0\0IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))
    assert_problem(await client.post("/predictions", content=data, headers=JPEG), 413, "20,000 x 20,000 pixels")


async def test_a_cut_off_photo(client: httpx2.AsyncClient, photo: Image.Image, encode: Encode) -> None:
    image = encode(photo, "JPEG")
    answer = await client.post("/predictions", files={"file": image[: len(image) // 2]})
    assert_problem(answer, 422, "damaged or cut off")


async def test_without_a_model_the_service_lives_and_says_so(tmp_path: Path) -> None:
    async with client_of(create_app(Settings(model_dir=tmp_path))) as client:
        assert (await client.get("/livez")).status_code == 200
        ready = await client.get("/readyz")
        assert ready.status_code == 503
        assert f"There is no model at {tmp_path}" in ready.json()["detail"]
        assert_problem(await client.post("/predictions", content=b"x", headers=JPEG), 503, "vision.prepare")


async def test_a_full_queue_is_said_at_once(
    model_dir: Path, photo: Image.Image, encode: Encode, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy, go_on = Event(), Event()
    compute = Classifier.compute

    def wait(self: Classifier, images: Array) -> Outputs:
        busy.set()
        go_on.wait(10)
        return compute(self, images)

    few = Settings(model_dir=model_dir, workers=1, queue_size=1, tuning_seconds=0)
    image = encode(photo, "PNG")
    async with client_of(create_app(few)) as client:
        monkeypatch.setattr(Classifier, "compute", wait)
        waiting = [asyncio.create_task(client.post("/predictions", content=image, headers=JPEG)) for _ in range(2)]
        await asyncio.to_thread(busy.wait, 10)
        refused = await client.post("/predictions", content=image, headers=JPEG)
        late = await client.post("/predictions", content=image, headers={**JPEG, "X-Request-Timeout": "0.1"})
        go_on.set()
        answered = [(await task).status_code for task in waiting]
    assert_problem(refused, 503, "places are taken")
    assert_problem(late, 503, "places are taken")
    assert int(refused.headers["retry-after"]) >= 1
    assert answered == [200, 200]


async def test_a_deadline_is_kept_while_queued(
    model_dir: Path, photo: Image.Image, encode: Encode, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    busy, go_on = Event(), Event()
    compute = Classifier.compute

    def wait(self: Classifier, images: Array) -> Outputs:
        sizes.append(len(images))
        busy.set()
        go_on.wait(10)
        return compute(self, images)

    one = Settings(model_dir=model_dir, workers=1, threads=usable_cores(), cache_bytes=0, tuning_seconds=0)
    image = encode(photo, "PNG")
    async with client_of(create_app(one)) as client:
        monkeypatch.setattr(Classifier, "compute", wait)
        first = asyncio.create_task(client.post("/predictions", content=image, headers=JPEG))
        await asyncio.to_thread(busy.wait, 10)
        late = await client.post("/predictions", content=image, headers={**JPEG, "X-Request-Timeout": "0.1"})
        go_on.set()
        assert (await first).status_code == 200
    assert_problem(late, 504, "within the 0.1 s")
    assert sizes == [1]  # nothing was computed for nobody


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "x", "3601"])
async def test_a_bad_deadline(client: httpx2.AsyncClient, seconds: str) -> None:
    answer = await client.post("/predictions", content=b"x", headers={**JPEG, "X-Request-Timeout": seconds})
    assert_problem(answer, 422, "x-request-timeout")


async def test_where_the_time_went_is_measured_and_told(
    client: httpx2.AsyncClient, photo: Image.Image, encode: Encode
) -> None:
    first, second = [await client.post("/predictions", content=encode(photo, "PNG"), headers=JPEG) for _ in range(2)]
    stages = [part.split(";")[0] for part in first.headers["server-timing"].split(", ")]
    assert stages == ["wait", "decode", "queue", "inference", "batch"]
    assert second.headers["server-timing"] == 'cache;desc="hit"'
    assert first.json() == second.json()
    metrics = (await client.get("/metrics")).text
    for count in (
        "vision_decode_duration_seconds_count",
        "vision_queue_duration_seconds_count",
        "vision_inference_duration_seconds_count",
        "vision_batch_size_count",
        'vision_cache_lookups_total{result="hit"}',
        'vision_cache_lookups_total{result="miss"}',
    ):
        assert f"{count} 1.0" in metrics, metrics
    assert "vision_queue_depth 0.0" in metrics


async def test_an_embedding_has_length_one_and_alike_images_are_near(
    client: httpx2.AsyncClient, photo: Image.Image, encode: Encode
) -> None:
    async def embedding(image: bytes) -> Array:
        found = (await client.post("/embeddings", content=image, headers=JPEG)).json()
        assert len(found["embedding"]) == found["dimensions"]
        return np.array(found["embedding"], np.float32)

    one, same, other = [
        await embedding(image)
        for image in (encode(photo, "PNG"), encode(photo, "JPEG"), encode(Image.new("RGB", (300, 300), "red"), "PNG"))
    ]
    assert float(one @ one) == pytest.approx(1, abs=1e-5)
    assert float(one @ same) > float(one @ other)


async def test_each_of_several_images_has_its_own_answer(
    client: httpx2.AsyncClient, photo: Image.Image, encode: Encode
) -> None:
    images = {"a.png": encode(photo, "PNG"), "b.txt": b"some text", "c.jpg": encode(photo.rotate(90), "JPEG")}
    alone = [(await client.post("/predictions?top=2", content=image, headers=JPEG)).json() for image in images.values()]
    answer = await client.post("/predictions/batch?top=2", files=[("files", each) for each in images.items()])
    assert answer.status_code == 200
    results = answer.json()["results"]
    assert [result["name"] for result in results] == list(images)
    assert [result["predictions"] for result in results] == [one.get("predictions") for one in alone]
    assert (results[1]["problem"]["status"], results[0]["problem"]) == (415, None)
    assert "JPEG, PNG" in results[1]["problem"]["detail"]


@pytest.mark.parametrize(
    ("options", "status", "text"),
    [
        ({"content": b"x", "headers": JPEG}, 415, "with `files`"),
        ({"files": [("files", (None, b"x"))]}, 422, "not text"),
        ({"files": [("file", ("a", b"x"))]}, 422, "there is no file"),
        ({"files": [("files", (f"{number}", b"x")) for number in range(65)]}, 422, "Too many files"),
    ],
)
async def test_bad_batches(client: httpx2.AsyncClient, options: dict[str, Any], status: int, text: str) -> None:
    answer = await client.post("/predictions/batch", **options)
    assert (answer.status_code, answer.headers["content-type"]) == (status, MEDIA_TYPE)
    assert text in answer.text


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    image_format=st.sampled_from(["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"]),
    changes=st.lists(st.tuples(st.integers(0), st.integers(0, 255)), min_size=1, max_size=8),
)
@pytest.mark.filterwarnings("ignore")
async def test_damage_is_never_a_server_error(
    image_format: str,
    changes: list[tuple[int, int]],
    client: httpx2.AsyncClient,
    photo: Image.Image,
    encode: Encode,
) -> None:
    data = bytearray(encode(photo.resize((12, 9)), image_format))
    for place, value in changes:
        data[place % len(data)] = value
    answer = await client.post("/predictions", content=bytes(data), headers=JPEG)
    assert answer.status_code in {200, 413, 415, 422}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.filterwarnings("ignore:Unclosed file")  # the framework leaves a part without an end to the collector
@given(place=st.integers(0), junk=st.binary(min_size=1, max_size=20))
async def test_a_damaged_form_is_never_a_server_error(place: int, junk: bytes, client: httpx2.AsyncClient) -> None:
    form = bytearray(
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n'
        b"Content-Type: image/png\r\n\r\nnot an image\r\n--b--\r\n"
    )
    start = place % len(form)
    form[start : start + len(junk)] = junk
    headers = {"content-type": "multipart/form-data; boundary=b"}
    answer = await client.post("/predictions", content=bytes(form), headers=headers)
    assert answer.status_code in {415, 422}


async def test_a_stream_in_chunks_over_the_limit(client: httpx2.AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield bytes(100_000)

    assert_problem(await client.post("/predictions", content=chunks(), headers=JPEG), 413, "2,000,000 bytes")
