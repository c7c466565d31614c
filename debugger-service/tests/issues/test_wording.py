"""How reasons are worded."""

from hypothesis import given
from hypothesis import strategies as st

from debugger.issues.wording import QUOTED, many, percent, quote


def test_counts_and_parts() -> None:
    assert [many(count, "row") for count in (0, 1, 2, 10_000)] == ["0 rows", "1 row", "2 rows", "10,000 rows"]
    assert [percent(part) for part in (0, 0.424, 1)] == ["0 %", "42 %", "100 %"]


@given(st.text(max_size=500))
def test_a_quotation_is_short_and_begins_as_the_text(text: str) -> None:
    quoted = quote(text)
    assert len(quoted) <= QUOTED + 2
    assert quoted.startswith("“")
    assert quoted.endswith("”")
    assert len(text) > QUOTED or quoted == f"“{text}”"
