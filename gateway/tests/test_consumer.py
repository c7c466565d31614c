"""What scopes allow, beside the plainest account of it."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.consumer import ANONYMOUS, Scopes, is_consumer_name

SERVICES = st.sampled_from(["catalog", "vision", "a"])
METHODS = st.sampled_from(["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "PROPFIND"])
VERBS = st.sampled_from(["read", "write", "*", "get", "head", "post", "delete", "propfind"])
SCOPES = st.builds("{}:{}".format, SERVICES | st.just("*"), VERBS)


def covers(scope: str, service: str, method: str) -> bool:
    name, verb = scope.split(":")
    if name not in (service, "*"):
        return False
    if verb == "*":
        return True
    is_safe = method in ("GET", "HEAD", "OPTIONS")
    return {"read": is_safe, "write": not is_safe}.get(verb, verb == method.lower())


@given(st.lists(SCOPES), SERVICES, METHODS)
def test_scopes_allow_what_one_of_them_covers(scopes: list[str], service: str, method: str) -> None:
    expected = any(covers(scope, service, method) for scope in scopes)
    assert Scopes(scopes).allow(service, method) == expected


@given(st.lists(SCOPES), st.lists(SCOPES), SERVICES, METHODS)
def test_a_further_scope_takes_nothing_away(scopes: list[str], more: list[str], service: str, method: str) -> None:
    if Scopes(scopes).allow(service, method):
        assert Scopes(more + scopes).allow(service, method)


@given(st.lists(SCOPES))
def test_order_and_repetition_do_not_matter(scopes: list[str]) -> None:
    assert Scopes(scopes) == Scopes(reversed(scopes)) == Scopes(scopes * 2)
    assert hash(Scopes(scopes)) == hash(Scopes(sorted(scopes)))


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_whoever_has_no_scope_may_do_nothing(method: str) -> None:
    assert not Scopes(()).allow("catalog", method)
    assert not ANONYMOUS.scopes.allow("catalog", method)


@pytest.mark.parametrize(
    "text",
    ["", "catalog", "catalog:", ":read", "Catalog:read", "catalog:READ", "catalog:read ", "a:b:c", "**:*", "a:*x"],
)
def test_what_is_no_scope_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match="is no scope: write service:verb"):
        Scopes([text])


@given(st.lists(st.text(string.ascii_lowercase + ":* \n", max_size=12)))
def test_of_a_claim_only_scopes_count(texts: list[str]) -> None:
    kept = Scopes.from_claim(texts).texts
    assert set(kept) <= set(texts)
    assert Scopes(kept).texts == kept


@given(st.text(max_size=140))
def test_a_name_can_stand_in_a_header_and_in_a_log(name: str) -> None:
    if is_consumer_name(name):
        assert name.isascii()
        assert name.isprintable()
        assert " " not in name
