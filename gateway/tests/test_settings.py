"""The gateway does not start open by accident, and says what it needs."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from gateway.configuration import ConfigurationError
from gateway.credentials import Credentials
from gateway.main import create_app
from gateway.settings import Settings

EVERYWHERE = "0.0.0.0"  # noqa: S104 the settings have to refuse it
ISSUER = {"jwks_url": "https://issuer.example/jwks", "jwt_issuer": "https://issuer.example", "jwt_audience": "flotilla"}


def settings(**values: Any) -> Settings:
    return Settings.model_validate(values)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_on_loopback_it_may_be_open(host: str) -> None:
    assert not settings(host=host).asks_who


@pytest.mark.parametrize("host", [EVERYWHERE, "::", "192.0.2.1", "fleet.example", "127.0.0.1.example"])
def test_elsewhere_it_may_not_unless_told(host: str) -> None:
    with pytest.raises(ValidationError, match=f"everybody who reaches {host} could do everything"):
        settings(host=host)
    assert not settings(host=host, open=True).asks_who


@pytest.mark.parametrize("credentials", [{"keys_file": "/nowhere/keys.json"}, ISSUER])
def test_with_credentials_it_may_be_anywhere(credentials: dict[str, str]) -> None:
    assert settings(host=EVERYWHERE, **credentials).asks_who
    assert settings(host=EVERYWHERE, open=True, **credentials).asks_who, "`open` lets nobody past a check"


@pytest.mark.parametrize("left_out", ISSUER)
def test_a_part_of_what_tokens_need_is_refused(left_out: str) -> None:
    given = {name: value for name, value in ISSUER.items() if name != left_out}
    with pytest.raises(ValidationError, match="go together: set all three"):
        settings(**given)


@pytest.mark.parametrize("host", ["http://fleet.example", "fleet.example:8000", "*.example", "a b", "[::1]"])
def test_what_is_no_name_of_a_host_is_refused(host: str) -> None:
    with pytest.raises(ValidationError, match="without scheme and port"):
        settings(hosts=f"localhost,{host}")


@pytest.mark.parametrize("name", ["HS256", "none", "RS256,HS512"])
def test_a_signature_that_anybody_could_make_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="cannot sign tokens for the gateway"):
        create_app(settings(**ISSUER, jwt_algorithms=name))


def test_a_short_secret_of_sessions_is_refused_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"short\n")
    with pytest.raises(ConfigurationError, match=r"secret: .* has 5 bytes; 32 are the least"):
        Credentials(settings(keys_file=tmp_path / "keys.json", session_secret_file=tmp_path / "secret"))


def test_a_missing_secret_of_sessions_is_refused_with_its_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="secret cannot be read: No such file"):
        Credentials(settings(keys_file=tmp_path / "keys.json", session_secret_file=tmp_path / "secret"))


def test_a_bad_file_is_told_before_anything_listens(tmp_path: Path) -> None:
    (tmp_path / "gateway.toml").write_text("[services.a]\ninstances = []\n")
    with pytest.raises(ConfigurationError, match=r"services\.a\.instances"):
        create_app(settings(config_file=tmp_path / "gateway.toml"))


def test_a_service_with_a_password_in_its_url_is_refused() -> None:
    with pytest.raises(ValidationError, match="no user, password") as raised:
        settings(upstreams={"a": "http://ada:opensesame@a"})
    assert "opensesame" not in "".join(error["msg"] for error in raised.value.errors())


@pytest.mark.parametrize("url", ["http://:opensesame@redis", "redis://:opensesame@redis:x", "opensesame"])
def test_an_address_of_no_store_is_refused_without_telling_it(url: str) -> None:
    with pytest.raises(ValidationError, match="it must be redis://host:port") as raised:
        settings(limits_url=url)
    assert "opensesame" not in "".join(error["msg"] for error in raised.value.errors())


def test_the_address_of_the_shared_limits_is_not_shown() -> None:
    assert "opensesame" not in repr(settings(limits_url="redis://:opensesame@redis"))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (
            {"host": EVERYWHERE},
            [EVERYWHERE, "GATEWAY_KEYS_FILE", "python -m gateway.keys create", "GATEWAY_OPEN=true"],
        ),
        ({"config_file": "/nowhere.toml"}, ["/nowhere.toml cannot be read: No such file or directory"]),
        ({"limits_url": "http://redis"}, ["GATEWAY_LIMITS_URL: it must be redis://host:port"]),
    ],
)
def test_a_gateway_that_cannot_start_says_what_to_do(
    make_gateway: Callable[..., Any], options: dict[str, str], told: list[str]
) -> None:
    with pytest.raises(RuntimeError, match=r"ended with 2\.") as raised, make_gateway({}, **options):
        pass
    said = str(raised.value)
    assert "Traceback" not in said
    assert all(part in said for part in told), said


def test_a_gateway_that_is_open_says_so(gateway: Any) -> None:
    log = Path(f"/proc/{gateway.process.pid}/fd/1").read_text()
    assert "the gateway is open: it asks nobody who they are" in log
