"""The data of a training as they come in."""

import hashlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from uuid import uuid4

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intent.retraining.receiving import Received, receive
from intent.retraining.refusals import NoRowsError


async def chunks(parts: Sequence[bytes]) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


@given(blanks=st.lists(st.sampled_from([b"", b" ", b"\n"])), rest=st.lists(st.binary(max_size=5)))
def test_all_that_comes_is_written_and_counted(
    blanks: list[bytes], rest: list[bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    parts = [*blanks, b"{", *rest]
    path = tmp_path_factory.getbasetemp() / str(uuid4())
    whole = b"".join(parts)
    expected = Received(hashlib.sha256(whole).hexdigest(), len(whole))
    assert anyio.run(receive, chunks(parts), path) == expected
    assert path.read_bytes() == whole
    assert anyio.run(receive, chunks(parts), None) == expected


@pytest.mark.parametrize(
    "parts", [[], [b""], [b" \n"], [b"text,label\n"], [b"[", b"{}]"], [b" ", b"\xef"], [b"\x1f\x8b"]]
)
async def test_what_is_no_lines_of_json_is_refused(parts: list[bytes], tmp_path: Path) -> None:
    for path in (tmp_path / "data.jsonl", None):
        with pytest.raises(NoRowsError, match="send lines like"):
            await receive(chunks(parts), path)


async def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    assert (await receive(chunks([b"\xef\xbb\xbf{}"]), tmp_path / "data.jsonl")).size == 5
