"""One address asked over HTTP: politely, for the head of its answer only, and never anything inside.

A name is resolved here, each of its addresses is looked at, and the connection goes to exactly one of those: a name
that points elsewhere a moment later changes nothing. TLS is checked against the name. Redirects are followed by hand,
and each step is looked at anew. No proxy of the environment is used: it would resolve names by itself.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx

from learncraft import __version__
from learncraft.authoring.links import allowed
from learncraft.authoring.links.allowed import Inside, NotAskedError, Target
from learncraft.authoring.links.answers import Answer, Outcome, of_status

MOST_REDIRECTS = 5
_MOST_ADDRESSES = 3  # of one name
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_NO_SUCH_NAME = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}
_SILENT_OFTEN = 2  # then a site is left alone
_ASKS_TO_WAIT = 429


@dataclass(frozen=True, slots=True)
class Manners:
    """How the check behaves towards sites."""

    name: str  # by which it says who it is
    inside: Inside = field(default_factory=Inside)
    seconds: float = 10.0  # for one request
    pause: float = 1.0  # between two requests to one host
    at_once: int = 8  # requests, each to another host


def name_of(base_url: str | None) -> str:
    """What the check calls itself: whoever is asked can see who asks, and where to complain."""
    return f"LearnCraft/{__version__} (link check{f'; +{base_url}' if base_url else ''})"


class Asker:
    """Asks for addresses, one at a time per host. Lives for one round of checks, in one event loop."""

    def __init__(self, manners: Manners) -> None:
        self._manners = manners
        self._trust = httpx.create_ssl_context()
        # An address that takes no connection leaves time for the next one of the name.
        self._timeout = httpx.Timeout(manners.seconds, connect=manners.seconds / _MOST_ADDRESSES)
        self._room = asyncio.Semaphore(manners.at_once)
        self._turns = defaultdict[str, asyncio.Lock](asyncio.Lock)
        self._last = dict[str, float]()
        self._silences = defaultdict[str, int](int)
        self._left_alone = dict[str, tuple[Answer, int | None]]()

    async def ask(self, address: str) -> Outcome:
        """What an address answers, after its redirects."""
        step, seen = address, set[str]()
        try:
            for _ in range(MOST_REDIRECTS + 1):
                to = allowed.target(step, self._manners.inside)
                if str(to.url) in seen:
                    break
                seen.add(str(to.url))
                answer, status, step = await self._in_turn(to)
                if not step:
                    return Outcome(address, answer, status)
        except NotAskedError as error:
            is_own = not seen
            return Outcome(address, error.why if is_own or error.why != Answer.NO_ADDRESS else Answer.ODD)
        return Outcome(address, Answer.CIRCLE)

    async def _in_turn(self, to: Target) -> tuple[Answer, int | None, str]:
        """The answer, its number, and where it sends on; with a pause since the host was asked last."""
        async with self._turns[to.host]:
            if to.host in self._left_alone:
                return *self._left_alone[to.host], ""
            async with self._room:
                answer, status, onward = await self._ask(to)
            self._note(to.host, answer, status)
            return answer, status, onward

    def _note(self, host: str, answer: Answer, status: int | None) -> None:
        """A site that isn't there, stays silent or asks to wait is left alone for the rest of the round."""
        self._silences[host] = self._silences[host] + 1 if answer == Answer.SILENT else 0
        if answer == Answer.NO_HOST or status == _ASKS_TO_WAIT or self._silences[host] >= _SILENT_OFTEN:
            self._left_alone[host] = answer, status

    async def _ask(self, to: Target) -> tuple[Answer, int | None, str]:
        try:
            async with asyncio.timeout(self._manners.seconds):
                addresses = await self._addresses(to)
            status, onward = await self._by_head(to, addresses)
        except TimeoutError:
            return Answer.SILENT, None, ""
        except socket.gaierror as error:
            return (Answer.NO_HOST if error.errno in _NO_SUCH_NAME else Answer.NO_CONNECTION), None, ""
        except (httpx.HTTPError, OSError) as error:
            return _said_by(error), None, ""
        except UnicodeError:
            return Answer.NO_ADDRESS, None, ""  # no name that DNS could have
        if status in _REDIRECTS and onward:
            return _onward(to, status, onward)
        return of_status(status), status, ""

    async def _addresses(self, to: Target) -> list[str]:
        """The addresses of a host that may be asked.

        Raises:
            NotAskedError: there is none.
        """
        found = await asyncio.get_running_loop().getaddrinfo(to.host, to.port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))
        kept = [one for one in addresses if to.is_inside or allowed.is_public(one)]
        if not kept:
            raise NotAskedError(Answer.PRIVATE)
        return kept[:_MOST_ADDRESSES]

    async def _by_head(self, to: Target, addresses: Sequence[str]) -> tuple[int, str]:
        """The answer to HEAD; to GET where HEAD alone isn't liked, whose answer says nothing of the page."""
        try:
            status, onward = await self._send("HEAD", to, addresses)
        except (httpx.RemoteProtocolError, httpx.ReadError):
            status, onward = 0, ""
        if 0 < status < 400 or status == _ASKS_TO_WAIT:
            return status, onward
        return await self._send("GET", to, addresses)

    async def _send(self, method: str, to: Target, addresses: Sequence[str]) -> tuple[int, str]:
        """The number and the place of the answer, from the first address that takes the connection."""
        loop = asyncio.get_running_loop()
        await asyncio.sleep(self._last.get(to.host, 0.0) + self._manners.pause - loop.time())
        self._last[to.host] = loop.time()
        async with asyncio.timeout(self._manners.seconds):
            for address in addresses[:-1]:
                try:
                    return await self._send_to(address, method, to)
                except (httpx.ConnectError, httpx.ConnectTimeout):
                    continue
            return await self._send_to(addresses[-1], method, to)

    async def _send_to(self, address: str, method: str, to: Target) -> tuple[int, str]:
        """A connection of its own for each request: two sites may live at one address, with one certificate each."""
        is_usual = to.url.port is None
        host = f"[{to.host}]" if ":" in to.host else to.host
        async with (
            httpx.AsyncClient(verify=self._trust, trust_env=False, timeout=self._timeout) as client,
            client.stream(
                method,
                to.url.copy_with(host=address),
                headers={
                    "Host": host if is_usual else f"{host}:{to.port}",
                    "User-Agent": self._manners.name,
                    "Accept": "*/*",
                    "Accept-Encoding": "identity",
                    "Connection": "close",
                },
                extensions={"sni_hostname": to.host},
            ) as response,
        ):
            place = response.headers.get("location", "")  # the body is never read
            return response.status_code, place


def _onward(to: Target, status: int, place: str) -> tuple[Answer, int | None, str]:
    """Where a redirect leads, which may be said from where it stands."""
    try:
        return Answer.WELL, status, str(to.url.join(place))
    except (httpx.InvalidURL, ValueError):
        return Answer.ODD, status, ""


def _said_by(error: BaseException) -> Answer:
    """What an error of the connection comes to."""
    if isinstance(error, httpx.TimeoutException):
        return Answer.SILENT
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Answer.CERTIFICATE
        cause = cause.__cause__ or cause.__context__
    return Answer.NO_CONNECTION
