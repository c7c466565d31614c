"""The file that says what stands behind the gateway: what it means, and where it is wrong."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.compiling import routing_table
from gateway.configuration import MAX_BODY_BYTES, Configuration, ConfigurationError, read
from gateway.routing import Route

SERVICE = '[services.a]\ninstances = [{ url = "http://a:1" }]\n'

Read = Callable[[str], Configuration]


@pytest.fixture
def read_text(tmp_path: Path) -> Read:
    """Reads a file with the given text."""

    def read_it(text: str) -> Configuration:
        (tmp_path / "gateway.toml").write_text(text)
        return read(tmp_path / "gateway.toml")

    return read_it


def terms(configuration: Configuration, path: str, method: str = "GET", *, is_open: bool = False) -> Route:
    """Return the terms of a request."""
    route = routing_table(configuration, is_open=is_open).find(path.encode(), method)
    assert route is not None
    return route


def test_what_nobody_says_is_safe(read_text: Read) -> None:
    route = terms(read_text(SERVICE), "/a/x")
    assert (route.is_open, route.limit, route.max_body_bytes) == (False, None, MAX_BODY_BYTES)
    assert (route.name, route.read_seconds, route.retries, route.connect_seconds) == ("/a/", 60.0, 2, 2.0)


def test_a_route_has_what_it_leaves_out_from_its_service(read_text: Read) -> None:
    text = SERVICE + 'max_body_bytes = 10\nretries = 0\nlimit = "few"\n[limits.few]\nrates = ["1/second"]\n'
    text += '[[routes]]\npath = "/a/up"\nmax_body_bytes = 99\naccess = "open"\n'
    configuration = read_text(text)
    route, rest = terms(configuration, "/a/up/load"), terms(configuration, "/a/other")
    assert (route.max_body_bytes, route.retries, route.limit, route.is_open) == (99, 0, "few", True)
    assert (rest.max_body_bytes, rest.retries, rest.limit, rest.is_open) == (10, 0, "few", False)


def test_a_zero_is_said_and_not_left_out(read_text: Read) -> None:
    route = terms(read_text(SERVICE + '[[routes]]\npath = "/a/x"\nmax_body_bytes = 0\nretries = 0\n'), "/a/x")
    assert (route.max_body_bytes, route.retries) == (0, 0)


def test_a_route_for_all_of_a_service_holds(read_text: Read) -> None:
    assert terms(read_text(SERVICE + '[[routes]]\npath = "/a/"\naccess = "open"\n'), "/a/x").is_open


def test_where_everything_is_open_a_route_can_still_ask_for_a_key(read_text: Read) -> None:
    configuration = read_text(SERVICE + '[[routes]]\npath = "/a/x"\naccess = "key"\n')
    assert not terms(configuration, "/a/x", is_open=True).is_open
    assert terms(configuration, "/a/y", is_open=True).is_open


def test_what_a_get_may_not_read_a_head_may_not_either(read_text: Read) -> None:
    text = SERVICE + 'access = "open"\n[[routes]]\npath = "/a/x"\nmethods = ["GET"]\naccess = "key"\n'
    configuration = read_text(text)
    assert [terms(configuration, "/a/x", method).is_open for method in ("GET", "HEAD", "POST")] == [False, False, True]


def test_a_method_counts_before_all_of_them_whatever_the_order(read_text: Read) -> None:
    routes = [
        '[[routes]]\npath = "/a/x"\nretries = 1\n',
        '[[routes]]\npath = "/a/x"\nmethods = ["POST"]\nretries = 2\n',
    ]
    for text in ("".join(routes), "".join(reversed(routes))):
        configuration = read_text(SERVICE + text)
        assert [terms(configuration, "/a/x", method).retries for method in ("GET", "POST")] == [1, 2]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("services", "is not TOML: Expected '=' after a key in a key/value pair (at end of document)"),
        ("\n\nx = = 1", "(at line 3, column 5)"),
        ("x = " + "[" * 5000, "is not TOML that can be read: it is nested too deeply"),
        ("", "services: Field required"),
        ("colour = 1\n" + SERVICE, "colour: Extra inputs are not permitted"),
        (SERVICE + "retry = 1", "services.a.retry: Extra inputs are not permitted"),
        (SERVICE + "retries = -1", "services.a.retries: Input should be greater than or equal to 0"),
        (SERVICE + 'access = "all"', "services.a.access: Input should be 'key' or 'open'"),
        (SERVICE + 'limit = "few"', "services.a.limit: no limit is named 'few'"),
        ("[services.a]\ninstances = []", "services.a.instances: Tuple should have at least 1 item"),
        ('[services.a]\ninstances = [{ url = "a:1" }]', "services.a.instances.0.url: URL scheme should be"),
        (
            '[services.a]\ninstances = [{ url = "http://a", weight = 0 }]',
            "services.a: at least one instance needs a weight",
        ),
        (
            '[services.a]\ninstances = [{ url = "http://a/b" }, { url = "http://a/b/" }]',
            "services.a: an instance is named twice",
        ),
        (SERVICE.replace(".a", ".docs"), "services.docs: 'docs' cannot be a service's name"),
        (SERVICE.replace(".a", '."../a"'), "services.../a: '../a' cannot be a service's name"),
        (SERVICE + '[[routes]]\npath = "/b/x"', "routes.0.path: no service is named 'b'"),
        (SERVICE + '[[routes]]\npath = "a/x"', "routes.0.path: it must be /service/…"),
        (SERVICE + '[[routes]]\npath = "/a/../b"', "routes.0.path: it must be /service/…"),
        (SERVICE + '[[routes]]\npath = "/a/*"', "it is what paths begin with, no pattern"),
        (SERVICE + '[[routes]]\npath = "/a/{id}/x"', "it is what paths begin with, no pattern"),
        (SERVICE + '[[routes]]\npath = "/a/x;y"', "routes.0.path: it must be /service/…"),
        (SERVICE + '[[routes]]\npath = "/a/é"', "without characters that have to be encoded"),
        (
            SERVICE + '[[routes]]\npath = "/a/x"\nmethods = ["get"]',
            "routes.0.methods: write methods in capitals, as GET",
        ),
        (SERVICE + '[[routes]]\npath = "/a/x"\nlimit = "few"', "routes.0.limit: no limit is named 'few'"),
        (SERVICE + '[[routes]]\npath = "/a/x"\n' * 2, "routes.1.path: routes.0 is for the same requests"),
        (
            SERVICE + '[[routes]]\npath = "/a/x"\nmethods = ["GET"]\n[[routes]]\npath = "/a/x"\nmethods = ["HEAD"]',
            "routes.1.path: routes.0 is for the same requests",
        ),
        (SERVICE + "[limits.few]\nrates = []", "limits.few.rates: Tuple should have at least 1 item"),
        (SERVICE + '[limits.few]\nrates = ["5/banana"]', "limits.few.rates: '5/banana' is no rate: write 20/second"),
        (
            SERVICE + '[limits.few]\nrates = ["5/minute", "9/minute"]',
            "limits.few.rates: The limit few has two rates per minute",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(read_text: Read, text: str, told: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        read_text(text)
    assert told in str(raised.value)
    assert "gateway.toml" in str(raised.value)
    assert "Value error" not in str(raised.value)


def test_all_that_is_wrong_is_told_at_once(read_text: Read) -> None:
    with pytest.raises(ConfigurationError) as raised:
        read_text(SERVICE + 'limit = "few"\n[[routes]]\npath = "/b/x"\n[limits.many]\nrates = ["much"]\n')
    assert len(str(raised.value).splitlines()) == 3


@pytest.mark.parametrize("url", ["http://ada:opensesame@a:1", "http://a:1/?token=opensesame", "http://a:1/#opensesame"])
def test_a_url_with_a_secret_is_refused_without_telling_it(read_text: Read, url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"services\.a\.instances\.0\.url: it can have a host") as raised:
        read_text(SERVICE.replace("http://a:1", url))
    assert "opensesame" not in str(raised.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"gateway\.toml cannot be read: No such file or directory"):
        read(tmp_path / "gateway.toml")


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "gateway.toml").write_bytes(b"\xff\x00")
    with pytest.raises(ConfigurationError, match=r"gateway\.toml is not TOML"):
        read(tmp_path / "gateway.toml")
