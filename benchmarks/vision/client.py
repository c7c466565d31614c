"""The load: raw HTTP/1.1 over connections that are kept, from one process and without an HTTP library.

It shares the cores with the server, so it does as little as it can: requests are bytes that were made before, and of an
answer only the status and the end are looked for. It is the same for every server and tells its own part of a core.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil, nan
from time import perf_counter, process_time
from typing import Final, cast
from urllib.parse import urlsplit

import uvloop

TOLERATED: Final = 0.1
"""The part of the answers that may be errors: they do not count as images, and are told."""


@dataclass(frozen=True)
class Answer:
    """When the request was begun, when its answer was complete, and what it was."""

    begun: float
    ended: float
    status: int
    body: bytes

    @property
    def milliseconds(self) -> float:
        """From the first byte sent to the last received."""
        return (self.ended - self.begun) * 1000


@dataclass(frozen=True)
class Load:
    """What was measured: answers per second, their times in milliseconds, and the client's own part of a core."""

    seconds: float
    times: Sequence[float]
    client: float
    refused: Sequence[float] = ()
    """Times to a 503."""
    others: Counter[str] = field(default_factory=Counter)
    """Answers that are neither, and broken connections."""

    @property
    def rate(self) -> float:
        """Images per second."""
        return len(self.times) / self.seconds

    def percentile(self, percent: float) -> float:
        """Return the time that so many percent of the answers do not exceed."""
        return percentile(self.times, percent)


def percentile(times: Sequence[float], percent: float) -> float:
    """Return the smallest of `times` that so many percent of them do not exceed; NaN of none."""
    if not times:
        return nan
    return sorted(times)[max(0, ceil(len(times) * percent / 100) - 1)]


def request(url: str, content_type: str, body: bytes) -> bytes:
    """Return what is sent for a POST of `body`."""
    parts = urlsplit(url)
    head = f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: {content_type}\r\n"
    return f"{head}Accept: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def closed_loop(url: str, requests: Sequence[bytes], clients: int, warm_up: float, seconds: float) -> Load:
    """Keep `clients` requests under way; raises RuntimeError when more than a tenth are not answered with 200."""
    return uvloop.run(_closed_loop(url, requests, clients, warm_up, seconds))


def open_loop(url: str, requests: Sequence[bytes], rate: float, warm_up: float, seconds: float) -> Load:
    """Begin `rate` requests per second, whatever becomes of those before."""
    return uvloop.run(_open_loop(url, requests, rate, warm_up, seconds))


async def _closed_loop(url: str, requests: Sequence[bytes], clients: int, warm_up: float, seconds: float) -> Load:
    begin = perf_counter() + warm_up
    end = begin + seconds
    answers: list[Answer] = []
    failed: list[Answer] = []

    async def keep_asking(number: int) -> None:
        connection = await _connect(url)
        while perf_counter() < end:
            answer = await connection.ask(requests[number % len(requests)])
            number += clients
            (answers if answer.status == 200 else failed).append(answer)
        connection.close()

    tasks = [asyncio.create_task(keep_asking(number)) for number in range(clients)]
    await asyncio.sleep(warm_up)
    used = process_time()
    await asyncio.sleep(seconds)
    used = process_time() - used
    await asyncio.gather(*tasks)
    if len(failed) > TOLERATED * (len(answers) + len(failed)):
        raise RuntimeError(f"{failed[0].status} {failed[0].body[:500].decode(errors='replace')}")
    times = [answer.milliseconds for answer in answers if begin <= answer.ended < end]
    return Load(seconds, times, used / seconds, others=Counter(str(answer.status) for answer in failed))


async def _open_loop(url: str, requests: Sequence[bytes], rate: float, warm_up: float, seconds: float) -> Load:
    begin = perf_counter() + warm_up
    end = begin + seconds
    idle: deque[_Connection] = deque()
    answers: list[Answer] = []
    others: Counter[str] = Counter()

    async def ask(number: int) -> None:
        try:
            connection = idle.popleft() if idle else await _connect(url)
            answers.append(await connection.ask(requests[number % len(requests)]))
            idle.append(connection)
        except OSError as error:
            others[type(error).__name__] += 1

    first, number, tasks, used = perf_counter(), 0, set[asyncio.Task[None]](), 0.0
    while (now := perf_counter()) < end:
        used = used or (process_time() if now >= begin else 0)
        while number <= (now - first) * rate:
            task = asyncio.create_task(ask(number))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
            number += 1
        await asyncio.sleep(max(0, first + number / rate - perf_counter()))
    used = process_time() - used
    await asyncio.gather(*tasks)
    for connection in idle:
        connection.close()
    within = [answer for answer in answers if begin <= answer.ended < end]
    good, refused = ([one.milliseconds for one in within if one.status == status] for status in (200, 503))
    others.update(str(one.status) for one in within if one.status not in {200, 503})
    return Load(seconds, good, used / seconds, refused, others)


class _Connection(asyncio.Protocol):
    """One request at a time."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._begun = 0.0
        self._answer: asyncio.Future[Answer] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's are none by their type

    def ask(self, data: bytes) -> "asyncio.Future[Answer]":
        """Send the request; the answer raises ConnectionError when the server hangs up before it."""
        self._answer = asyncio.get_running_loop().create_future()
        self._begun = perf_counter()
        if self._transport.is_closing():
            self._answer.set_exception(ConnectionResetError("the server hung up"))
        else:
            self._transport.write(data)
        return self._answer

    def close(self) -> None:
        """Hang up."""
        self._transport.close()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head = self._buffer.find(b"\r\n\r\n")
        if head < 0 or not self._is_complete(head + 4):
            return
        answer, self._answer = self._answer, None
        status = int(self._buffer[9:12])
        if answer is not None and not answer.done():
            answer.set_result(Answer(self._begun, perf_counter(), status, bytes(self._buffer[head + 4 :])))
        self._buffer.clear()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionResetError(str(exc or "the server hung up")))

    def _is_complete(self, start: int) -> bool:
        head = bytes(self._buffer[:start]).lower()
        found = head.find(b"\r\ncontent-length:")
        if found < 0:
            return self._buffer.endswith(b"0\r\n\r\n")
        return len(self._buffer) - start >= int(head[found + 17 : head.index(b"\r\n", found + 2)])


async def _connect(url: str) -> _Connection:
    parts = urlsplit(url)
    loop = asyncio.get_running_loop()
    _, connection = await loop.create_connection(_Connection, parts.hostname or "", parts.port or 80)
    return connection
