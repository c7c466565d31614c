"""Instances behind TLS."""

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gateway.wire import Connections, NotConnectedError
from gateway.wire.errors import BrokenError

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="needs openssl to make a certificate")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for `localhost`, in one file."""
    folder = tmp_path_factory.mktemp("tls")
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
    names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(folder / "key"), "-out", str(folder / "crt")]
    subprocess.run([*command.split(), *names], check=True, capture_output=True)
    (folder / "both").write_bytes((folder / "key").read_bytes() + (folder / "crt").read_bytes())
    return folder / "both"


@asynccontextmanager
async def secure_instance(certificate: Path, *said: bytes) -> AsyncIterator[int]:
    """Run an instance that says these in turn on each connection; yield its port."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for one in said:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(one)
        await writer.drain()
        await reader.read(1)
        writer.close()

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    yield server.sockets[0].getsockname()[1]
    await asyncio.sleep(0.05)
    server.close()


async def test_requests_go_over_a_connection_that_is_kept(certificate: Path) -> None:
    async with secure_instance(certificate, OK, OK) as port:
        connections = Connections("localhost", port, tls=ssl.create_default_context(cafile=certificate))
        for _ in range(2):
            answer = await connections.request(b"GET", b"/", [], connect_seconds=5, read_seconds=5)
            assert answer.whole == b"ok"
        assert connections.idle == 1
        await connections.close()


async def test_a_certificate_that_is_not_trusted_is_no_connection(certificate: Path) -> None:
    async with secure_instance(certificate, OK) as port:
        connections = Connections("localhost", port, tls=ssl.create_default_context())
        with pytest.raises(NotConnectedError, match="certificate"):
            await connections.request(b"GET", b"/", [], connect_seconds=5, read_seconds=5)
        assert connections.busy == 0
        await connections.close()


async def test_a_server_that_does_not_shake_hands_is_given_up() -> None:
    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1 << 16)
        await reader.read(1 << 16)
        writer.close()

    server = await asyncio.start_server(wait, "127.0.0.1", 0)
    connections = Connections("localhost", server.sockets[0].getsockname()[1], tls=ssl.create_default_context())
    with pytest.raises(NotConnectedError, match=r"0\.2 s"):
        await connections.request(b"GET", b"/", [], connect_seconds=0.2, read_seconds=5)
    assert connections.busy == 0
    await connections.close()
    server.close()
    await asyncio.sleep(0.05)


async def test_an_answer_that_tls_cuts_off_is_not_whole(certificate: Path) -> None:
    async with secure_instance(certificate, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf") as port:
        connections = Connections("localhost", port, tls=ssl.create_default_context(cafile=certificate))
        answer = await connections.request(b"GET", b"/", [], connect_seconds=5, read_seconds=0.2)
        assert await answer.read() == b"half"
        answer.close()
        with pytest.raises(BrokenError):
            await answer.read()
        await connections.close()
