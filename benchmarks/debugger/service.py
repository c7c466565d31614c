"""The whole way over HTTP: from a file to ranked issues, then every list, of the service as it is run."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import perf_counter, sleep
from typing import Any, Final
from urllib.parse import quote, urlsplit

import httpx2
import psutil

from benchmarks.debugger import drawing
from benchmarks.debugger.data import Data
from benchmarks.debugger.speed import grown
from shared.testing import server_process

REQUESTS: Final = 40
SAMPLE_SECONDS: Final = 0.5
TESTED: Final = 5
"""Every so manieth row is one of the test split."""
DEPTH: Final = 10
"""So many pages on, a list is asked for once more."""
LISTS: Final = (
    ("rows", "rows"),
    ("rows, likeliest errors first", "rows?order_by=issue.label_error%20desc"),
    ("rows, least sure first", "rows?order_by=confidence"),
    ("rows of a class", "rows?filter=" + quote('label = "{label}"')),
    ("confident mistakes", "rows?filter=" + quote("correct = false AND confidence > 0.9")),
    ("rows with a word", "rows?filter=" + quote('"card"')),
    ("rows like a sentence", "rows?filter=" + quote('similar("where is my card") > 0.5')),
    ("rows, most like a sentence first", "rows?order_by=" + quote('similar("where is my card") desc')),
    ("a row with its neighbours", "rows/17"),
    ("map", "map"),
    ("map of a class, by issue", "map?color=issue.label_error&filter=" + quote('label = "{label}"')),
    ("map of a lasso", "map?filter=" + quote('inside("-0.5 -0.5 0.5 -0.5 0.5 0.5 -0.5 0.5")')),
    ("counts", "rows/counts"),
    ("counts of a class", "rows/counts?filter=" + quote('label = "{label}"')),
    ("issue kinds", "issues"),
    ("label errors", "issues/label_error"),
    ("ambiguous classes", "issues/ambiguous_classes"),
    ("review budget", "review-budget"),
    ("metrics", "metrics"),
    ("metrics of the test split", "metrics?filter=" + quote("split = testing")),
    ("confusion matrix", "confusion"),
    ("history of metrics", "metrics/history"),
    ("versions", "versions"),
)


def compare(data: Data, sizes: Sequence[int]) -> None:
    """Print for each number of rows how long it takes to ranked issues, in how much memory, and every list's p95."""
    for size in sizes:
        rows = few_classes(data, size) if size < len(data.texts) else grown(data, size)
        with TemporaryDirectory() as folder:
            environment = {"DEBUGGER_DATA_DIR": folder, "DEBUGGER_LOG_LEVEL": "error"}
            with server_process("debugger", "DEBUGGER_", environment) as (process, url):
                _measure(rows, url, process.pid)


def few_classes(data: Data, size: int) -> Data:
    """Return the first `size` rows of the first classes that have so many."""
    classes, found = 0, 0
    while found < size:
        found += int((data.labels == classes).sum())
        classes += 1
    chosen = [number for number, label in enumerate(data.labels) if label < classes][:size]
    texts = tuple(data.texts[number] for number in chosen)
    return Data(data.name, texts, data.labels[chosen], data.classes[:classes])


def _measure(data: Data, url: str, pid: int) -> None:
    print(f"\n{len(data.texts):,} rows, {len(data.classes)} classes")
    with httpx2.Client(base_url=url, timeout=60) as client, _peak(pid) as peak:
        started = perf_counter()
        project = f"/projects/{client.post('/projects', json={'name': 'Measured'}).json()['id']}"
        _job(client, client.post(f"{project}/imports", content=_lines(data)))
        imported = perf_counter()
        print(f"  {'import':32}{imported - started:8.1f} s")
        _job(client, client.post(f"{project}/analyses"))
        print(f"  {'analysis':32}{perf_counter() - imported:8.1f} s")
        print(f"  {'from file to ranked issues':32}{perf_counter() - started:8.1f} s")
        _over(client, client.get(f"{project}/jobs").json()["items"][0])
        print(f"  {'to the map':32}{perf_counter() - started:8.1f} s")
    print(f"  {'most memory, without PostgreSQL':32}{peak[0] / 2**20:8.0f} MiB")
    server = HTTPConnection(urlsplit(url).netloc, timeout=60)
    for name, path in LISTS:
        _print_list(server, name, f"{project}/{path.replace('{label}', quote(data.classes[0]))}")
    drawing.print_frames(f"{url}/#{project}/map")


def _print_list(server: HTTPConnection, name: str, path: str) -> None:
    _print_times(server, name, path)
    deep = _deep(server, path)
    if deep:
        _print_times(server, f"{name}, page {DEPTH}", deep)


def _print_times(server: HTTPConnection, name: str, path: str) -> None:
    """Print how long the first answer takes, for some are kept until something changes, and then how long others."""
    first = _ask(server, path)[0] * 1000
    took = [_ask(server, path)[0] * 1000 for _ in range(REQUESTS)]
    later = f"p50 {median(took):7.1f} ms   p95 {quantiles(took, n=20)[-1]:7.1f} ms"
    print(f"  {name:42}first {first:7.1f} ms   {later}", flush=True)


def _deep(server: HTTPConnection, path: str) -> str | None:
    """Return the address of a later page, None where there is none."""
    found = path
    for _ in range(DEPTH):
        answer = _ask(server, found)[1]
        cursor = answer.get("next_cursor") if isinstance(answer, dict) else None
        if not cursor:
            return None
        found = f"{path}{'&' if '?' in path else '?'}cursor={quote(cursor)}"
    return found


def _ask(server: HTTPConnection, path: str) -> tuple[float, Any]:
    started = perf_counter()
    server.request("GET", path)
    answer = server.getresponse()
    body = answer.read()
    took = perf_counter() - started
    if answer.status != 200:
        raise RuntimeError(f"{path} is answered {answer.status}: {body.decode()}")
    return took, json.loads(body) if "json" in answer.headers["content-type"] else None


def _job(client: httpx2.Client, answer: httpx2.Response) -> None:
    """Wait until the job that was accepted is over."""
    answer.raise_for_status()
    _over(client, answer.json())


def _over(client: httpx2.Client, job: dict[str, Any]) -> None:
    while job["status"] not in {"succeeded", "failed", "cancelled"}:
        sleep(0.1)
        job = client.get(f"/jobs/{job['id']}").json()
    if job["status"] != "succeeded":
        raise RuntimeError(f"The job has {job['status']}: {job['error']}")


def _lines(data: Data) -> bytes:
    rows = (
        {"text": text, "label": data.classes[label], "split": "training" if number % TESTED else "testing"}
        for number, (text, label) in enumerate(zip(data.texts, data.labels.tolist()))
    )
    return "\n".join(json.dumps(row) for row in rows).encode()


@contextmanager
def _peak(pid: int) -> Iterator[list[int]]:
    """Yield a list whose one number becomes the most bytes that the service and its workers had of their own."""
    peak, stopping = [0], Event()

    def sample() -> None:
        service = psutil.Process(pid)
        while not stopping.wait(SAMPLE_SECONDS):
            processes = [service, *service.children(recursive=True)]
            peak[0] = max(peak[0], sum(_own_bytes(each) for each in processes))

    thread = Thread(target=sample)
    thread.start()
    try:
        yield peak
    finally:
        stopping.set()
        thread.join()


def _own_bytes(process: psutil.Process) -> int:
    try:
        return 0 if process.name() == "postgres" else int(process.memory_full_info().uss)
    except psutil.NoSuchProcess:
        return 0
