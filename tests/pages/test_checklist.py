"""The checklist on the review page: what must be mended stands first, and each line leads to its place."""

from __future__ import annotations

from sqlalchemy import text

from learncraft.accounts.models import UserRole
from tests.pages.conftest import World
from tests.pages.test_every_page import said


def test_a_language_without_a_formula_is_said_not_to_be_measured(world: World) -> None:
    app = world.open("pages/teach/review.py", UserRole.INSTRUCTOR)
    words = "How easily its texts read was not measured"
    assert words not in said(app)
    with world.database.transaction() as session:
        session.execute(text('UPDATE course_drafts SET details = details || \'{"language": "fr"}\''))
    app.run()
    assert not app.exception
    assert words in said(app)


def test_a_line_of_the_checklist_leads_to_its_block_and_its_question(world: World) -> None:
    app = world.open("pages/teach/review.py", UserRole.INSTRUCTOR)
    course_id = app.query_params["course"]
    with world.database.transaction() as session:
        lesson_id, quiz_id = session.execute(
            text(
                "SELECT d.id, a.id FROM lesson_drafts d JOIN module_drafts m ON m.id = d.module_id "
                "JOIN assessments a ON a.lesson_id = d.id WHERE m.course_id = :course LIMIT 1"
            ),
            {"course": course_id},
        ).one()
        session.execute(
            text(
                """
                UPDATE lesson_drafts SET content = jsonb_set(content, '{blocks}', jsonb_build_array(
                    jsonb_build_object('id', 'v', 'type', 'video', 'video_id', new_id()),
                    jsonb_build_object('id', 'q', 'type', 'quiz', 'assessment_id', CAST(:quiz AS uuid))))
                WHERE id = :lesson
                """
            ),
            {"lesson": lesson_id, "quiz": quiz_id},
        )
        question_id = session.scalar(
            text(
                "UPDATE questions SET question_type = 'multiple_choice', correct_answer = '{\"option\": \"none\"}', "
                'options = \'[{"id": "a", "text": "A"}]\' WHERE id = (SELECT id FROM questions '
                "WHERE assessment_id = :quiz AND retired_at IS NULL LIMIT 1) RETURNING id"
            ),
            {"quiz": quiz_id},
        )
    app.run()
    assert not app.exception
    assert "must be mended before the course can be sent to review or published" in said(app)
    ways = {link.proto.label: link.proto for link in app.get("page_link")}
    [film] = [way for label, way in ways.items() if "a video isn't there any more" in label]
    assert film.page.endswith("builder") and f"lesson={lesson_id}&block=v" in film.query_string
    [asked] = [way for label, way in ways.items() if "counts as right" in label]
    assert f"id={quiz_id}&question={question_id}" in asked.query_string
