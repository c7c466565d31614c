"""One call: what may be answered, where the key may go, and what is said of it."""

import gzip
import logging
import ssl
import subprocess
from collections.abc import Awaitable, Callable
from shutil import which
from traceback import format_exception
from typing import Any, TypeAlias

import pytest
from pydantic import SecretStr

from debugger.clients.calling import MAX_ANSWER_BYTES, MAX_DETAIL_CHARACTERS
from debugger.clients.prediction import Missing, Patience, PermanentError, Prediction, PredictionClient

Connect: TypeAlias = Callable[..., Awaitable[PredictionClient]]


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (400, "check that it speaks the Humanloop prediction API"),
        (401, "give the right one"),
        (403, "give one that may"),
        (404, "check the address, the project and the version"),
        (405, "check the address and that it speaks this API"),
        (501, "check the address and that it speaks this API"),
    ],
)
async def test_an_error_that_stays_is_not_asked_for_again(
    fake: Any, connect: Connect, status: int, advice: str
) -> None:
    fake.behaviour = lambda _: fake.reply({"detail": "No."}, status)
    with pytest.raises(PermanentError, match=rf"answers {status}: .*{advice} \(No\)\.$"):
        await (await connect()).predict(["a"])
    assert len(fake.calls) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(fake: Any, connect: Connect, status: int) -> None:
    async with fake.serving() as elsewhere:
        fake.behaviour = lambda _: fake.reply(b"", status, {"Location": f"http://{elsewhere}/"})
        with pytest.raises(PermanentError, match=f"answers {status}: it is elsewhere; give its final address"):
            await (await connect()).predict(["a"])
    assert len(fake.calls) == 1


@pytest.mark.parametrize("status", [200, 400])
async def test_an_answer_without_an_end_is_left(fake: Any, connect: Connect, status: int) -> None:
    sent = b" " * (MAX_ANSWER_BYTES + 1)
    fake.behaviour = lambda _: fake.reply(sent, status)
    client = await connect(attempts=1)
    if status == 200:
        answers = await client.predict(["a"])
        assert answers == [
            Missing(f"The prediction API's answer has more than {MAX_ANSWER_BYTES:,} bytes.", again=True)
        ]
    else:
        with pytest.raises(PermanentError, match="answers 400"):
            await client.predict(["a"])


async def test_a_packed_answer_is_not_unpacked(fake: Any, connect: Connect) -> None:
    packed = gzip.compress(b" " * (100 << 20))
    fake.behaviour = lambda _: fake.reply(packed, 200, {"Content-Encoding": "gzip"})
    (answer,) = await (await connect(attempts=1)).predict(["a"])
    assert answer == Missing("The prediction API's answer is packed, though that was not asked for.", again=True)


@pytest.mark.parametrize(
    "sent", [b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[", b"\0" * 99]
)
async def test_what_is_no_http_costs_a_prediction_and_no_more(fake: Any, connect: Connect, sent: bytes) -> None:
    fake.behaviour = lambda _: sent
    (answer,) = await (await connect(attempts=2)).predict(["a"])
    assert isinstance(answer, Missing)
    assert answer.reason.startswith("The prediction API cannot be reached (")


@pytest.mark.parametrize("detail", ["a" * 10_000, "a\nb\x1b[31m", {"a": 1}, None, ["a"]])
async def test_what_the_service_says_is_short_and_can_be_printed(fake: Any, connect: Connect, detail: Any) -> None:
    fake.behaviour = lambda _: fake.reply({"detail": detail}, 404)
    with pytest.raises(PermanentError) as caught:
        await (await connect()).predict(["a"])
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < MAX_DETAIL_CHARACTERS + 200


@pytest.mark.parametrize("status", [401, 422, 503])
async def test_the_key_is_told_to_nobody(
    fake: Any, connect: Connect, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str], status: int
) -> None:
    caplog.set_level(logging.DEBUG)
    fake.behaviour = lambda call: fake.reply({"detail": f"The key {call.headers['x-api-key']} is not right."}, status)
    client = await connect()
    told = [repr(client), str(vars(client))]
    try:
        told.append(repr(await client.predict(["a"])))
    except PermanentError as error:
        told += [repr(error), *format_exception(error), *(repr(vars(each)) for each in _chain(error))]
    told += [caplog.text, *capsys.readouterr()]
    assert "The key … is not right" in "".join(told)
    assert fake.calls[0].headers["x-api-key"] == fake.key
    assert fake.key not in "".join(told)


def _chain(error: BaseException | None) -> list[BaseException]:
    found = []
    while error is not None:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


@pytest.mark.parametrize("key", ["a\r\nX-Other: b", "a b", "schlüssel", "\0"])
def test_a_key_that_cannot_be_one_is_refused_without_telling_it(key: str) -> None:
    with pytest.raises(ValueError, match="printable ASCII characters alone") as caught:
        PredictionClient("http://127.0.0.1", "1", SecretStr(key))
    assert key not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "here",
        "ftp://host",
        "http://",
        "http://me:secret@host",
        "http://host/?a=b",
        "http://host/#a",
        "http://host:99999999",
    ],
)
def test_an_address_that_cannot_be_one_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="The prediction API's address") as caught:
        PredictionClient(url, "1")
    assert "secret" not in str(caught.value)


async def test_a_project_of_any_name_stays_one_part_of_the_path(fake: Any, address: str) -> None:
    async with PredictionClient(address, "a/b?c#é") as client:
        assert isinstance((await client.predict(["a"]))[0], Prediction)
    assert fake.calls[0].target == "/v4/projects/a%2Fb%3Fc%23%C3%A9/predict"
    assert "x-api-key" not in fake.calls[0].headers


@pytest.fixture(scope="module")
def untrusted(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """A server's certificate that it signed itself."""
    folder = tmp_path_factory.mktemp("certificate")
    certificate, secret = folder / "certificate.pem", folder / "secret.pem"
    made = ["-nodes", "-subj", "/CN=localhost", "-keyout", str(secret), "-out", str(certificate)]
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", *made], check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, secret)
    return context


@pytest.mark.skipif(which("openssl") is None, reason="openssl is not installed")
async def test_a_certificate_that_nobody_trusts_is_not_accepted(fake: Any, untrusted: ssl.SSLContext) -> None:
    async with (
        fake.serving(ssl=untrusted) as address,
        PredictionClient(f"https://{address}", "1", SecretStr(fake.key), patience=Patience(attempts=1)) as client,
    ):
        with pytest.raises(PermanentError, match="certificate is not trusted"):
            await client.predict(["a"])
    assert fake.calls == []
