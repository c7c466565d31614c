"""The public keys of an issuer: those of a JWKS document (RFC 7517) that a token may be signed with."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Self

from cryptography.exceptions import UnsupportedAlgorithm
from jwt import PyJWK, PyJWTError

_EDWARDS: Final = frozenset({"Ed25519", "Ed448"})
_CURVES: Final = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}
_PRIVATE: Final = "d"


class KeySet:
    """Keys under their id and the one algorithm that each is used with."""

    def __init__(self, keys: Mapping[tuple[str | None, str], PyJWK]) -> None:
        self._keys = keys
        by_algorithm: defaultdict[str, list[PyJWK]] = defaultdict(list)
        for (_, algorithm), key in keys.items():
            by_algorithm[algorithm].append(key)
        self._only = {algorithm: found[0] for algorithm, found in by_algorithm.items() if len(found) == 1}

    def find(self, kid: str | None, algorithm: str) -> PyJWK | None:
        """Return the key that a token names; without a name the only key of the algorithm, if there is only one."""
        return self._only.get(algorithm) if kid is None else self._keys.get((kid, algorithm))

    @classmethod
    def parse(cls, document: bytes, algorithms: Sequence[str]) -> Self:
        """Take what can be used with `algorithms` from a JWKS document.

        Ignored are keys for other uses, symmetric, weak, malformed and private ones; of two with the same name the
        first counts. Raises ValueError where the document is none, or nothing remains.
        """
        keys: dict[tuple[str | None, str], PyJWK] = {}
        for jwk in _entries(document):
            for key in _usable(jwk, algorithms):
                keys.setdefault((key.key_id, key.algorithm_name), key)
        if not keys:
            raise ValueError(f"the document holds no key for {', '.join(algorithms)}")
        return cls(keys)


def _entries(document: bytes) -> list[dict[str, Any]]:
    try:
        content = json.loads(document)
    except (ValueError, RecursionError):
        raise ValueError("the document is not JSON") from None
    match content:
        case {"keys": list(keys)}:
            return [key for key in keys if isinstance(key, dict)]
    raise ValueError("the document has no list of keys")


def _usable(jwk: dict[str, Any], algorithms: Sequence[str]) -> Iterator[PyJWK]:
    if not _is_for_signatures(jwk) or _PRIVATE in jwk or not isinstance(jwk.get("kid"), str | None):
        return
    for algorithm in algorithms:
        if jwk.get("alg", algorithm) == algorithm and _fits(jwk, algorithm):
            key = _load(jwk, algorithm)
            if key is not None:
                yield key


def _is_for_signatures(jwk: dict[str, Any]) -> bool:
    operations = jwk.get("key_ops", ["verify"])
    return jwk.get("use", "sig") == "sig" and isinstance(operations, list) and "verify" in operations


def _fits(jwk: dict[str, Any], algorithm: str) -> bool:
    kind, curve = jwk.get("kty"), jwk.get("crv")
    if algorithm in _CURVES:
        return kind == "EC" and curve == _CURVES[algorithm]
    if algorithm == "EdDSA":
        return kind == "OKP" and isinstance(curve, str) and curve in _EDWARDS
    return kind == "RSA"


def _load(jwk: dict[str, Any], algorithm: str) -> PyJWK | None:
    try:
        key = PyJWK(jwk, algorithm)
    except (PyJWTError, ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return None if key.Algorithm.check_key_length(key.key) else key
