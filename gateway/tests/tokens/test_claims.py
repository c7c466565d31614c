"""What the claims of a token mean."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.consumer import Scopes
from gateway.tokens.claims import check_times, consumer_of
from gateway.tokens.issuer import Issuer
from shared.errors import ProblemError

NOW = 1_800_000_000.0
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
NAMES = st.sampled_from(["exp", "nbf", "iat", "sub", "azp", "client_id", "scope", "scp", "scopes"])


def issuer(**settings: Any) -> Issuer:
    return Issuer("i", "a", "https://issuer.example/jwks", **settings)


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({}, "exp is missing"),
        ({"exp": None}, "exp is missing"),
        ({"exp": "1900000000"}, "exp is not a time"),
        ({"exp": True}, "exp is not a time"),
        ({"exp": float("inf")}, "exp is not a time"),
        ({"exp": float("nan")}, "exp is not a time"),
        ({"exp": NOW - 30}, "has expired"),
        ({"exp": NOW + 60, "nbf": NOW + 30.5}, "not valid yet"),
        ({"exp": NOW + 60, "iat": NOW + 31}, "issued in the future"),
        ({"exp": NOW + 60, "iat": [NOW]}, "iat is not a time"),
    ],
)
def test_a_token_out_of_its_time_is_refused(claims: dict[str, Any], reason: str) -> None:
    with pytest.raises(ProblemError, match=reason) as caught:
        check_times(claims, NOW, 30)
    assert caught.value.status == 401


@pytest.mark.parametrize("claims", [{"exp": NOW - 29}, {"exp": NOW + 1, "nbf": NOW + 30, "iat": NOW + 29.5}])
def test_clocks_may_differ_a_little(claims: dict[str, Any]) -> None:
    assert check_times(claims, NOW, 30) == claims["exp"]


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"azp": "a", "client_id": "b", "sub": "c"}, "a"),
        ({"client_id": "b", "sub": "c"}, "b"),
        ({"sub": "c@example.org"}, "c@example.org"),
    ],
)
def test_the_first_usual_claim_says_who_asks(claims: dict[str, Any], name: str) -> None:
    consumer = consumer_of(claims, issuer())
    assert (consumer.name, consumer.credential) == (name, f"jwt:{name}")


def test_the_configured_claims_count_alone() -> None:
    claims = {"azp": "app", "email": "ada@example.org", "roles": ["vision:write"], "scope": "*:*"}
    consumer = consumer_of(claims, issuer(consumer_claim="email", scope_claim="roles"))
    assert (consumer.name, consumer.scopes) == ("ada@example.org", Scopes(["vision:write"]))
    with pytest.raises(ProblemError, match="claim email does not say"):
        consumer_of({"azp": "app"}, issuer(consumer_claim="email"))


@pytest.mark.parametrize("value", ["", " ", "a b", "a\nb", "ü", "-a", "x" * 129, "a|b", 'a"b', 7, ["a"], None])
def test_what_cannot_be_a_name_is_refused(value: Any) -> None:
    with pytest.raises(ProblemError, match="its claim azp") as caught:
        consumer_of({"azp": value, "sub": "ada"}, issuer())
    assert caught.value.status == 401


@pytest.mark.parametrize(
    ("claims", "scopes"),
    [
        ({}, []),
        ({"scope": ""}, []),
        ({"scope": "openid catalog:read  profile vision:*"}, ["catalog:read", "vision:*"]),
        ({"scp": ["catalog:read", "User.Read"]}, ["catalog:read"]),
        ({"scopes": "*:*"}, ["*:*"]),
        ({"scope": "catalog:read", "scp": "*:*"}, ["catalog:read"]),
    ],
)
def test_the_fleets_scopes_are_taken_from_among_others(claims: dict[str, Any], scopes: list[str]) -> None:
    assert consumer_of({"sub": "ada", **claims}, issuer()).scopes == Scopes(scopes)


@pytest.mark.parametrize("value", [7, {"a": 1}, None, ["catalog:read", 7]])
def test_scopes_of_another_shape_are_refused(value: Any) -> None:
    with pytest.raises(ProblemError, match="its claim scope is neither"):
        consumer_of({"sub": "ada", "scope": value}, issuer())


@given(st.dictionaries(NAMES, JSON))
def test_whatever_the_claims_are_they_count_or_are_refused(claims: dict[str, Any]) -> None:
    with suppress(ProblemError):
        check_times(claims, NOW, 30)
        consumer_of(claims, issuer())
