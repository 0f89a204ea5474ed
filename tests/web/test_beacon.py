"""What pages report: each event once, sound ones taken, others kept aside with the reason."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, text

from learncraft.accounts.models import User
from learncraft.courses.media_models import Video
from learncraft.courses.models import Course, Lesson, LessonType
from learncraft.enrollment.models import LessonProgress
from learncraft.enrollment.video_views import VideoView
from tests.factories import make_course, make_enrollment
from tests.web.conftest import Browser, Site


class Room:
    """A lesson with a video, and a learner in its course."""

    def __init__(self, site: Site) -> None:
        self.site = site
        learner = site.person("ana@example.org")
        with site.database.transaction() as session:
            course = make_course(session)
            self.course_id, self.lesson_id = course.id, course.lessons[0].id
            video = Video(lesson_id=self.lesson_id, title="Film", status="ready")
            session.add(video)
            make_enrollment(session, session.get_one(Course, course.id), session.get_one(User, learner.id))
            session.flush()
            self.video_id = video.id
        self.browser = site.browser()
        self.browser.sign_in("ana@example.org")

    def watched(self, start: float = 0, end: float = 10, **more: Any) -> dict[str, Any]:
        given = {
            "id": str(uuid4()),
            "type": "video_watched",
            "occurred_at": datetime.now(UTC).isoformat(),
            "object_id": str(self.video_id),
            "position_start": start,
            "position_end": end,
        }
        return given | more

    def send(self, *events: Any, browser: Browser | None = None, lesson: UUID | None = None, **more: Any):
        body = {"lesson_id": str(lesson or self.lesson_id), "events": list(events)} | more
        client = (browser or self.browser).client
        return client.post("/events/beacon", content=json.dumps(body), headers={"content-type": "text/plain"})

    def stored(self) -> list[Any]:
        with self.site.database.reading() as session:
            return list(
                session.execute(
                    text(
                        "SELECT * FROM learning_events WHERE event_type LIKE 'video%' OR event_type LIKE 'read%' "
                        "ORDER BY position_start"
                    )
                )
            )

    def reasons(self) -> list[str]:
        with self.site.database.reading() as session:
            return list(session.scalars(text("SELECT reason FROM event_quarantine ORDER BY created_at, id")))


@pytest.fixture
def room(site: Site) -> Room:
    return Room(site)


def test_watched_intervals_become_one_row_each(room: Room) -> None:
    paused = room.watched() | {"type": "video_paused"}
    del paused["position_start"]
    answer = room.send(room.watched(0, 12.5, data={"speed": 1.5}), room.watched(30, 44), paused)
    assert (answer.status_code, answer.json()) == (200, {"taken": 3, "known": 0, "refused": []})
    first = room.stored()[0]
    assert (first.course_id, first.lesson_id, first.object_id) == (room.course_id, room.lesson_id, room.video_id)
    assert (first.position_start, first.position_end, first.event_data) == (0, 12.5, {"speed": 1.5})


def test_what_is_sent_again_counts_once(room: Room) -> None:
    one, two = room.watched(0, 10), room.watched(10, 20)
    assert room.send(one, one).json() == {"taken": 1, "known": 1, "refused": []}
    assert room.send(one, two).json() == {"taken": 1, "known": 1, "refused": []}
    assert len(room.stored()) == 2


def test_one_bad_event_loses_none_of_the_others(room: Room) -> None:
    bad: list[Any] = [
        room.watched(type="video_exploded"),
        room.watched(type="assessment_passed"),
        room.watched(end=None),
        room.watched(5, 5),
        room.watched(-1, 5),
        room.watched(0, 10**400),
        room.watched(object_id=str(uuid4())),
        room.watched(object_id={"a": 1}),
        room.watched(id="1"),
        room.watched(colour="red"),
        room.watched(data={"speed": "fast\0"}),
        room.watched(data=[1]),
        room.watched(user_id=str(uuid4())),
        "nothing",
        room.watched(type={"\ud800": "\0"}),
    ]
    answer = room.send(room.watched(), *bad, room.watched(20, 30))
    assert answer.status_code == 200, answer.text
    assert answer.json()["taken"] == 2
    assert [one["place"] for one in answer.json()["refused"]] == list(range(1, len(bad) + 1))
    assert len(room.stored()) == 2
    assert len(room.reasons()) == len(bad)


def test_clocks_that_differ_are_put_right_and_impossible_times_are_refused(room: Room) -> None:
    now = datetime.now(UTC)
    ahead = now + timedelta(hours=3)
    events = [room.watched(0, 1, occurred_at=(ahead - timedelta(minutes=2)).isoformat())]
    assert room.send(*events, sent_at=ahead.isoformat()).json()["taken"] == 1
    assert abs(room.stored()[0].occurred_at - (now - timedelta(minutes=2))) < timedelta(seconds=20)
    slightly, late = now + timedelta(minutes=2), now - timedelta(days=20)
    answer = room.send(
        room.watched(2, 3, occurred_at=slightly.isoformat()),
        room.watched(4, 5, occurred_at=late.isoformat()),
        room.watched(occurred_at=ahead.isoformat()),
        room.watched(occurred_at="2019-01-01T00:00:00Z"),
        room.watched(occurred_at="0001-01-01T00:00:00+14:00"),
        room.watched(occurred_at="2026-01-01T00:00:00"),
        room.watched(occurred_at=7),
    )
    assert answer.json()["taken"] == 2
    assert len(answer.json()["refused"]) == 5
    stored = room.stored()
    assert stored[1].occurred_at <= datetime.now(UTC)
    assert stored[2].occurred_at == late
    assert any("future" in reason for reason in room.reasons())


def test_a_message_that_is_none_is_refused_with_a_sentence(room: Room) -> None:
    post = room.browser.client.post
    large = post("/events/beacon", content=b'{"a": "' + b"x" * 1_000_000 + b'"}')
    assert (large.status_code, large.json()["error"]) == (413, "A message may have 128 KB. Send the events in parts.")
    for content in (b"", b"\xff", b"[1]", b'{"events": NaN}', b"[" * 100_000, b"1" * 5_000):
        answer = post("/events/beacon", content=content)
        assert answer.status_code == 400, content[:20]
        assert answer.json()["error"]
    assert room.send(*[room.watched() for _ in range(201)]).status_code == 400
    assert room.send(room.watched(), sent_at="soon").status_code == 400
    assert room.stored() == []
    assert "The message is not JSON." in room.reasons()


def test_only_who_may_see_the_lesson_reports_from_it(room: Room, site: Site) -> None:
    assert room.send(room.watched(), browser=site.browser()).status_code == 401
    with site.database.transaction() as session:
        session.get_one(Lesson, room.lesson_id).is_free = False
    site.person("eve@example.org")
    stranger = site.browser()
    stranger.sign_in("eve@example.org")
    assert room.send(room.watched(), browser=stranger).status_code == 404
    assert room.send(room.watched(), lesson=uuid4()).status_code == 404
    foreign = room.browser.client.post(
        "/events/beacon",
        content=json.dumps({"lesson_id": str(room.lesson_id), "events": [room.watched()]}),
        headers={"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
    )
    assert foreign.status_code == 403
    assert room.stored() == []


def test_a_burst_is_limited_and_the_rest_goes_on(room: Room, site: Site) -> None:
    answers = [room.send(room.watched()) for _ in range(63)]
    assert [answer.status_code for answer in answers] == [200] * 60 + [429] * 3
    assert int(answers[-1].headers["retry-after"]) > 0
    assert "Too many messages" in answers[-1].json()["error"]
    assert len(room.stored()) == 60


def test_what_is_reported_moves_progress_once_and_never_back(room: Room) -> None:
    with room.site.database.transaction() as session:
        lesson = session.get_one(Lesson, room.lesson_id)
        lesson.lesson_type = LessonType.VIDEO
        blocks = [*lesson.content["blocks"], {"id": "v", "type": "video", "video_id": str(room.video_id)}]
        lesson.content = {"version": 1, "blocks": blocks}
        video = session.get_one(Video, room.video_id)
        video.hls_url, video.duration_seconds = "/x", 100
    now = datetime.now(UTC)
    read = {"id": str(uuid4()), "type": "reading_scrolled", "occurred_at": now.isoformat(), "position_end": 0.5}
    place = {"video": str(room.video_id), "seconds": 40.5, "part": 1, "block": "v", "at": now.isoformat()}
    twice = [room.watched(0, 30), room.watched(10, 40), read]
    for _ in range(2):
        assert room.send(*twice, position=place).status_code == 200
    early = place | {"seconds": 3, "at": (now - timedelta(minutes=9)).isoformat()}
    room.send(read | {"id": str(uuid4()), "position_end": 0.2}, position=early)  # kept while offline, and sent late
    with room.site.database.reading() as session:
        [view] = session.scalars(select(VideoView))
        assert (view.watched_seconds, view.watched) == (40, [{"start": 0, "end": 40}])
        [row] = session.scalars(select(LessonProgress))
        assert (view.position_seconds, row.last_position["seconds"], row.last_position["block"]) == (40.5, 40.5, "v")
        assert (row.read_percentage, row.completion_percentage, row.status) == (50, 45, "in_progress")
    room.send(room.watched(38, 95))
    with room.site.database.reading() as session:
        [row] = session.scalars(select(LessonProgress))
        assert (row.status, row.completion_percentage) == ("completed", 100)  # most of it was seen
    assert room.send(position={"seconds": -1, "at": now.isoformat()}).status_code == 400
    assert room.send(position={"part": 1}).status_code == 400


def test_a_beacon_from_somebody_elses_lesson_moves_nothing(room: Room) -> None:
    room.site.person("eve@example.org")
    stranger = room.site.browser()
    stranger.sign_in("eve@example.org")
    place = {"part": 1, "at": datetime.now(UTC).isoformat()}
    assert room.send(room.watched(), browser=stranger, position=place).status_code == 404
    with room.site.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(VideoView)) == 0
        assert session.scalar(select(func.count()).select_from(LessonProgress)) == 0
