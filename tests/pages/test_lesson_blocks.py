"""What in a lesson isn't text: its lab, and pages of other sites, which are shown to nobody who doesn't ask."""

from __future__ import annotations

from uuid import UUID

from learncraft.accounts.models import UserRole
from learncraft.courses import embeds
from learncraft.courses.blocks import Block, EmbedBlock, LabBlock, LessonContent, VideoBlock
from learncraft.courses.media_models import Video, VideoStatus
from learncraft.courses.models import Course, Lesson
from learncraft.db import new_id
from tests.factories import make_course
from tests.factories.one_of_each import make_lab
from tests.pages.conftest import World

LESSON, COURSE = "pages/learn/lesson.py", "pages/learn/course.py"


def put(world: World, *blocks: Block) -> None:
    """Make these the whole of the lesson that the page opens."""
    with world.database.transaction() as session:
        lesson = session.get_one(Lesson, UUID(world.queries[LESSON].removeprefix("id=")))
        lesson.content = LessonContent(blocks=blocks).model_dump(mode="json")


def test_a_lab_says_what_it_asks_and_what_is_not_here(world: World) -> None:
    with world.database.transaction() as session:
        lab = make_lab(session, UUID(world.queries[LESSON].removeprefix("id=")))
    put(world, LabBlock(id="lab", lab_id=lab))
    page = world.open(LESSON, UserRole.LEARNER)
    assert not page.exception
    said = [one.value for one in (*page.markdown, *page.caption)]
    assert {"Do it.", "Lab · 1 h", "It is done when\n- It runs"} <= set(said)
    assert any("isn't run or checked here" in one for one in said)
    assert not any("python main.py" in one for one in said)  # the check itself stays out


def test_another_site_is_asked_only_when_the_learner_wants_it(world: World) -> None:
    put(world, EmbedBlock(id="map", url="https://www.geogebra.org/m/abc", title="A triangle"))
    page = world.open(LESSON, UserRole.LEARNER)
    assert not page.exception
    assert not page.get("iframe")
    next(one for one in page.button if one.label == "Show what is on www.geogebra.org").click().run()
    assert page.get("iframe")
    assert page.get("iframe")[0].proto.src == "https://www.geogebra.org/material/iframe/id/abc"


def test_a_video_of_youtube_plays_for_who_asks_for_it_from_any_of_its_addresses(world: World) -> None:
    with world.database.transaction() as session:
        lesson_id = UUID(world.queries[LESSON].removeprefix("id="))
        video = Video(
            id=new_id(),
            lesson_id=lesson_id,
            title="Joins",
            original_url="https://www.youtube.com/shorts/abcdefghijk",
            status=VideoStatus.READY,
        )
        session.add(video)
    put(world, VideoBlock(id="film", video_id=video.id))
    page = world.open(LESSON, UserRole.LEARNER)
    assert not page.exception
    assert not page.get("iframe")
    next(one for one in page.button if one.label == "Play it from YouTube").click().run()
    [frame] = page.get("iframe")
    assert (frame.proto.src, frame.proto.alt) == ("https://www.youtube-nocookie.com/embed/abcdefghijk", "Joins")


def test_the_film_of_a_course_plays_for_who_asks_and_is_a_link_once_its_site_is_off_the_list(world: World) -> None:
    with world.database.transaction() as session:
        course = make_course(session, preview_video_url="https://vimeo.com/12345678").course
    world.queries[COURSE] = f"course={course.slug}"
    page = world.open(COURSE, UserRole.LEARNER)
    assert not page.get("iframe")
    next(one for one in page.button if one.label == "Play the film").click().run()
    assert page.get("iframe")[0].proto.src == "https://player.vimeo.com/video/12345678?dnt=1"
    with world.database.transaction() as session:
        session.get_one(Course, course.id).preview_video_url = "https://old.example.org/film"
    page = world.open(COURSE, UserRole.LEARNER)
    assert not page.get("iframe")
    assert any("[Open it on old.example.org](https://old.example.org/film)" in one.value for one in page.info)


def test_an_address_that_is_not_on_the_list_is_said_to_be_so(world: World) -> None:
    put(world, EmbedBlock(id="map", url="https://www.geogebra.org@evil.example/m/abc", title="A triangle"))
    page = world.open(LESSON, UserRole.LEARNER)
    assert not page.exception
    assert not page.get("iframe")
    [told] = [one.value for one in page.info if "can't be shown here" in one.value]
    assert "](" not in told  # what pretends to be another host is no link either
    assert not any("evil" in one.label for one in page.button)


def test_a_page_whose_host_is_trusted_no_more_becomes_a_link(world: World) -> None:
    put(world, EmbedBlock(id="map", url="https://video.example.org/a?b=(c)", title="A triangle"))
    embeds.trust(["video.example.org"])
    try:
        page = world.open(LESSON, UserRole.LEARNER)
        next(one for one in page.button if one.label == "Show what is on video.example.org").click().run()
        assert page.get("iframe")[0].proto.src == "https://video.example.org/a?b=%28c%29"
        assert page.get("iframe")[0].proto.alt == "A triangle"
    finally:
        embeds.trust([])
    page.run()
    assert not page.exception
    assert not page.get("iframe")
    assert any(
        one.value.endswith("[Open it on video.example.org](https://video.example.org/a?b=%28c%29)") for one in page.info
    )
