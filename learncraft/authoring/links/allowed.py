"""What the link check may ask at all: public addresses, by the web's own ports.

An author writes links, and the server follows them from inside the operator's network. So it asks nothing that only the
inside can reach: not itself, no neighbour, no service of a cloud. Python's own `is_private` differs between versions;
these ranges are those of the registries of special-purpose addresses (RFC 6890 and what came after).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address

import httpx

from learncraft.authoring.links.answers import Answer

PORTS = frozenset({80, 443, 8080, 8443})

_NOT_PUBLIC = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",
            "100.64.0.0/10",  # shared by customers of a provider
            "127.0.0.0/8",
            "169.254.0.0/16",  # link-local; clouds answer there with keys
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",  # documentation
            "192.88.99.0/24",  # relays of 6to4
            "192.168.0.0/16",
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, and broadcast
        ),
    )
)
# The rest of IPv6 is no unicast of the internet: loopback, private, link-local, multicast, and the ways by which IPv4
# hides in it (::ffff:0:0/96, NAT64's 64:ff9b::/96).
_UNICAST = IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(
    map(
        IPv6Network,
        ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),  # Teredo and others, documentation, 6to4
    )
)
_ENTRY = re.compile(r"(?P<host>\[[^\]]+\]|[^:\s]+)(?::(?P<port>\d{1,5}))?")


class NotAskedError(Exception):
    """An address that isn't asked, and why."""

    def __init__(self, why: Answer) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked for: an address that has been looked at, its host as DNS and TLS know it, and its port."""

    url: httpx.URL
    host: str
    port: int
    is_inside: bool  # the operator has named this host: it may be private


@dataclass(frozen=True, slots=True)
class Inside:
    """Hosts of the operator's own network that may be asked, as `LEARNCRAFT_LINK_CHECK_PRIVATE_HOSTS` names them."""

    named: frozenset[tuple[str, int | None]] = frozenset()

    @classmethod
    def of(cls, setting: str) -> Inside:
        """Hosts separated by commas, each with a port or by the usual ones."""
        found = set[tuple[str, int | None]]()
        for entry in setting.split(","):
            if matched := _ENTRY.fullmatch(entry.strip()):
                port = matched["port"]
                found.add((matched["host"].strip("[]").lower(), int(port) if port else None))
        return cls(frozenset(found))

    def has(self, host: str, port: int) -> bool:
        """Whether a host may be asked by a port."""
        return (host, port) in self.named or (port in PORTS and (host, None) in self.named)


def target(address: str, inside: Inside) -> Target:
    """Look at an address before anything is sent.

    Raises:
        NotAskedError: it is none of the web's, carries a password, or names a port of something else.
    """
    try:
        url = httpx.URL(address)
        host = url.raw_host.decode("ascii").lower()
    except (httpx.InvalidURL, ValueError) as error:
        raise NotAskedError(Answer.NO_ADDRESS) from error
    if url.scheme not in {"http", "https"} or not host:
        raise NotAskedError(Answer.NO_ADDRESS)
    if url.userinfo:
        raise NotAskedError(Answer.PASSWORD)
    port = url.port or (443 if url.scheme == "https" else 80)
    is_inside = inside.has(host, port)
    if port not in PORTS and not is_inside:
        raise NotAskedError(Answer.PORT)
    return Target(url.copy_with(fragment=None), host, port, is_inside)


def is_public(address: str) -> bool:
    """Whether an address that a name was resolved to belongs to the internet, and to nothing inside."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv4Address):
        return not any(found in network for network in _NOT_PUBLIC)
    return found in _UNICAST and not any(found in network for network in _NOT_PUBLIC_6)
