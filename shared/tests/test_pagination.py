"""Cursors come back as the keys that they are, and nothing else is taken for one."""

from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import install_problem_handlers
from shared.pagination import MAX_INTEGER, Page, PageDep, decode_cursor, encode_cursor
from shared.testing import client_of

keys = st.uuids() | st.integers(0, MAX_INTEGER) | st.text(st.characters(exclude_characters="\0", codec="utf-8"))


@settings(deadline=None)
@given(keys)
def test_a_cursor_holds_its_key(key: UUID | int | str) -> None:
    assert decode_cursor(encode_cursor(key), type(key)) == key


@settings(deadline=None)
@given(cursor=st.text() | st.binary().map(lambda data: data.decode("latin-1")), kind=st.sampled_from([UUID, int, str]))
def test_any_text_is_a_key_of_the_kind_or_refused(cursor: str, kind: type[Any]) -> None:
    try:
        key = decode_cursor(cursor, kind)
    except RequestValidationError:
        return
    assert isinstance(key, kind)


@pytest.mark.parametrize(("key", "kind"), [(-1, int), (MAX_INTEGER + 1, int), (10**400, int), ("a\0", str), (1, UUID)])
def test_a_key_that_no_column_holds_is_refused(key: object, kind: type[Any]) -> None:
    with pytest.raises(RequestValidationError):
        decode_cursor(encode_cursor(key), kind)


async def test_the_pages_of_a_list_are_the_list() -> None:
    app, numbers = FastAPI(), list(range(23))
    install_problem_handlers(app, {})

    @app.get("/numbers")
    async def list_numbers(page: PageDep, prefix: str = "") -> Page[str]:
        after = page.after(int)
        found = [number for number in numbers if after is None or number > after][: page.limit + 1]
        return page.page([f"{prefix}{number}" for number in found], lambda item: int(item.removeprefix(prefix)))

    async with client_of(app) as client:
        for limit in (1, 7, 22, 23, 24):
            address, items = f"/numbers?limit={limit}&prefix=%26+", []
            while address:
                answer = await client.get(address)
                items += answer.json()["items"]
                link = answer.headers.get("link", "")
                assert ("link" in answer.headers) == (answer.json()["next_cursor"] is not None)
                address = f"/numbers{link[1:].partition('>')[0]}" if link else ""
            assert items == [f"& {number}" for number in numbers]
        assert (await client.get("/numbers?cursor=x")).status_code == 422


async def test_a_short_or_empty_page_leads_on_from_where_it_was_looked_for() -> None:
    app, numbers, window = FastAPI(), [2, 3, 50, 51, 52, 53, 99], 10

    @app.get("/numbers")
    async def list_numbers(page: PageDep) -> Page[int]:
        after = page.after(int) or 0
        end = after + window if after + window < 120 else None
        found = [number for number in numbers if after < number <= after + window][: page.limit + 1]
        return page.page(found, lambda item: item, end)

    async with client_of(app) as client:
        for limit in (1, 3, 50):
            address, items, lengths = f"/numbers?limit={limit}", [], []
            while address:
                answer = await client.get(address)
                lengths.append(len(answer.json()["items"]))
                items += answer.json()["items"]
                assert ("next" in answer.links) == (answer.json()["next_cursor"] is not None)
                address = f"/numbers{answer.links['next']['url']}" if "next" in answer.links else ""
            assert items == numbers
            assert 0 in lengths[:-1]
            assert max(lengths) <= limit
