"""HTML of strangers: what stays, what goes, and where addresses lead."""

from __future__ import annotations

from pathlib import Path

import pytest

from learncraft.interchange.assets import Assets
from learncraft.interchange.html import clean, sanitise, text_of

NAMES = ["plan.png", "Brain red (1).png", "Learning Goals.pdf", "run.js", "größe.png", "images_a.png"]


@pytest.fixture
def assets() -> Assets:
    return Assets({name: Path("/nowhere") / name for name in NAMES})


def test_prose_stays_as_it_was_written(assets: Assets) -> None:
    prose = (
        "<h2>Title</h2><p>One <strong>two</strong> x<sup>2</sup></p><ul><li>a</li></ul>"
        '<pre><code class="language-python">x = 1</code></pre><blockquote>q</blockquote>'
        "<details><summary>more</summary>text</details><table><tbody><tr><td>1</td></tr></tbody></table>"
    )
    assert clean(prose, assets).html == prose


@pytest.mark.parametrize(
    "evil",
    [
        "<script>alert(1)</script>",
        "<p onclick=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href=' java\tscript:alert(1)'>x</a>",
        "<img src=x onerror=alert(1)>",
        "<iframe src='javascript:alert(1)'></iframe>",
        "<svg><script>alert(1)</script></svg>",
        "<form action='//evil'><input name=password></form>",
        "<style>@import '//evil'</style>",
        "<div style='background:url(javascript:alert(1))'>",
        "<object data='javascript:alert(1)'></object>",
        "<video src='javascript:alert(1)'></video>",
        "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
        "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    ],
)
def test_nothing_that_could_run_stays(assets: Assets, evil: str) -> None:
    html = clean(f"<p>before</p>{evil}<p>after</p>", assets).html
    assert not any(
        sign in html for sign in ("<script", "javascript:", "onerror=", "onclick=", "<iframe", "<form", "url(")
    )
    assert "before" in html


def test_words_in_tags_of_problems_stay(assets: Assets) -> None:
    assert text_of(clean("<text>a <annotation>b</annotation> <startouttext/>c</text>", assets).html) == "a b c"


def test_drawings_and_formulas_that_go_are_told_of(assets: Assets) -> None:
    cleaned = clean("<p>a<svg><text>b</text></svg><math><mi>x</mi></math></p>", assets)
    assert cleaned.html == "<p>a</p>"
    assert len(cleaned.notes) == 2


def test_links_dont_hand_over_the_window(assets: Assets) -> None:
    assert 'rel="noopener noreferrer"' in clean('<a href="https://example.org" target="_blank">x</a>', assets).html


def test_only_plain_alignment_and_width_stay_of_styles() -> None:
    html = sanitise('<p style="position:fixed; text-align: center; width:50%; top:0">x</p>')
    assert html == '<p style="text-align: center; width:50%">x</p>'


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("/static/plan.png", "asset:plan.png"),
        ("/static/plan.png?raw=1", "asset:plan.png"),
        ("/static/Brain_red_1_.png", "asset:Brain%20red%20%281%29.png"),
        ("/static/Brain%20red%20(1).png", "asset:Brain%20red%20%281%29.png"),
        ("/asset-v1:Org+C1+run+type@asset+block@plan.png", "asset:plan.png"),
        ("/assets/courseware/v1/abc/asset-v1:O+C+r+type@asset+block/x/asset-v1:O+C+r+type@asset+block@plan.png",
         "asset:plan.png"),
        ("https://studio.example.org/asset-v1:Org+C1+run+type@asset+block@plan.png", "asset:plan.png"),
        ("/c4x/edX/DemoX/asset/plan.png", "asset:plan.png"),
        ("/static/gr%C3%B6%C3%9Fe.png", "asset:gr%C3%B6%C3%9Fe.png"),
        ("/static/images/a.png", "asset:images_a.png"),
        ("https://example.org/x.png", "https://example.org/x.png"),
        ("//example.org/x.png", "https://example.org/x.png"),
    ],
)  # fmt: skip
def test_addresses_of_the_archives_files_become_asset_addresses(assets: Assets, written: str, address: str) -> None:
    assert f'src="{address}"' in clean(f'<img src="{written}">', assets).html
    if address.startswith("asset:"):
        assert len(assets.documents()) == 1


def test_a_file_that_isnt_in_the_archive_is_named(assets: Assets) -> None:
    cleaned = clean('<p><img src="/static/gone.png" alt="A map"></p>', assets)
    assert "src=" not in cleaned.html
    assert any("no file gone.png" in note for note in cleaned.notes)


def test_scripts_arent_imported_even_when_a_link_asks_for_them(assets: Assets) -> None:
    cleaned = clean('<a href="/static/run.js">the script</a>', assets)
    assert "href" not in cleaned.html
    assert assets.documents() == {}


@pytest.mark.parametrize("href", ["/jump_to_id/abc", "/courses/x/y", "/course/123", "some page", "../x"])
def test_links_within_the_old_platform_become_text_and_are_told_of(assets: Assets, href: str) -> None:
    cleaned = clean(f'<p>see <a href="{href}">there</a></p>', assets)
    assert text_of(cleaned.html) == "see there"
    assert "href" not in cleaned.html
    assert cleaned.notes == ("1 link to other pages of the old platform became text.",)


def test_what_is_embedded_becomes_a_link(assets: Assets) -> None:
    cleaned = clean('a<iframe title="The lab" src="https://example.org/lab"></iframe>b', assets)
    assert cleaned.html == 'a<a href="https://example.org/lab" rel="noopener noreferrer">The lab</a>b'
    cleaned = clean('<object data="/static/Learning_Goals.pdf" type="application/pdf"></object>', assets)
    assert 'href="asset:Learning%20Goals.pdf"' in cleaned.html


def test_names_of_icons_arent_left_as_words(assets: Assets) -> None:
    cleaned = clean('<p><span class="material-symbols-outlined">menu_book</span>Read this</p>', assets)
    assert text_of(cleaned.html) == "Read this"


def test_buttons_go_and_are_told_of(assets: Assets) -> None:
    cleaned = clean("<p>Useful?</p><button onclick='x()'>Yes</button>", assets)
    assert text_of(cleaned.html) == "Useful?"
    assert cleaned.controls == 1


def test_cleaning_twice_changes_nothing_more(assets: Assets) -> None:
    once = clean('<p>a<img src="/static/plan.png"><a href="https://x.org">b</a></p>', assets).html
    assert clean(once, assets).html == once
