"""What an issuer can be configured to be."""

import pytest

from gateway.tokens.issuer import Issuer

URL = "https://issuer.example/jwks"


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "HS384", "HS512", "RS257", "rs256", ""])
def test_an_algorithm_that_lets_others_make_tokens_is_refused(algorithm: str) -> None:
    with pytest.raises(ValueError, match="cannot sign tokens for the gateway"):
        Issuer("i", "a", URL, ("RS256", algorithm))


def test_there_is_an_algorithm() -> None:
    with pytest.raises(ValueError, match="at least one algorithm"):
        Issuer("i", "a", URL, ())


@pytest.mark.parametrize("url", ["", "issuer.example/jwks", "file:///etc/jwks", "ftp://host/jwks", "https:///jwks"])
def test_the_keys_come_over_http(url: str) -> None:
    with pytest.raises(ValueError, match="no URL of a JWKS document"):
        Issuer("i", "a", url)


@pytest.mark.parametrize(("issuer", "audience"), [("", "a"), ("i", "")])
def test_issuer_and_audience_are_told(issuer: str, audience: str) -> None:
    with pytest.raises(ValueError, match="needs its iss and the aud"):
        Issuer(issuer, audience, URL)


@pytest.mark.parametrize("seconds", [-1, 301, float("nan")])
def test_the_leeway_is_small(seconds: float) -> None:
    with pytest.raises(ValueError, match="leeway"):
        Issuer("i", "a", URL, leeway_seconds=seconds)
