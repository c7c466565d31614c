"""Which keys of a JWKS document are taken."""

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from hypothesis import given
from hypothesis import strategies as st
from jwt.algorithms import RSAAlgorithm

from gateway.tokens.key_set import KeySet

ALL = ("RS256", "PS256", "ES256", "ES384", "EdDSA")
TEXT = st.text(max_size=12)
MEMBERS = ("kty", "kid", "alg", "use", "key_ops", "crv", "x", "y", "n", "e", "k", "d", "x5c")
LIKELY = st.sampled_from(["RSA", "EC", "OKP", "oct", "P-256", "Ed25519", "RS256", "ES256", "EdDSA", "sig", "AQAB"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
JWKS = st.lists(st.dictionaries(st.sampled_from(MEMBERS), LIKELY | JSON) | JSON, max_size=4)


def parse(*jwks: Any, algorithms: tuple[str, ...] = ALL) -> KeySet:
    return KeySet.parse(json.dumps({"keys": jwks}).encode(), algorithms)


def test_keys_are_found_by_name_and_algorithm(keys: Any) -> None:
    found = parse(keys.rsa.jwk, keys.ec.jwk, keys.ed.jwk)
    assert all(found.find(key.kid, key.algorithm) for key in (keys.rsa, keys.ec, keys.ed))
    assert found.find("rsa", "PS256") is None
    assert found.find("rsa", "EdDSA") is None
    assert found.find("other", "RS256") is None


def test_a_key_without_algorithm_is_for_all_that_fit_it(keys: Any) -> None:
    rsa, ec = ({**key.jwk} for key in (keys.rsa, keys.ec))
    del rsa["alg"], ec["alg"]
    found = parse(rsa, ec)
    assert found.find("rsa", "RS256")
    assert found.find("rsa", "PS256")
    assert found.find("ec", "ES256")
    assert found.find("ec", "ES384") is None


def test_without_a_name_only_the_only_key_is_found(keys: Any) -> None:
    found = parse(keys.rsa.jwk, keys.ed.jwk, keys.next_ed.jwk)
    assert found.find(None, "RS256")
    assert found.find(None, "EdDSA") is None


@pytest.mark.parametrize(
    "changes",
    [
        {"use": "enc"},
        {"key_ops": ["sign"]},
        {"key_ops": "verify"},
        {"alg": "HS256"},
        {"alg": "none"},
        {"alg": None},
        {"kid": 7},
        {"kty": "oct", "k": "c2VjcmV0"},
        {"kty": "OCTOPUS"},
        {"d": "AQAB"},
        {"n": 5},
        {"n": ""},
        {"n": "!!!"},
        {"e": "AA"},
    ],
)
def test_a_key_that_is_not_for_this_is_ignored(keys: Any, changes: dict[str, Any]) -> None:
    bad = {**keys.rsa.jwk, **changes}
    with pytest.raises(ValueError, match="no key for RS256"):
        parse(bad, algorithms=("RS256",))
    assert parse(bad, keys.ed.jwk).find("rsa", "RS256") is None


def test_a_weak_key_is_ignored() -> None:
    weak = generate_private_key(65537, 1024)  # noqa: S505 it is the weakness that is to be noticed
    jwk = RSAAlgorithm.to_jwk(weak.public_key(), as_dict=True)
    with pytest.raises(ValueError, match="no key"):
        parse({**jwk, "kid": "weak"})


@pytest.mark.parametrize("document", [b"", b"<html>", b"\xff", b"null", b"[]", b'{"keys": {}}', b"[" * 100_000])
def test_what_is_no_jwks_is_refused(document: bytes) -> None:
    with pytest.raises(ValueError, match="the document"):
        KeySet.parse(document, ALL)


@given(JWKS)
def test_whatever_is_published_gives_keys_or_a_reason(jwks: list[Any]) -> None:
    reason = "the document holds no key for"
    try:
        parse(*jwks)
    except ValueError as error:
        reason = str(error)
    assert reason.startswith("the document holds no key for")
