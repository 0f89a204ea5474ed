"""What a real server's answers come to, and how politely it is asked."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from learncraft.authoring.links import rounds
from learncraft.authoring.links.allowed import Inside
from learncraft.authoring.links.answers import Answer, Known, Outcome, Standing, of_status
from learncraft.authoring.links.asking import Manners, name_of
from tests.authoring.links.site import Site, site

NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def there() -> Iterator[Site]:
    with site() as server:
        yield server


@pytest.fixture(autouse=True)
def unasked(there: Site) -> None:
    there.asked.clear()
    there.heads.clear()
    there.moments.clear()
    there.most_at_once = 0


def ask(there: Site, *addresses: str, whole: float = 20.0, **manners: Any) -> dict[str, Outcome]:
    """What came back, by what was asked; only this site may be asked of all private ones."""
    behave = Manners("Test", **({"inside": Inside.of(there.host), "seconds": 8.0, "pause": 0.0} | manners))
    found: dict[str, Outcome] = {}
    rounds.ask_all(addresses, behave, lambda some: found.update({one.address: one for one in some}), whole=whole)
    return found


def test_answers_are_told_apart(there: Site) -> None:
    expected = {
        "200/a": Answer.WELL,
        "404/a": Answer.GONE,
        "410/a": Answer.GONE,
        "get405/a": Answer.WELL,
        "get501/a": Answer.WELL,
        "get403/a": Answer.WELL,
        "get404/a": Answer.WELL,
        "403/a": Answer.CLOSED,
        "999/a": Answer.CLOSED,
        "500/a": Answer.TROUBLE,
        "503/a": Answer.TROUBLE,
        "418/a": Answer.ODD,
        "steps/5": Answer.WELL,
        "steps/6": Answer.CIRCLE,
        "round/a": Answer.CIRCLE,
        "to//404/b": Answer.GONE,
        "to/mailto:a@b.example": Answer.ODD,
        "to/file:///etc/passwd": Answer.ODD,
        "rubbish/a": Answer.NO_CONNECTION,
    }
    found = ask(there, *(there.at(path) for path in expected))
    assert {path: found[there.at(path)].answer for path in expected} == expected
    assert there.most_at_once == 1  # one thing at a time, of one host
    assert found[there.at("404/a")].status == 404


def test_head_comes_first_and_get_only_where_head_is_not_liked(there: Site) -> None:
    ask(there, there.at("200/x?q=1"))
    assert there.asked == [("HEAD", "/200/x?q=1")]
    ask(there, there.at("get405/y"))
    assert there.asked[1:] == [("HEAD", "/get405/y"), ("GET", "/get405/y")]
    head = there.heads[0]
    assert head["Host"] == there.host and head["User-Agent"] == "Test" and "Cookie" not in head


def test_the_check_says_who_it_is() -> None:
    assert name_of("https://learn.example").endswith("(link check; +https://learn.example)")
    assert name_of(None).startswith("LearnCraft/")


@pytest.mark.parametrize("to", ["127.0.0.2", "localhost", "[::1]", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]"])
def test_a_private_address_is_not_asked_by_whatever_name(there: Site, to: str) -> None:
    straight = f"http://{to}:8080/"
    found = ask(there, straight, there.at(f"to/{straight}"))
    assert {one.answer for one in found.values()} <= {Answer.PRIVATE, Answer.NO_ADDRESS, Answer.ODD, Answer.NO_HOST}
    assert len(found) == 2 and there.asked == [("HEAD", f"/to/{straight}")]


def test_a_redirect_to_another_port_of_the_same_host_is_looked_at_anew(there: Site) -> None:
    found = ask(there, there.at("to/http://127.0.0.1:22/"), there.at("to/http://a:b@127.0.0.1/"))
    assert {one.answer for one in found.values()} == {Answer.PORT, Answer.PASSWORD}


def test_a_name_that_points_elsewhere_a_moment_later_changes_nothing(
    there: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name is resolved once for each request, and the connection goes to the address that was looked at."""
    looked_up: list[str] = []
    answers = [["93.184.216.34"], ["127.0.0.1"]]

    async def resolve(_loop: Any, host: str, port: int, **_: Any) -> list[Any]:
        looked_up.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in answers[len(looked_up) - 1]]

    reached: list[str] = []
    connect = asyncio.BaseEventLoop.create_connection

    async def connecting(loop: Any, protocol: Any, host: str, port: int, **rest: Any) -> Any:
        reached.append(host)
        if host != "127.0.0.1":
            raise ConnectionRefusedError
        return await connect(loop, protocol, host, port, **rest)

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", resolve)
    monkeypatch.setattr(asyncio.BaseEventLoop, "create_connection", connecting)
    first, second = "http://rebinding.example:8080/", "http://rebinding.example:8080/b"
    found = ask(there, first)
    assert found[first].answer == Answer.NO_CONNECTION
    assert looked_up == ["rebinding.example"] and set(reached) == {"93.184.216.34"}
    assert ask(there, second)[second].answer == Answer.PRIVATE
    assert "127.0.0.1" not in reached and there.asked == []


def test_a_slow_site_is_silent_and_then_left_alone(there: Site) -> None:
    found = ask(there, *(there.at(f"slow/{seconds}") for seconds in ("1.5", "1.6", "1.7")), seconds=0.2)
    assert {one.answer for one in found.values()} == {Answer.SILENT}
    assert len({path for _, path in there.asked}) == 2


def test_a_site_that_drips_is_silent_too(there: Site) -> None:
    assert ask(there, there.at("drip/a"), seconds=0.4)[there.at("drip/a")].answer == Answer.SILENT


def test_a_site_that_asks_to_wait_is_asked_nothing_more(there: Site) -> None:
    found = ask(there, there.at("429/a"), there.at("200/a"), there.at("200/b"))
    assert [one.status for one in found.values()] == [429, 429, 429]
    assert there.asked == [("HEAD", "/429/a")]


def test_between_two_requests_to_a_host_there_is_a_pause_and_other_hosts_do_not_wait(there: Site) -> None:
    with site() as other:
        inside = Inside.of(f"{there.host},localhost:{other.server_port}")
        ask(
            there,
            *(there.at(f"slow/0.1{number}") for number in range(2)),
            f"http://localhost:{other.server_port}/slow/0.2",
            inside=inside,
            pause=1.0,
        )
        first, second = there.moments
        assert second - first > 0.5, "half of it: the first request may have come late"
        assert other.moments[0] < second


def test_what_the_time_does_not_suffice_for_is_left_and_an_error_ends_the_round(there: Site) -> None:
    found = ask(there, there.at("200/a"), there.at("slow/5"), seconds=9.0, whole=0.5)
    assert set(found) == {there.at("200/a")}

    def stop(_some: list[Outcome]) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rounds.ask_all([there.at("slow/5")], Manners("Test", Inside.of(there.host), seconds=9.0), stop)


def test_a_closed_port_and_a_name_that_nobody_has(there: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    async def nobody(*_: Any, **__: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        address = f"http://127.0.0.1:{port}/"
        assert ask(there, address, inside=Inside.of(f"127.0.0.1:{port}"))[address].answer == Answer.NO_CONNECTION
    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", nobody)
    gone = ["http://nobody.example/a", "http://nobody.example/b"]
    assert {one.answer for one in ask(there, *gone).values()} == {Answer.NO_HOST}


def known(answer: Answer, failures: int = 1, days: float = 0) -> Known:
    return Known(answer, None, NOW, failures, NOW - timedelta(days=days) if failures else None)


@pytest.mark.parametrize(
    ("one", "standing"),
    [
        (known(Answer.WELL, 0), Standing.WELL),
        (known(Answer.GONE), Standing.UNREACHED),
        (known(Answer.GONE, 2), Standing.BROKEN),
        (known(Answer.NO_HOST, 2), Standing.BROKEN),
        (known(Answer.NO_ADDRESS), Standing.BROKEN),
        (known(Answer.SILENT, 9), Standing.UNREACHED),
        (known(Answer.TROUBLE, 4, days=3), Standing.BROKEN),
        (known(Answer.TROUBLE, 3, days=9), Standing.UNREACHED),
        (known(Answer.PRIVATE, 0), Standing.UNCHECKED),
        (known(Answer.CLOSED, 0), Standing.UNCHECKED),
    ],
    ids=["well", "once", "twice", "no host", "no address", "silent", "days", "days, seldom", "private", "closed"],
)
def test_one_failure_is_not_called_broken(one: Known, standing: Standing) -> None:
    assert one.standing == standing


def test_good_answers_are_used_for_a_week_and_bad_ones_for_minutes() -> None:
    assert not known(Answer.WELL, 0).is_due(NOW + timedelta(days=6))
    assert known(Answer.WELL, 0).is_due(NOW + timedelta(days=7))
    assert not known(Answer.GONE).is_due(NOW + timedelta(minutes=9))
    assert known(Answer.GONE).is_due(NOW + timedelta(minutes=10))
    assert {of_status(status) for status in (200, 204, 206)} == {Answer.WELL}
