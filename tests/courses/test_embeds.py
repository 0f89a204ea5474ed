"""Which pages of other sites are shown, at which address, and what becomes of the rest."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learncraft import hosts
from learncraft.courses import embeds


@pytest.fixture
def trusted() -> Iterator[None]:
    embeds.trust(["video.example.org", "*.maps.example.org", "vimeo.com"])
    yield
    embeds.trust([])


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("https://youtu.be/abcdefghijk?t=3", "https://www.youtube-nocookie.com/embed/abcdefghijk"),
        ("https://www.youtube.com/watch?v=abcdefghijk", "https://www.youtube-nocookie.com/embed/abcdefghijk"),
        ("https://vimeo.com/12345678", "https://player.vimeo.com/video/12345678?dnt=1"),
        ("https://codepen.io/ana/pen/abc", "https://codepen.io/ana/embed/abc"),
        ("https://www.geogebra.org/m/abc", "https://www.geogebra.org/material/iframe/id/abc"),
        ("https://www.desmos.com/calculator/abc", "https://www.desmos.com/calculator/abc?embed"),
        ("https://observablehq.com/@ana/bars", "https://observablehq.com/embed/@ana/bars"),
        ("https://datawrapper.dwcdn.net/abc/2/", "https://datawrapper.dwcdn.net/abc/"),
        (
            "https://www.openstreetmap.org/export/embed.html?bbox=1.5,2,3,4",
            "https://www.openstreetmap.org/export/embed.html?bbox=1.5,2,3,4",
        ),
    ],
)
def test_a_site_of_the_list_is_shown_where_browsers_may_show_it(typed: str, shown: str) -> None:
    assert embeds.address(typed) == shown
    assert shown.startswith(tuple(f"{source}/" for source in embeds.sources()))


UNSAFE = [
    "https://evil.example/m/abc",
    "https://www.geogebra.org@evil.example/m/abc",
    "https://www.geogebra.org.evil.example/m/abc",
    "http://www.geogebra.org/m/abc",
    "javascript:alert(1)//www.geogebra.org/m/abc",
    "https://video.example.org@evil.example/",
    "https://video.example.org:8443/",
    "https://video.example.org\\@evil.example/",
    "https://evilvideo.example.org/",
    "https://maps.example.org/",
    "https://evilmaps.example.org/",
    "http://video.example.org/",
    "https://[video.example.org/",
    "data:text/html,video.example.org",
    "/media/x",
]


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("typed", UNSAFE)
def test_no_other_address_is_on_the_list(typed: str) -> None:
    assert embeds.address(typed) is None


@pytest.mark.usefixtures("trusted")
def test_any_page_of_a_trusted_host_is_shown() -> None:
    assert embeds.address(" https://Video.example.org/a b?c=1#d ") == "https://video.example.org/a%20b?c=1#d"
    assert embeds.address("https://eu.maps.example.org/") == "https://eu.maps.example.org/"
    assert embeds.address("https://a.eu.maps.example.org") == "https://a.eu.maps.example.org"
    assert embeds.address("https://vimeo.com/12345678") == "https://player.vimeo.com/video/12345678?dnt=1"
    assert embeds.address("https://vimeo.com/event/1/embed") == "https://vimeo.com/event/1/embed"
    assert {"https://video.example.org", "https://*.maps.example.org"} <= set(embeds.sources())
    assert embeds.sites().endswith(", video.example.org and vimeo.com")


@pytest.mark.usefixtures("trusted")
@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=" <>\"'`()[]\\\n&?#%/:@$*_~|aé;,", max_size=30))
def test_nothing_of_a_trusted_address_can_end_the_attribute_or_the_link_that_it_stands_in(rest: str) -> None:
    shown = embeds.address(f"https://video.example.org/{rest}")
    if shown is not None:
        assert shown.startswith("https://video.example.org/")
        assert not set(shown) & set(" <>\"'`()[]\\\n$|")


def test_what_is_not_shown_is_a_link_unless_it_pretends() -> None:
    assert embeds.elsewhere("https://old.example/p?a=1") == ("old.example", "https://old.example/p?a=1")
    assert embeds.elsewhere("https://www.geogebra.org@evil.example/") is None
    assert embeds.elsewhere("javascript:alert(1)") is None


def test_a_video_of_youtube_is_known_by_any_of_its_addresses() -> None:
    for typed in ("http://www.youtube.com/watch?v=abcdefghijk", "https://www.youtube.com/shorts/abcdefghijk"):
        assert embeds.youtube(typed) == "https://www.youtube-nocookie.com/embed/abcdefghijk"
    assert embeds.youtube("https://vimeo.com/12345678") is None


def test_hosts_are_read_as_an_operator_writes_them() -> None:
    assert hosts.read(" Video.Example.org,*.maps.example.org ,, video.example.org") == [
        "video.example.org",
        "*.maps.example.org",
    ]


@pytest.mark.parametrize(
    "typed",
    [
        "https://video.example.org",
        "video.example.org/path",
        "video.example.org:443",
        "*",
        "*.org",
        "video.*.org",
        "192.0.2.7",
        "localhost",
        "video.example.org; script-src *",
        "video example.org",
        "-a.example.org",
    ],
)
def test_what_is_no_name_of_a_host_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="is not the name of a host"):
        hosts.read(typed)


def test_a_site_does_not_trust_itself() -> None:
    for typed in ("learn.example.org", "*.example.org"):
        with pytest.raises(ValueError, match="covers this site itself"):
            hosts.read(typed, own="https://learn.example.org")
