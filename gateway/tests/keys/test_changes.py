"""Whatever is done to keys, in whatever order: what the gateway answers is what a simple model of it says."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gateway.consumer import Consumer, Scopes
from gateway.keys.changes import Holder, NewKey, create, later, prune, revoke, rotate
from gateway.keys.entries import Entries
from gateway.keys.lookup import Keys
from gateway.keys.reading import read_entries
from gateway.keys.refusals import KeyChangeError
from gateway.keys.writing import change
from shared.errors import ProblemError

START = datetime(2030, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)

names = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,127}", fullmatch=True)
scopes = st.lists(
    st.from_regex(r"(\*|[a-z][a-z0-9-]{0,9}):(\*|read|write|post)", fullmatch=True), min_size=1, max_size=5
)
notes = st.none() | st.text(st.characters(exclude_categories=["C", "Z"]), max_size=200)
lives = st.none() | st.timedeltas(timedelta(seconds=1), 3 * DAY)
spans = st.timedeltas(timedelta(), 3 * DAY)


@settings(deadline=None)
@given(names, scopes, notes, lives)
def test_a_key_that_was_made_is_found(name: str, allowed: list[str], note: str | None, life: timedelta | None) -> None:
    holder = Holder(name, tuple(allowed), note)
    made, key = create(Entries(), holder, None if life is None else START + life, START)
    read = Entries.model_validate_json(made.to_json())

    assert read == made
    assert read.keys == (key.entry,)
    found = Keys(read.keys).find(key.text, START.timestamp())
    assert found == Consumer(name, key.entry.id, Scopes(allowed))
    assert key.text not in made.to_json() + repr(made) + repr(key) + repr(Keys(read.keys))
    assert key.entry.hash not in repr(made) + repr(key)


@pytest.mark.parametrize("name", ["", "a b", "a\n", "x" * 129])
def test_no_key_is_made_for_what_is_no_consumer(name: str) -> None:
    with pytest.raises(ValueError, match="consumer"):
        create(Entries(), Holder(name, ("a:read",)), None, START)


def test_a_rotated_key_lives_as_long_as_it_was_given_and_the_old_one_through_the_overlap() -> None:
    entries, old = create(Entries(), Holder("robot", ("a:read",), "note"), START + 90 * DAY, START)
    entries, new = rotate(entries, old.entry.id, DAY, START + 30 * DAY)
    by_id = {entry.id: entry for entry in entries.keys}

    assert by_id[old.entry.id].expires_at == START + 31 * DAY
    assert new.entry.expires_at == START + 120 * DAY
    assert new.entry.rotated_from == old.entry.id
    assert (new.entry.consumer, new.entry.scopes, new.entry.note) == ("robot", ("a:read",), "note")


def test_an_overlap_makes_no_key_live_longer() -> None:
    entries, old = create(Entries(), Holder("robot", ("a:read",)), START + DAY, START)
    entries, _ = rotate(entries, old.entry.id, 7 * DAY, START)

    assert entries.keys[0].expires_at == START + DAY


def test_a_key_is_rotated_again_only_when_what_replaced_it_is_gone() -> None:
    entries, old = create(Entries(), Holder("robot", ("a:read",)), None, START)
    entries, second = rotate(entries, old.entry.id, DAY, START)
    with pytest.raises(KeyChangeError, match=f"rotate or revoke {second.entry.id}"):
        rotate(entries, old.entry.id, DAY, START)

    entries, _ = revoke(entries, second.entry.id, START)
    _, third = rotate(entries, old.entry.id, DAY, START)

    assert third.entry.rotated_from == old.entry.id


def test_a_key_that_ended_cannot_be_rotated() -> None:
    entries, key = create(Entries(), Holder("robot", ("a:read",)), START + DAY, START)
    with pytest.raises(KeyChangeError, match="is expired: create a new key"):
        rotate(entries, key.entry.id, DAY, START + DAY)

    entries, _ = revoke(entries, key.entry.id, START)
    with pytest.raises(KeyChangeError, match="is revoked: create a new key"):
        rotate(entries, key.entry.id, DAY, START)


def test_revoking_again_keeps_the_first_time() -> None:
    entries, key = create(Entries(), Holder("robot", ("a:read",)), None, START)
    entries, _ = revoke(entries, key.entry.id, START)
    after, entry = revoke(entries, key.entry.id, START + DAY)

    assert entry.revoked_at == START
    assert after == entries


def test_an_unknown_id_is_told() -> None:
    for act in (lambda: revoke(Entries(), "x", START), lambda: rotate(Entries(), "x", DAY, START)):
        with pytest.raises(KeyChangeError, match="No key has the id 'x'"):
            act()


def test_no_time_is_after_the_year_9999() -> None:
    with pytest.raises(KeyChangeError, match="after the year 9999"):
        later(datetime.max.replace(tzinfo=UTC), DAY)


@dataclass
class Known:
    """What the model knows of one key."""

    text: str
    consumer: str
    life: timedelta | None
    expires_at: datetime | None
    revoked_at: datetime | None = None

    def is_active(self, now: datetime) -> bool:
        """Tell whether the key opens the door."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    def is_older(self, span: timedelta, now: datetime) -> bool:
        """Tell whether the key ended `span` ago."""
        times = [time for time in (self.revoked_at, self.expires_at) if time is not None]
        return not self.is_active(now) and now - min(times) >= span


class History(RuleBasedStateMachine):
    """Operators and time do what they like to the keys of a real file."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = TemporaryDirectory()
        self._path = Path(self._folder.name) / "keys.json"
        self._now = START
        self._model: dict[str, Known] = {}
        self._gone: list[str] = []
        change(self._path, lambda _: (Entries(), None), create=True)

    def teardown(self) -> None:
        self._folder.cleanup()

    def _one(self, index: int) -> str:
        return list(self._model)[index % len(self._model)]

    def _add(self, key: NewKey, life: timedelta | None) -> None:
        expires_at = None if life is None else self._now + life
        self._model[key.entry.id] = Known(key.text, key.entry.consumer, life, expires_at)

    def _change(self, step: Callable[[Entries], tuple[Entries, NewKey]]) -> NewKey:
        return change(self._path, step, create=True)

    @rule(name=names, life=lives)
    def make(self, name: str, life: timedelta | None) -> None:
        expires_at = None if life is None else self._now + life
        holder = Holder(name, ("catalog:read",))
        self._add(self._change(lambda entries: create(entries, holder, expires_at, self._now)), life)

    @precondition(lambda self: self._model)
    @rule(index=st.integers(0, 99), overlap=spans)
    def replace(self, index: int, overlap: timedelta) -> None:
        id_ = self._one(index)
        old = self._model[id_]
        try:
            key = self._change(lambda entries: rotate(entries, id_, overlap, self._now))
        except KeyChangeError as error:
            assert ("was rotated already" in str(error)) == old.is_active(self._now)  # noqa: PT017
            return
        assert old.is_active(self._now)
        # A key that was rotated before has the life that was left to it then.
        life = None if old.expires_at is None else key.entry.expires_at - self._now if key.entry.expires_at else None
        assert life is None or old.life is None or life <= old.life
        assert (life is None) == (old.expires_at is None)
        end = self._now + overlap
        old.expires_at = end if old.expires_at is None else min(old.expires_at, end)
        self._add(key, life)

    @precondition(lambda self: self._model)
    @rule(index=st.integers(0, 99))
    def end(self, index: int) -> None:
        id_ = self._one(index)
        change(self._path, lambda entries: revoke(entries, id_, self._now))
        self._model[id_].revoked_at = self._model[id_].revoked_at or self._now

    @rule(span=spans)
    def wait(self, span: timedelta) -> None:
        self._now += span

    @rule(span=spans)
    def clean(self, span: timedelta) -> None:
        gone = change(self._path, lambda entries: prune(entries, span, self._now))
        expected = {id_ for id_, known in self._model.items() if known.is_older(span, self._now)}
        assert {entry.id for entry in gone} == expected
        self._gone += [self._model.pop(id_).text for id_ in expected]

    @invariant()
    def the_door_opens_for_active_keys_alone(self) -> None:
        keys, now = Keys.read(self._path), self._now.timestamp()
        assert len(keys) == len(self._model)
        for id_, known in self._model.items():
            assert (keys.still_valid(id_, now) is not None) == known.is_active(self._now)
            if known.is_active(self._now):
                assert keys.find(known.text, now).name == known.consumer
                continue
            with pytest.raises(ProblemError, match="was revoked" if known.revoked_at else "expired at"):
                keys.find(known.text, now)
        for text in self._gone:
            with pytest.raises(ProblemError, match="is not valid"):
                keys.find(text, now)

    @invariant()
    def the_file_says_the_same_of_each(self) -> None:
        for entry in read_entries(self._path).keys:
            known = self._model[entry.id]
            assert (entry.state(self._now) == "active") == known.is_active(self._now)
            assert known.text not in self._path.read_text()


TestHistory = History.TestCase
TestHistory.settings = settings(max_examples=20, stateful_step_count=20, deadline=None)
