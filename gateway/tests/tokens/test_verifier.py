"""Tokens that are right, and the ways in which others try to be."""

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import anyio
import jwt
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from gateway.consumer import Consumer, Scopes
from gateway.tokens.issuer import Issuer
from gateway.tokens.verifier import Verifier
from shared.errors import ProblemError

BASE64URL = st.text("ABCDabcd0123-_=", max_size=8)


def part(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


async def refusal(verifier: Verifier, token: str, now: float | None = None) -> str:
    """Return why the token is refused."""
    with pytest.raises(ProblemError) as caught:
        await verifier.verify(token, now or time.time())
    assert caught.value.status == 401
    challenge = (caught.value.headers or {})["WWW-Authenticate"]
    assert challenge.startswith('Bearer error="invalid_token", error_description="')
    assert challenge.isascii()
    assert challenge.count('"') == 4
    return caught.value.detail


async def verify_again_and_again(verifier: Verifier, token: str, now: float) -> None:
    for _ in range(200):
        await verifier.verify(token, now)
        await anyio.sleep(0.02)


@pytest.mark.parametrize("kind", ["rsa", "ec", "ed"])
async def test_a_right_token_says_who_asks_and_what_for(verifier: Verifier, keys: Any, kind: str) -> None:
    consumer = await verifier.verify(getattr(keys, kind).token(), time.time())
    assert consumer == Consumer("ada", "jwt:ada", Scopes(["catalog:read"]))


@pytest.mark.parametrize("kind", ["JWT", "at+jwt", "application/at+JWT", None])
async def test_tokens_of_these_types_are_access_tokens(verifier: Verifier, keys: Any, kind: str | None) -> None:
    assert (await verifier.verify(keys.ed.token({"typ": kind}), time.time())).name == "ada"


async def test_one_audience_of_several_is_enough(verifier: Verifier, keys: Any) -> None:
    assert (await verifier.verify(keys.ed.token(aud=["other", "flotilla"]), time.time())).name == "ada"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"exp": 1_000_000_000}, "it has expired"),
        ({"exp": None}, "claim exp is missing"),
        ({"nbf": 9_000_000_000}, "it is not valid yet"),
        ({"iat": 9_000_000_000}, "issued in the future"),
        ({"aud": None}, "claim aud is missing"),
        ({"aud": "other"}, "another audience"),
        ({"aud": "Flotilla"}, "another audience"),
        ({"aud": ["flotilla", 7]}, "another audience"),
        ({"aud": {"flotilla": 1}}, "another audience"),
        ({"iss": None}, "claim iss is missing"),
        ({"iss": "https://issuer.example/"}, "another issuer"),
        ({"sub": None}, "claim sub does not say who asks"),
        ({"sub": "a b"}, "characters that a name cannot have"),
        ({"azp": ""}, "claim azp has characters"),
    ],
)
async def test_claims_that_do_not_fit_are_refused(
    verifier: Verifier, keys: Any, changes: dict[str, Any], reason: str
) -> None:
    assert reason in await refusal(verifier, keys.ed.token(**changes))


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ({"typ": "dpop+jwt"}, "no access token"),
        ({"typ": 7}, "no access token"),
        ({"crit": ["exp"], "exp": 1}, "an extension that is not known"),
        ({"crit": []}, "an extension that is not known"),
        ({"kid": "../../../dev/null"}, "does not publish"),
        ({"kid": "' OR 1=1 --"}, "does not publish"),
        ({"kid": "http://evil.example/key"}, "does not publish"),
        ({"kid": "k" * 257}, "kid cannot be the name of a key"),
        ({"kid": ""}, "does not publish"),
    ],
)
async def test_headers_that_do_not_fit_are_refused(
    verifier: Verifier, keys: Any, header: dict[str, Any], reason: str
) -> None:
    token = f"{part({'alg': 'EdDSA', 'kid': 'ed', **header})}.{keys.ed.token().partition('.')[2]}"
    assert reason in await refusal(verifier, token)


async def test_a_kid_that_is_no_text_is_refused(verifier: Verifier) -> None:
    for kid in (7, ["ed"], {"ed": 1}):
        assert "kid" in await refusal(verifier, f"{part({'alg': 'EdDSA', 'kid': kid})}.e30.AAAA")


async def test_a_public_key_is_no_shared_secret(verifier: Verifier, keys: Any) -> None:
    public = keys.rsa.private.public_key()
    for secret in (
        public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        json.dumps(keys.rsa.jwk).encode(),
    ):
        forged = _signed_by_hmac(secret, keys.rsa.token())
        assert "is not signed with RS256 or ES256 or EdDSA" in await refusal(verifier, forged)


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "", None, 7, ["EdDSA"], "HS256", "ES256K", "RS512"])
async def test_other_algorithms_are_refused(verifier: Verifier, keys: Any, algorithm: Any) -> None:
    _, claims, signature = keys.ed.token().split(".")
    for end in (signature, "AA"):
        forged = f"{part({'alg': algorithm, 'typ': 'JWT', 'kid': 'ed'})}.{claims}.{end}"
        assert "is not signed with" in await refusal(verifier, forged)
    assert "no signed JWT" in await refusal(verifier, f"{part({'alg': algorithm})}.{claims}.")


async def test_a_key_is_used_with_its_own_algorithm_only(make_verifier: Callable[..., Verifier], keys: Any) -> None:
    verifier = make_verifier(algorithms=("RS256", "PS256"))
    forged = jwt.encode({"sub": "ada"}, keys.rsa.private, "PS256", {"kid": "rsa"})
    assert "does not publish" in await refusal(verifier, forged)


@pytest.mark.parametrize("member", ["jwk", "jku", "x5u", "x5c"])
async def test_keys_that_a_token_brings_are_never_looked_at(
    verifier: Verifier, host: Any, keys: Any, member: str
) -> None:
    value: Any = {"jwk": keys.next_ed.jwk, "x5c": ["MIIB"]}.get(member, host.url)
    forged = keys.next_ed.token({"kid": "ed", member: value})
    assert "its signature is wrong" in await refusal(verifier, forged)
    assert host.asked == 1
    assert (await verifier.verify(keys.ed.token({member: value}), time.time())).name == "ada"


async def test_a_token_signed_by_another_key_of_the_same_name_is_refused(verifier: Verifier, keys: Any) -> None:
    assert "its signature is wrong" in await refusal(verifier, keys.next_ed.token({"kid": "ed"}))


@pytest.mark.parametrize("kind", ["ec", "ed"])
async def test_any_bit_that_is_changed_makes_it_invalid(verifier: Verifier, keys: Any, kind: str) -> None:
    token = getattr(keys, kind).token().encode()
    now = time.time()
    assert (await verifier.verify(token.decode(), now)).name == "ada"
    for position in range(len(token)):
        for bit in range(8):
            changed = bytearray(token)
            changed[position] ^= 1 << bit
            await refusal(verifier, changed.decode("latin-1"), now)


async def test_padding_and_spaces_are_no_part_of_a_token(verifier: Verifier, keys: Any) -> None:
    token = keys.ed.token()
    for other in (f"{token}==", f"{token}=", f" {token}", f"{token}\n", f"{token}.", f"{token}.AAAA", token[:-1]):
        await refusal(verifier, other)


@pytest.mark.parametrize(
    "text", ["", ".", "..", "a.b.c", "e30.e30.e30", "bnVsbA.e30.AA", "\ud800", "ü.ü.ü", "A" * 16_385]
)
async def test_what_is_no_token_is_refused(verifier: Verifier, text: str) -> None:
    await refusal(verifier, text)


async def test_deeply_nested_parts_are_refused(verifier: Verifier, keys: Any) -> None:
    nested = b"[" * 6000
    assert "no signed JWT" in await refusal(verifier, f"{base64.urlsafe_b64encode(nested).decode()}.e30.AA")
    signed = jwt.api_jws.encode(nested, keys.ed.private, "EdDSA", {"kid": "ed"})
    assert "malformed" in await refusal(verifier, signed)


async def test_a_text_that_is_too_long_is_not_looked_at(verifier: Verifier, keys: Any, host: Any) -> None:
    assert "more than 16384 characters" in await refusal(verifier, keys.ed.token(note="x" * 16_000))
    assert host.asked == 0


@given(st.lists(st.text(max_size=20) | BASE64URL | st.just(part({"alg": "EdDSA"})), max_size=5))
def test_any_other_text_is_refused(parts: list[str]) -> None:
    async def verify() -> None:
        # The session is not needed: what has no key's name, or is no token, is refused before keys are fetched.
        issuer = Issuer("i", "a", "http://127.0.0.1:1/jwks")
        await refusal(Verifier(issuer, None), ".".join(parts))  # type: ignore[arg-type]

    anyio.run(verify)


async def test_a_verified_token_is_remembered_until_it_expires(verifier: Verifier, keys: Any) -> None:
    now = time.time()
    token = keys.ed.token(exp=now + 20)
    first = await verifier.verify(token, now)
    assert await verifier.verify(token, now + 19) is first
    assert await verifier.verify(token, now + 25) is not first
    assert "has expired" in await refusal(verifier, token, now + 50)


async def test_a_verified_token_is_remembered_for_a_minute(verifier: Verifier, keys: Any) -> None:
    now = time.time()
    token = keys.ed.token()
    first = await verifier.verify(token, now)
    assert await verifier.verify(token, now + 59) is first
    assert await verifier.verify(token, now + 61) is not first


async def test_a_token_whose_key_is_withdrawn_is_refused(verifier: Verifier, keys: Any, host: Any, clock: Any) -> None:
    now = time.time()
    token = keys.ed.token()
    assert (await verifier.verify(token, now)).name == "ada"
    host.keys = [keys.next_ed]
    clock.seconds += 600
    with pytest.raises(ProblemError, match="does not publish"):
        await verify_again_and_again(verifier, token, now)
    assert (await verifier.verify(keys.next_ed.token(), now)).name == "ada"


async def test_a_new_key_is_found_at_once(verifier: Verifier, keys: Any, host: Any) -> None:
    assert (await verifier.verify(keys.ed.token(), time.time())).name == "ada"
    host.keys = [keys.next_ed]
    assert (await verifier.verify(keys.next_ed.token(), time.time())).name == "ada"
    assert host.asked == 2


async def test_without_keys_nothing_can_be_told(verifier: Verifier, keys: Any, host: Any) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=500)

    host.answer = answer
    with pytest.raises(ProblemError, match="cannot be checked now") as caught:
        await verifier.verify(keys.ed.token(), time.time())
    assert caught.value.status == 503
    assert (caught.value.headers or {})["Retry-After"] == "1"


def _signed_by_hmac(secret: bytes, token: str) -> str:
    """PyJWT itself refuses to sign with a public key as the secret."""
    header = {"alg": "HS256", "typ": "JWT", "kid": "rsa"}
    signed = f"{part(header)}.{token.split('.')[1]}"
    digest = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(signed.encode(), secret)
    return f"{signed}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"
