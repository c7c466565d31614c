"""Where somebody may be sent after signing in."""

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.sessions.requested import local_path

BASE = "http://fleet.example"
BY_BROWSERS_IGNORED = str.maketrans("", "", "\t\r\n")


@pytest.mark.parametrize(
    "path", ["/", "/vision/", "/docs?service=crystal#x", "/a//b", "/ä", "/a%2F%2Fb", "/@evil.example"]
)
def test_a_path_of_this_host_is_kept(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "vision/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        " //evil.example",
        "https://evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "/a b",
        "/a\r\nSet-Cookie: x=y",
        "/\x00",
        "/" + "a" * 2048,
    ],
)
def test_any_other_leads_home(path: str) -> None:
    assert local_path(path) == "/"


@given(st.text("/\\\t\n\r :.@?#aé%", max_size=12))
def test_nobody_is_sent_to_another_host(path: str) -> None:
    # As browsers read it: line breaks and tabs are skipped, a backslash is a slash.
    seen = local_path(path).translate(BY_BROWSERS_IGNORED).replace("\\", "/")
    assert urlsplit(urljoin(BASE, seen)).netloc == "fleet.example"
