"""The file changes while the gateway runs."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from gateway.keys.changes import NewKey, revoke
from gateway.keys.lookup import Keys
from gateway.keys.watching import KeyFile
from gateway.keys.writing import change

Make = Callable[..., NewKey]
POLL_SECONDS = 0.01
SECONDS = 5


@asynccontextmanager
async def watched(path: Path) -> AsyncIterator[tuple[KeyFile, "asyncio.Queue[Keys]"]]:
    """Watch the file; yield it and what it said of changes."""
    file = KeyFile(path, POLL_SECONDS)
    changes: asyncio.Queue[Keys] = asyncio.Queue()
    task = asyncio.create_task(file.watch(changes.put_nowait))
    try:
        yield file, changes
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def next_of(changes: "asyncio.Queue[Keys]") -> Keys:
    """Return the next change."""
    return await asyncio.wait_for(changes.get(), SECONDS)


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until it is so."""
    async with asyncio.timeout(SECONDS):
        while not is_so():  # noqa: ASYNC110 what is waited for is told by no event
            await asyncio.sleep(POLL_SECONDS)


def make_again(path: Path, make: Make) -> NewKey:
    """Make a key in a new file, whatever is at `path`."""
    path.unlink(missing_ok=True)
    return make("second")


async def test_a_changed_file_is_taken_over(path: Path, make: Make, now: datetime) -> None:
    key = make()
    async with watched(path) as (file, changes):
        second = make("second")
        assert await next_of(changes) is file.keys
        assert file.keys.find(second.text, now.timestamp()).name == "second"

        change(path, lambda entries: revoke(entries, key.entry.id, now))
        await next_of(changes)
        assert file.keys.still_valid(key.entry.id, now.timestamp()) is None
        assert file.problem is None


async def test_an_unchanged_file_is_not_read_again(path: Path, make: Make) -> None:
    make()
    async with watched(path) as (file, changes):
        keys = file.keys
        await asyncio.sleep(20 * POLL_SECONDS)

        assert changes.empty()
        assert file.keys is keys


async def test_a_secret_of_kubernetes_is_followed(tmp_path: Path, make: Make, now: datetime) -> None:
    versions = [tmp_path / "..2030_1", tmp_path / "..2030_2"]
    made = []
    for number, folder in enumerate(versions):
        folder.mkdir()
        made.append(make(f"version-{number}", file=folder / "keys.json"))
        os.utime(folder / "keys.json", (0, 0))
    data, path = tmp_path / "..data", tmp_path / "keys.json"
    data.symlink_to(versions[0].name)
    path.symlink_to("..data/keys.json")

    async with watched(path) as (file, changes):
        assert file.keys.find(made[0].text, now.timestamp()).name == "version-0"
        (tmp_path / "..data_tmp").symlink_to(versions[1].name)
        (tmp_path / "..data_tmp").replace(data)

        assert (await next_of(changes)).find(made[1].text, now.timestamp()).name == "version-1"
        assert file.keys.still_valid(made[0].entry.id, now.timestamp()) is None


@pytest.mark.parametrize("spoil", [lambda path: path.write_text("{"), Path.unlink], ids=["broken", "missing"])
async def test_a_bad_file_keeps_the_old_keys_until_it_is_mended(
    path: Path, make: Make, now: datetime, spoil: Callable[[Path], object]
) -> None:
    key = make()
    with capture_logs() as logs:
        async with watched(path) as (file, changes):
            spoil(path)
            await until(lambda: file.problem is not None)
            await asyncio.sleep(10 * POLL_SECONDS)
            assert file.problem
            assert str(path) in file.problem
            assert file.keys.find(key.text, now.timestamp()).name == "robot"
            assert changes.empty()

            second = make_again(path, make)
            assert (await next_of(changes)).find(second.text, now.timestamp()).name == "second"
            assert file.problem is None
    assert [log["log_level"] for log in logs if log["log_level"] == "error"] == ["error"]
    assert key.text not in str(logs)
    assert key.entry.hash not in str(logs)


async def test_a_file_that_is_missing_at_the_start_lets_nobody_in_and_may_come_later(
    path: Path, make: Make, now: datetime
) -> None:
    async with watched(path) as (file, changes):
        assert file.problem
        assert "does not exist" in file.problem
        assert len(file.keys) == 0

        key = make()
        await next_of(changes)
        assert file.keys.find(key.text, now.timestamp()).name == "robot"
        assert file.problem is None


async def test_a_change_that_nobody_could_act_upon_does_not_end_the_watch(path: Path, make: Make) -> None:
    make()
    file = KeyFile(path, POLL_SECONDS)
    calls: list[int] = []

    def fail(keys: Keys) -> None:
        calls.append(len(keys))
        raise RuntimeError("no")

    with capture_logs() as logs:
        task = asyncio.create_task(file.watch(fail))
        for expected in (2, 3):
            make()
            await until(partial(calls.__contains__, expected))
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    assert len([log for log in logs if log["event"] == "the change of keys was not acted upon"]) == len(calls)


async def test_what_was_read_before_a_reload_does_not_replace_what_it_read(
    path: Path, make: Make, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, go_on = asyncio.Event(), asyncio.Event()
    to_thread = asyncio.to_thread

    async def late(*call: Any) -> Any:
        found = await to_thread(*call)
        read.set()
        await go_on.wait()
        return found

    monkeypatch.setattr(asyncio, "to_thread", late)
    key = make()
    async with watched(path) as (file, _):
        make()
        await asyncio.wait_for(read.wait(), SECONDS)
        change(path, lambda entries: revoke(entries, key.entry.id, now))
        file.reload()
        go_on.set()
        for _ in range(10):
            await asyncio.sleep(0)
            assert file.keys.still_valid(key.entry.id, now.timestamp()) is None


def test_reloading_reads_at_once(path: Path, make: Make) -> None:
    make()
    file = KeyFile(path)
    make()

    assert file.reload()
    assert len(file.keys) == 2

    path.write_text("")
    assert not file.reload()
    assert len(file.keys) == 2


async def test_reloading_tells_of_the_change_too(path: Path, make: Make) -> None:
    make()
    file = KeyFile(path, poll_seconds=60)
    changes: list[Keys] = []
    task = asyncio.create_task(file.watch(changes.append))
    await asyncio.sleep(0)
    file.reload()
    task.cancel()

    assert changes == [file.keys]
