"""Lines between a run and the one that attends it."""

from hypothesis import given
from hypothesis import strategies as st

from intent.retraining.messages import Fault, Message, Result, Step, parse

TEXT = st.text(st.characters(codec="utf-8"))
MESSAGES = (
    st.builds(Step, step=TEXT)
    | st.builds(Fault, error=TEXT)
    | st.builds(Result, version=TEXT, rows=st.integers(0), rejected=st.integers(0), first_rejection=st.none() | TEXT)
)


@given(MESSAGES)
def test_a_message_is_one_line_and_is_read_as_it_was_sent(message: Message) -> None:
    line = message.line()
    assert line.index("\n") == len(line) - 1
    assert parse(line.encode()) == message


@given(st.binary())
def test_what_a_library_prints_is_no_message(line: bytes) -> None:
    assert parse(line) is None
    assert parse(b'{"loss": 0.5}\n') is None
