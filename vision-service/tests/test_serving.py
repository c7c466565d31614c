"""The service as a process on a socket: what it imports, how it refuses and how it stops."""

import http.client
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import httpx2
import pytest
from PIL import Image

from shared.errors import MEDIA_TYPE
from shared.images.testing import Encode
from shared.testing import server_process


@pytest.fixture(scope="module")
def url(model_dir: Path) -> Iterator[str]:
    environment = {"VISION_MODEL_DIR": str(model_dir), "VISION_MAX_BODY_BYTES": "20000000"}
    with server_process("vision", "VISION_", environment) as (_, url):
        yield url


def test_serving_needs_no_torch_and_no_rich() -> None:
    # `None` makes an import fail; of rich, structlog makes use only where it is there.
    absent = ["torch", "torchvision", "onnx", "onnxscript", "rich"]
    script = f"import sys; sys.modules.update(dict.fromkeys({absent})); import vision.main, vision.prepare"
    subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, timeout=60)


def test_a_chunked_upload_is_over_the_limit_is_refused(url: str) -> None:
    with upload(url, "Transfer-Encoding", "chunked") as connection:
        with suppress(OSError):
            for _ in range(25):
                connection.send(b"%x\r\n%b\r\n" % (1 << 20, bytes(1 << 20)))
        answer = connection.getresponse()
        assert answer.status == 413
        assert answer.getheader("content-type") == MEDIA_TYPE
        assert b"larger than 20,000,000 bytes" in answer.read()
    assert httpx2.get(f"{url}/readyz").status_code == 200


def test_a_declared_length_over_the_limit_is_refused_unread(url: str) -> None:
    with upload(url, "Content-Length", "20000001") as connection:
        assert connection.getresponse().status == 413


@contextmanager
def upload(url: str, name: str, value: str) -> Iterator[http.client.HTTPConnection]:
    """Begin an upload with the header `name`; its body is yet to come."""
    with closing(http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)) as connection:
        connection.putrequest("POST", "/predictions")
        connection.putheader("Content-Type", "image/jpeg")
        connection.putheader(name, value)
        connection.endheaders()
        yield connection


def test_a_request_in_flight_is_finished(model_dir: Path, photo: Image.Image, encode: Encode) -> None:
    large = encode(photo.resize((6400, 4800)), "PNG", compress_level=1)
    environment = {"VISION_MODEL_DIR": str(model_dir), "VISION_MAX_BODY_BYTES": "20000000"}
    with server_process("vision", "VISION_", environment) as (process, url):
        with closing(http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)) as connection:
            connection.request("POST", "/predictions", body=large, headers={"content-type": "image/png"})
            process.send_signal(signal.SIGTERM)
            answer = connection.getresponse()
            assert answer.status == 200
            assert len(json.loads(answer.read())["predictions"]) == 5
        assert process.wait(timeout=30) == 0


def test_predictions_at_once_are_all_answered_alike(url: str, photo: Image.Image, encode: Encode) -> None:
    image = encode(photo, "PNG")
    answers: list[str] = []

    def ask() -> None:
        answers.extend(httpx2.post(f"{url}/predictions", files={"file": image}).text for _ in range(5))

    threads = [Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 40
    assert len(set(answers)) == 1
