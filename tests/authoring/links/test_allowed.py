"""What the link check may ask: public addresses by the web's ports, and nothing inside. No network here."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learncraft.authoring.links.allowed import Inside, NotAskedError, is_public, target
from learncraft.authoring.links.answers import Answer

NOBODY = Inside()


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1",
        "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1",
        "2002:7f00:1::", "2001:0:53aa:64c:0:0:0:1", "no address", "",
    ],
)  # fmt: skip
def test_what_is_inside_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450:4001::1"])
def test_what_the_internet_has_is_public(address: str) -> None:
    assert is_public(address)


@settings(max_examples=60, deadline=None)
@given(st.ip_addresses())
def test_what_python_calls_inside_is_never_public(address: IPv4Address | IPv6Address) -> None:
    if address.is_private or address.is_multicast or address.is_reserved or address.is_unspecified:
        assert not is_public(str(address))
    if isinstance(address, IPv4Address):
        assert not is_public(f"::ffff:{address}")
        assert not is_public(str(IPv6Address(int(ip_network("64:ff9b::/96")[0]) + int(address))))


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("http://ada:secret@example.org/", Answer.PASSWORD),
        ("http://ada@example.org/", Answer.PASSWORD),
        ("http://example.org:22/", Answer.PORT),
        ("https://example.org:6379/", Answer.PORT),
        ("http://", Answer.NO_ADDRESS),
        ("https:///path", Answer.NO_ADDRESS),
        ("http://example.org:port/", Answer.NO_ADDRESS),
        ("http://[::1/", Answer.NO_ADDRESS),
        ("ftp://example.org/", Answer.NO_ADDRESS),
        ("file:///etc/passwd", Answer.NO_ADDRESS),
        ("http://exa\x00mple.org/", Answer.NO_ADDRESS),
    ],
)
def test_what_is_refused_before_anything_is_sent(address: str, why: Answer) -> None:
    with pytest.raises(NotAskedError) as caught:
        target(address, NOBODY)
    assert caught.value.why == why


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=30), st.sampled_from(["http://", "https://", "//", ""]))
def test_any_text_is_a_target_or_refused(rest: str, scheme: str) -> None:
    try:
        found = target(scheme + rest, NOBODY)
    except NotAskedError:
        return
    assert found.host and found.port in {80, 443, 8080, 8443} and not found.url.userinfo


def test_a_target_knows_its_host_as_dns_does() -> None:
    found = target("HTTPS://Bücher.example:8443/ä?q=1#part", NOBODY)
    assert (found.host, found.port, found.is_inside) == ("xn--bcher-kva.example", 8443, False)
    assert str(found.url) == "https://xn--bcher-kva.example:8443/%C3%A4?q=1"


def test_hosts_inside_are_named_with_their_port_or_by_the_usual_ones() -> None:
    inside = Inside.of("wiki.campus.example, 10.1.2.3:8090 ,[fd00::1]:80,, not a host")
    assert inside.has("wiki.campus.example", 443) and not inside.has("wiki.campus.example", 22)
    assert inside.has("10.1.2.3", 8090) and not inside.has("10.1.2.3", 80)
    assert inside.has("fd00::1", 80)
    assert not inside.has("campus.example", 443) and not inside.has("x.wiki.campus.example", 443)
    assert target("http://10.1.2.3:8090/a", inside).is_inside
    with pytest.raises(NotAskedError):
        target("http://10.1.2.4:8090/a", inside)
