"""Nobody is sent to another host."""

from __future__ import annotations

import pytest

from skillhub.web import paths


@pytest.mark.parametrize(
    "address", ["/", "/me", "/batches/LN-32?open=1&next=2", "/w/p-7k2m#top", "/找人?trade=%E5%AE%B6"]
)
def test_a_path_of_our_own_is_kept(address):
    assert paths.own(address) == address


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "me",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/a\r\nSet-Cookie: x=1",
        "/%0d%0aSet-Cookie: x=1",
        "/%250d%250ax",
        "/\tevil",
        "/%09/evil.example",
        "/%2f/evil.example",
        "/%5cevil.example",
        " /me",
        "/\x00",
        "/" + "a" * 2000,
    ],
)
def test_anything_else_leads_home(address):
    assert paths.own(address, otherwise="/home") == "/home"
