"""Courses of the catalogue that need somebody's look."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from learncraft.courses.content_health import unhealthy_courses
from learncraft.courses.models import CourseStatus
from tests.factories import make_course


def test_broken_empty_and_old_courses_are_named_and_others_are_not(session: Session) -> None:
    make_course(session, title="Well", lessons=2)
    make_course(session, title="Draft", lessons=0, status=CourseStatus.DRAFT)
    make_course(session, title="Without lessons", lessons=0)
    broken = make_course(session, title="Broken", lessons=3, enrollment_count=9)
    old = make_course(session, title="Old", lessons=1, enrollment_count=5)
    first, second, _ = (lesson.id for lesson in broken.lessons)
    session.execute(
        text('UPDATE lessons SET content = \'{"version": 1, "blocks": []}\' WHERE id = :id'), {"id": second}
    )
    for number in range(2):
        session.execute(
            text(
                "INSERT INTO videos (lesson_id, title, status, original_url) VALUES (:id, :title, 'failed', 'https://x.example/v')"
            ),
            {"id": first, "title": f"Film {number}"},
        )
    session.execute(text("ALTER TABLE courses DISABLE TRIGGER touch_updated_at"))
    session.execute(text("UPDATE courses SET updated_at = now() - interval '2 years' WHERE id = :id"), {"id": old.id})
    session.execute(text("ALTER TABLE courses ENABLE TRIGGER touch_updated_at"))
    found = {one.title: (one.failed_videos, one.empty_lessons, one.is_empty) for one in unhealthy_courses(session)}
    assert found == {"Broken": (2, 1, False), "Old": (0, 0, False), "Without lessons": (0, 0, True)}
    assert next(iter(found)) == "Broken"


def test_empty_lessons_are_found_by_an_index(session: Session) -> None:
    session.execute(text("SET LOCAL enable_seqscan = off"))
    plan = session.execute(
        text("EXPLAIN SELECT module_id FROM lessons WHERE jsonb_array_length(content -> 'blocks') = 0")
    ).scalars()
    assert "ix_lessons_empty" in "\n".join(plan)
