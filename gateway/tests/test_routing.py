"""No spelling of a path gets round the terms that hold for it."""

import re
from contextlib import suppress
from urllib.parse import quote_from_bytes, unquote_to_bytes

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.routing import MAX_ODD_BYTES, Route, Rule, Table, is_canonical, readings
from shared.errors import ProblemError


def route(name: str) -> Route:
    return Route("up", name, False, None, 0, 1.0, 1.0, 0)


def rule(path: str, *methods: str) -> Rule:
    return Rule(path.encode(), frozenset(methods), route(" ".join([*methods, path])))


RULES = [rule("/up/"), rule("/up/a"), rule("/up/a/b/"), rule("/up/a/b/", "POST"), rule("/up/b/")]
FOLDERS = {rule.path for rule in RULES if rule.path.endswith(b"/")}
TABLE = Table({"up": RULES, "one": [rule("/one/")]})


def expected(path: bytes, method: str) -> Route | None:
    """The rule with the longest path, and of two that one which names the method."""
    fitting = [r for r in RULES if covers(r.path, path) and (not r.methods or method in r.methods)]
    return max(fitting, key=lambda r: (len(r.path), len(r.methods))).route if fitting else None


def covers(rule: bytes, path: bytes) -> bool:
    """A path that ends in a slash is for what is below it, another for itself as well."""
    return path.startswith(rule if rule.endswith(b"/") else rule + b"/") or path == rule


def joined(path: bytes) -> bytes:
    """What a service makes of a path whose dot segments it resolves, one after the other."""
    kept: list[bytes] = []
    for segment in path.split(b"/")[1:]:
        if segment == b"..":
            del kept[-1:]
        elif segment not in (b"", b"."):
            kept.append(segment)
    folder = path.rpartition(b"/")[2] in (b"", b".", b"..")
    return b"/" + b"/".join(kept) + (b"/" if folder and kept else b"")


def read_by_services(raw: bytes) -> list[bytes]:
    """How a service may read a path.

    As it is, decoded, joined before or after; `\\` as `/`; without what stands behind a `;`; each of these in small
    letters, and with a slash at its end or without: but for the path of a rule that ends in one, which was named so.
    """
    plain = [raw, unquote_to_bytes(raw)]
    swapped = [path.replace(b"\\", b"/") for path in plain]
    cut = [re.sub(rb";[^/]*", b"", path) for path in plain]
    paths = [*plain, *map(joined, plain + swapped + cut), unquote_to_bytes(joined(raw))]
    bare = [path.rstrip(b"/") for path in paths if path.rstrip(b"/") + b"/" not in FOLDERS]
    ended = [*paths, *bare, *(path + b"/" for path in paths)]
    return [*ended, *(path.lower() for path in ended)]


SEGMENTS = st.sampled_from(
    [b"a", b"b", b"c", b"A", b"B", b"ab", b"", b".", b"..", b".well-known", "é".encode(), b"x;y", b"..;y", b"\\"]
)


@st.composite
def raw_paths(draw: st.DrawFn) -> bytes:
    """A path below the service, of which some characters are encoded, slashes and dots among them."""
    path = b"/".join([draw(SEGMENTS) for _ in range(draw(st.integers(0, 6)))])
    encoded = [b"%%%02x" % byte if draw(st.integers(0, 3)) == 0 else bytes([byte]) for byte in path]
    return b"/up/" + b"".join(encoded)


@given(raw_paths(), st.sampled_from(["GET", "POST"]))
@example(b"/up/c/%2e%2e/a/b/", "GET")
@example(b"/up/x%2f..%2fb/", "GET")
@example(b"/up//b/", "GET")
@example(b"/up/c/..%5cb/", "GET")
@example(b"/up/c%2fd/../b/", "GET")
@example(b"/up/c/..;x/b/", "GET")
@example(b"/up/c%2fd/../%62/", "GET")
@example(b"/up/B/", "GET")
@example(b"/up/b/", "GET")
@example(b"/up/b//", "GET")
@example(b"/up/a/b/", "POST")
@example(b"/up/b", "GET")
@example(b"/up/a/B", "POST")
def test_however_a_service_reads_a_path_it_is_on_the_same_terms(raw: bytes, method: str) -> None:
    wanted = {expected(path, method) for path in read_by_services(raw)}
    with suppress(ProblemError):  # a refusal, which is right where it can be read in several ways
        assert wanted == {TABLE.find(raw, method)}


@given(st.lists(st.sampled_from(["a", "d", "c", "ab", "é", "C"]), max_size=5), st.sampled_from(["GET", "POST"]))
def test_a_plain_path_that_no_other_rule_is_like_is_never_refused(segments: list[str], method: str) -> None:
    path = "/up/" + "/".join(segments)
    raw = quote_from_bytes(path.encode(), safe="/;").encode()
    found = TABLE.find(raw, method)
    assert found == expected(path.encode(), method)


@pytest.mark.parametrize(
    ("path", "method", "name"),
    [
        ("/up/x", "GET", "/up/"),
        ("/up/a/c", "GET", "/up/a"),
        ("/up/a", "GET", "/up/a"),
        ("/up/a/", "GET", "/up/a"),
        ("/up/abc", "GET", "/up/"),
        ("/up/a-retrained", "GET", "/up/"),
        ("/up/a/b/c", "GET", "/up/a/b/"),
        ("/up/a/b/c", "POST", "POST /up/a/b/"),
        ("/one/../two%2f..//x", "GET", "/one/"),
    ],
)
def test_the_longest_path_counts_and_then_the_method(path: str, method: str, name: str) -> None:
    found = TABLE.find(path.encode(), method)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("path", ["/up/A", "/up/b", "/up/B/x", "/up/a/B/", "/up/%41", "/up/a;x"])
def test_a_path_that_a_service_may_take_for_another_rules_is_refused(path: str) -> None:
    with pytest.raises(ProblemError, match="read in several ways"):
        TABLE.find(path.encode(), "GET")


def test_two_rules_that_are_alike_but_for_capitals_and_the_last_slash_both_hold() -> None:
    rules = [rule("/up/"), rule("/up/x"), rule("/up/X"), rule("/up/y"), rule("/up/y/")]
    table = Table({"up": rules})
    found = [table.find(path, "GET") for path in (b"/up/x", b"/up/X/1", b"/up/y", b"/up/y/1")]
    assert [one and one.name for one in found] == ["/up/x", "/up/X", "/up/y", "/up/y/"]


@pytest.mark.parametrize("odd", ["%5c;/", "//", "/.", ";", "\\"])
def test_of_a_long_path_not_all_readings_are_looked_at(odd: str) -> None:
    path = (b"/up/" + odd.encode() * MAX_ODD_BYTES)[: MAX_ODD_BYTES + 1]
    with pytest.raises(ProblemError, match=r"can have 2,048 bytes"):
        TABLE.find(path, "GET")
    assert readings(path[:MAX_ODD_BYTES])


def test_a_plain_path_can_be_long() -> None:
    assert TABLE.find(b"/up/" + b"c" * 10 * MAX_ODD_BYTES, "GET")


@pytest.mark.parametrize("path", ["/", "/up", "/two/", "//up/a", "/%75p/a", "/up%2fa", "/UP/a", "/up%00/a"])
def test_another_first_segment_is_no_service(path: str) -> None:
    assert TABLE.find(path.encode(), "GET") is None


@pytest.mark.parametrize("path", ["/up/a/../b", "/up//a", "/up/./a", "/up/a%20b", "/up/\\a"])
def test_what_can_be_read_in_two_ways_is_no_rules_path(path: str) -> None:
    assert not is_canonical(path)
