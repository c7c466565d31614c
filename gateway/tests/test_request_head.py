"""What the gateway itself reads of a request, and what it does not let pass."""

from typing import Any

import pytest

from gateway.request_head import read_head
from shared.errors import ProblemError


def scope(*headers: tuple[bytes, bytes], **changes: Any) -> dict[str, Any]:
    own = {"method": "GET", "raw_path": b"/up/a", "http_version": "1.1", "headers": [(b"host", b"x"), *headers]}
    return {**own, **changes}


def test_without_its_key_a_request_is_not_taken_for_idempotent() -> None:
    named = (b"connection", b"Idempotency-Key")
    assert not read_head(scope((b"idempotency-key", b"a"), named)).has_idempotency_key
    assert read_head(scope((b"idempotency-key", b"a"))).has_idempotency_key


@pytest.mark.parametrize("changes", [{"method": "POST"}, {"headers": [(b"host", b"x"), (b"upgrade", b"websocket")]}])
def test_only_a_get_that_says_so_is_upgraded(changes: dict[str, Any]) -> None:
    wish = [(b"connection", b"Upgrade"), (b"upgrade", b"websocket")]
    assert read_head(scope(*wish)).upgrade == b"websocket"
    assert not read_head(scope(*wish, **changes)).upgrade


@pytest.mark.parametrize("host", [b"x", b"a.b-c_d.e:8000", b"127.0.0.1:1", b"[::1]", b"[fe80::1]:443", b"", b"x:"])
def test_names_and_addresses_are_hosts(host: bytes) -> None:
    assert read_head(scope(headers=[(b"host", host)])).hosts == [host]


@pytest.mark.parametrize("path", [b"/up/../a", b"/up/%2e%2e/a", b"/up/b/..%2f..%2fa", b"/up/..;x/a", b"/up/.."])
def test_no_path_leads_out_of_its_service(path: bytes) -> None:
    with pytest.raises(ProblemError, match="leads out of the service"):
        read_head(scope(raw_path=path))


@pytest.mark.parametrize("path", [b"/up/a/../b", b"/up/.well-known/x", b"/up/a%2fb", b"/up//a;b", b"/up/...", b"/docs"])
def test_odd_paths_within_the_service_pass(path: bytes) -> None:
    assert read_head(scope(raw_path=path)).hosts == [b"x"]
