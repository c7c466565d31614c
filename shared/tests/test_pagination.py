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
