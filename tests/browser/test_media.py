"""Files and videos in a real browser: brought in, broken, watched, and watched on while the line is lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import text

from learncraft.acting import SYSTEM
from learncraft.db import Database
from learncraft.supervisor.postgres import EmbeddedPostgres
from tests.browser.ways import settle
from tests.clips import make_clip
from tests.server import Server


@pytest.fixture
def course(site: Server, tmp_path: Path) -> str:
    """The slug of a course of one lesson."""
    slug = f"film-{uuid4().hex[:8]}"
    folder = tmp_path / slug
    folder.mkdir()
    (folder / "course.yaml").write_text(
        f"title: Course {slug}\nslug: {slug}\nshort_description: Films\ncategory: databases\n"
        "skill_level: beginner\nmodules:\n  - {key: one, title: One, lessons: [only.md]}\n",
        encoding="utf-8",
    )
    (folder / "only.md").write_text("---\ntitle: Only\nminutes: 5\n---\nWords.\n", encoding="utf-8")
    site.command("import", str(folder), "--instructor", "instructor@learncraft.example")
    return slug


def test_a_film_is_brought_in_and_watched_over_a_lost_line(
    sign_in: Callable[..., Page], course: str, site: Server, tmp_path: Path
) -> None:
    film = make_clip(tmp_path / "film.mp4", seconds=24)
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(film.read_bytes()[:5000])
    teacher = sign_in("instructor", "/teach-courses")
    expect(teacher.get_by_text(f"Course {course}").first).to_be_visible()
    settle(teacher)  # its card is drawn whole, with the button
    named = teacher.get_by_test_id("stVerticalBlock").filter(has_text=f"Course {course}")
    named.filter(has=teacher.get_by_role("button", name="Publish")).last.get_by_role("button", name="Publish").click()
    expect(teacher.get_by_text("The course is in the catalogue")).to_be_visible()
    ways = named.filter(has=teacher.get_by_role("link", name="Files and video"))
    ways.last.get_by_role("link", name="Files and video").click()
    expect(teacher.get_by_role("heading", name="Files and video")).to_be_visible()
    teacher.locator("input[type=file]").first.set_input_files([film, broken])
    expect(teacher.get_by_text("Uploaded. Its stream is made now.")).to_have_count(2)
    expect(teacher.get_by_text("Ready, without captions")).to_be_visible(timeout=60_000)
    why = "No film could be found in this file. It may be damaged or cut off; save it again as MP4."
    expect(teacher.get_by_text(why)).to_be_visible(timeout=60_000)
    failed = teacher.locator("[class*=st-key-video-]").filter(has_text="No film could be found")
    failed.get_by_role("button", name="Replace").click()
    teacher.get_by_role("dialog").locator("input[type=file]").set_input_files(film)
    expect(teacher.get_by_text("Ready, without captions")).to_have_count(2, timeout=60_000)
    watched = teacher.locator("[class*=st-key-video-]").filter(has_text="film").first
    watched.get_by_role("button", name="Show in the lesson").click()
    expect(teacher.get_by_text("The video stands at the end of its lesson")).to_be_visible()

    learner = sign_in("learner", f"/course?course={course}")
    learner.get_by_role("button", name="Enroll for free").click()
    learner.get_by_role("button", name=re.compile("Start:")).click()
    video = learner.locator("video")
    expect(learner.get_by_text("0 of 2 parts done")).to_be_visible()
    learner.wait_for_function("() => window.learncraftOutboxes?.size > 0")
    play(learner)
    learner.wait_for_timeout(1500)
    learner.context.set_offline(True)
    learner.wait_for_timeout(2000)
    video.evaluate("video => video.pause()")
    expect(learner.get_by_text("You are offline. What you have seen is kept here")).to_be_visible()
    assert waiting(learner) > 0
    seen = video.evaluate("video => video.currentTime")
    lost = lose_an_answer(learner)
    learner.context.set_offline(False)
    expect(learner.get_by_text("The line is back, and what you have seen is saved.")).to_be_visible(timeout=30_000)
    assert waiting(learner) == 0
    assert lost, "no answer was lost, so nothing was sent twice"
    assert_counted_once(site, course, seen)
    learner.reload()
    expect(learner.get_by_text(re.compile("You go on at 0:0"))).to_be_visible()
    assert abs(video.evaluate("video => video.currentTime") - seen) < 1.5
    use_keys(learner)


def lose_an_answer(page: Page) -> list[str]:
    """Let the server take the next message, and the browser never hear of it; returns what was lost, as it happens."""
    lost: list[str] = []

    def lose(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().text())
        route.abort("connectionreset")

    page.route("**/events/beacon", lose)
    return lost


def assert_counted_once(site: Server, course: str, seen: float) -> None:
    """The stretches that were watched follow each other, and together are no longer than what was seen."""
    database = Database(EmbeddedPostgres(site.home).url)
    with database.reading(SYSTEM) as session:
        watched = session.execute(
            text(
                "SELECT e.position_start, e.position_end FROM learning_events e JOIN courses c ON c.id = e.course_id "
                "WHERE c.slug = :slug AND e.event_type = 'video_watched' ORDER BY e.position_start"
            ),
            {"slug": course},
        ).all()
    database.close()
    assert watched
    assert all(end <= begins + 0.01 for (_, end), (begins, _) in pairwise(watched)), watched
    assert seen - 1.5 <= sum(end - start for start, end in watched) <= seen + 0.5


def use_keys(page: Page) -> None:
    """The player without a mouse: jump, mark, go faster; a note stands at the moment and holds nothing that runs."""
    video = page.locator("video")
    page.get_by_label("Speed").focus()
    page.keyboard.press("Tab")
    for key in "5b>":
        page.keyboard.press(key)
    expect(page.get_by_role("button", name="Go to 0:12")).to_be_visible()
    assert video.evaluate("video => [Math.floor(video.currentTime), video.playbackRate]") == [12, 1.25]
    page.get_by_text("Notes", exact=True).click()
    note = page.get_by_label("Note", exact=True)
    note.fill("**Keys** match <img src=x onerror='window.hacked = 1'>")
    note.press("Control+Enter")
    expect(page.get_by_role("button", name="at 0:12", exact=True)).to_be_visible()
    expect(page.locator(".notes strong")).to_have_text("Keys")
    assert page.evaluate("() => window.hacked") is None


def play(page: Page) -> None:
    """Begin once the pieces are there, as a lost line would stop what isn't."""
    page.wait_for_function(
        "() => [...document.querySelectorAll('*')].some(one => one.shadowRoot?.querySelector('video')?.readyState > 2)"
        " || document.querySelector('video')?.readyState > 2"
    )
    page.locator("video").evaluate("video => { video.muted = true; return video.play(); }")
    page.wait_for_timeout(1000)


def waiting(page: Page) -> int:
    """How many events the browser still has to send."""
    found = page.evaluate("() => Object.keys(localStorage).filter(key => key.includes('.event.')).length")
    assert isinstance(found, int)
    return found
