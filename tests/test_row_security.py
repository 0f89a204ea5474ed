"""Personal rows, on connections that act for somebody: what PostgreSQL itself shows, refuses and writes down."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from sqlalchemy import TextClause, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from learncraft import acting, schema
from learncraft.acting import ANALYTICS_ROLE, NOBODY, SYSTEM, Acting
from learncraft.db import Database
from learncraft.errors import LearnCraftError
from tests.postgres import SharedServer

# Tables with a person's number that everybody who works with a course reads, and why.
SHARED = {
    "cohort_members": "a cohort's members see each other, and places are counted",
    "course_discussions": "what is said in a course is for the course",
    "course_instructors": "who teaches a course is public",
    "discussion_votes": "counted for all",
    "event_quarantine": "written by all, read by the shipper",
    "lesson_editors": "who builds a course is told who else has a lesson open; queries ask who looks",
    "learning_events": "written by all, read by the shipper",
    "tutors": "public profiles",
}

# Tables that name a person by another column, and why they have no policy.
NAMED_OTHERWISE = {
    "assessment_drafts": "belong to a course; those who make it share them",
    "content_embeddings": "the tutor's one query asks who may read what before it scores anything",
    "course_reviews_log": "what was said of a course under review is for all who make it",
    "courses": "read by all",
    "indexed_contents": "what the index was made of, for the jobs that make it",
    "key_changes": "belong to a question; those who teach its course see them",
    "learner_contacts": "kept by those who teach a course, for each other; queries ask who looks",
    "lesson_drafts": "belong to a course; those who make it share them",
    "lesson_revisions": "belong to a course; those who make it share them",
    "question_bank": "banks are shared by teachers; queries ask who looks",
    "question_bank_items": "belong to a bank; those who share it change them",
    "regradings": "belong to an assessment; those who teach its course see them",
    "review_remarks": "what was said of a course under review is for all who make it",
    "uploaded_files": "whether somebody may read a file follows from where it is used; the route asks",
}


@pytest.fixture(scope="module")
def guarded(postgres: SharedServer) -> Iterator[Database]:
    with postgres.clone("learncraft_template", f"guarded_{uuid4().hex[:8]}") as database:
        yield database


def _user(session: Session, role: str = "learner") -> UUID:
    name = uuid4().hex[:12]
    made = session.scalar(
        text(
            "INSERT INTO users (email, username, password_hash, first_name, last_name, role)"
            " VALUES (:name || '@example.org', :name, 'scrypt-secret', 'A', 'B', CAST(:role AS user_role)) RETURNING id"
        ),
        {"name": name, "role": role},
    )
    assert isinstance(made, UUID)
    return made


class World:
    """A course with its teacher, a learner's attempt and chat, and people who have nothing to do with it."""

    def __init__(self, session: Session) -> None:
        self.learner, self.other = _user(session), _user(session)
        self.teacher, self.stranger = _user(session, "instructor"), _user(session, "instructor")
        self.helper = _user(session, "instructor")
        self.admin = _user(session, "system_admin")
        name = uuid4().hex
        self.course = session.scalar(
            text(
                "INSERT INTO courses (instructor_id, title, slug, description, category, skill_level)"
                " VALUES (:teacher, 'T', :name, 'D', (enum_range(NULL::course_category))[1], 'beginner') RETURNING id"
            ),
            {"teacher": self.teacher, "name": name},
        )
        module = session.scalar(
            text("INSERT INTO modules (course_id, title, order_index) VALUES (:id, 'M', 0) RETURNING id"),
            {"id": self.course},
        )
        lesson = session.scalar(
            text(
                "INSERT INTO lessons (module_id, title, slug, lesson_type, order_index)"
                " VALUES (:id, 'L', 'l', (enum_range(NULL::lesson_type))[1], 0) RETURNING id"
            ),
            {"id": module},
        )
        assessment = session.scalar(
            text(
                "INSERT INTO assessments (lesson_id, title, assessment_type)"
                " VALUES (:id, 'Q', (enum_range(NULL::assessment_type))[1]) RETURNING id"
            ),
            {"id": lesson},
        )
        session.execute(
            text(
                "INSERT INTO assessment_attempts (user_id, assessment_id, attempt_number, question_ids)"
                " VALUES (:user, :id, 1, '[]')"
            ),
            {"user": self.learner, "id": assessment},
        )
        session.execute(
            text("INSERT INTO user_notes (user_id, lesson_id, content) VALUES (:user, :id, 'mine')"),
            {"user": self.learner, "id": lesson},
        )
        session.execute(text("INSERT INTO user_preferences (user_id) VALUES (:user)"), {"user": self.learner})
        session.execute(
            text("INSERT INTO course_instructors (course_id, user_id) VALUES (:course, :user)"),
            {"course": self.course, "user": self.helper},
        )
        enrollment = session.scalar(
            text("INSERT INTO enrollments (user_id, course_id) VALUES (:user, :course) RETURNING id"),
            {"user": self.learner, "course": self.course},
        )
        session.execute(
            text("INSERT INTO lesson_progress (user_id, lesson_id) VALUES (:user, :lesson)"),
            {"user": self.learner, "lesson": lesson},
        )
        session.execute(
            text(
                "INSERT INTO certificates"
                " (enrollment_id, user_id, course_id, certificate_number, title, completion_date)"
                " VALUES (:enrollment, :user, :course, :number, 'T', now())"
            ),
            {"enrollment": enrollment, "user": self.learner, "course": self.course, "number": name[:20]},
        )
        self.lesson = lesson


@pytest.fixture(scope="module")
def world(guarded: Database) -> World:
    with guarded.transaction() as session:
        return World(session)


def count(database: Database, who: Acting, table: str) -> int:
    with database.reading(who) as session:
        return int(session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


def test_every_table_with_a_person_has_a_policy_or_a_reason(guarded: Database) -> None:
    with guarded.reading() as session:
        guarded_tables = set(session.scalars(text("SELECT relname FROM pg_class WHERE relrowsecurity")))
    personal = {name for name, table in schema.tables().items() if "user_id" in table.columns}
    assert personal - guarded_tables == set(SHARED)
    naming = {
        name
        for name, table in schema.tables().items()
        if any(key.target_fullname == "users.id" for column in table.columns for key in column.foreign_keys)
    }
    assert naming - personal - guarded_tables == set(NAMED_OTHERWISE)


def test_a_learner_sees_own_rows_and_nobody_else_does(guarded: Database, world: World) -> None:
    for table in ("assessment_attempts", "user_notes", "user_preferences"):
        assert count(guarded, Acting(world.learner, "learner"), table) == 1
        assert count(guarded, Acting(world.other, "learner"), table) == 0
        assert count(guarded, NOBODY, table) == 0
        assert count(guarded, SYSTEM, table) == 1


def test_teachers_see_attempts_of_their_own_courses_only(guarded: Database, world: World) -> None:
    assert count(guarded, Acting(world.teacher, "instructor"), "assessment_attempts") == 1
    assert count(guarded, Acting(world.stranger, "instructor"), "assessment_attempts") == 0
    assert count(guarded, Acting(world.teacher, "instructor"), "user_notes") == 0
    assert count(guarded, Acting(world.admin, "system_admin"), "assessment_attempts") == 1
    assert count(guarded, Acting(world.teacher, "learner"), "assessment_attempts") == 0  # a role that was taken away


LEARNING = ("enrollments", "lesson_progress", "certificates", "assessment_attempts")


def test_who_is_in_a_course_is_known_to_the_learner_and_to_those_who_look_after_it(
    guarded: Database, world: World
) -> None:
    seeing = {
        Acting(world.learner, "learner"): 1,
        Acting(world.other, "learner"): 0,
        Acting(world.teacher, "instructor"): 1,
        Acting(world.helper, "instructor"): 1,
        Acting(world.helper, "learner"): 0,  # a role that was taken away
        Acting(world.stranger, "instructor"): 0,
        Acting(world.admin, "system_admin"): 1,
        NOBODY: 0,
    }
    for table in LEARNING:
        assert {who: count(guarded, who, table) for who in seeing} == seeing, table


def test_a_rating_is_for_all_and_the_rest_of_an_enrollment_is_not_changed_by_others(
    guarded: Database, world: World
) -> None:
    rate = text("UPDATE enrollments SET rating = :rating WHERE user_id = :user RETURNING 1")
    with guarded.transaction(Acting(world.learner, "learner")) as session:
        assert session.execute(rate, {"rating": 4, "user": world.learner}).all() == [(1,)]
    other = Acting(world.other, "learner")
    try:
        assert count(guarded, other, "enrollments") == 1
        with guarded.transaction(other) as session:
            assert session.execute(rate, {"rating": 1, "user": world.learner}).all() == []
            average = session.scalar(text("SELECT rating_average FROM courses WHERE id = :id"), {"id": world.course})
        assert average == 4
    finally:
        with guarded.transaction(SYSTEM) as session:
            session.execute(rate, {"rating": None, "user": world.learner})


def test_a_courses_cards_are_read_by_all_and_written_by_those_who_look_after_it(
    guarded: Database, world: World
) -> None:
    """As the platform or as anybody, whatever a service would have asked before."""
    lesson = "(SELECT l.id FROM lessons l JOIN modules m ON m.id = l.module_id WHERE m.course_id = :course LIMIT 1)"
    deck = text(
        "INSERT INTO study_materials (user_id, title, source_type, lesson_id, is_shared)"
        f" VALUES (:owner, 'Cards', 'text', {lesson}, true) RETURNING id"
    )
    cards = text(
        "INSERT INTO generated_assets (study_material_id, asset_type, content, generation_model) VALUES"
        """ (:deck, 'flashcard', '{"kind": "flashcard", "cards": [{"id": "a", "front": "b", "back": "c"}]}', 'x')"""
    )
    change = text("UPDATE generated_assets SET generation_model = 'y' WHERE study_material_id = :deck RETURNING 1")
    with guarded.transaction(Acting(world.helper, "instructor")) as session:
        made = session.scalar(deck, {"owner": world.teacher, "course": world.course})
        session.execute(cards, {"deck": made})
    try:
        for who, writes in (
            (Acting(world.learner, "learner"), []),
            (Acting(world.stranger, "instructor"), []),
            (Acting(world.teacher, "instructor"), [(1,)]),
        ):
            assert count(guarded, who, "generated_assets") == 1
            with guarded.transaction(who) as session:
                assert session.execute(change, {"deck": made}).all() == writes
        with pytest.raises(DBAPIError), guarded.transaction(Acting(world.learner, "learner")) as session:
            session.execute(deck, {"owner": world.learner, "course": world.course})
    finally:
        with guarded.transaction(SYSTEM) as session:
            session.execute(text("DELETE FROM study_materials WHERE id = :deck"), {"deck": made})


def test_whether_somebody_is_in_a_course_is_told_to_those_who_are(guarded: Database, world: World) -> None:
    asked = text("SELECT who_is_in_course(:course, ARRAY[CAST(:user AS uuid)])")
    told = {
        who: _ask(guarded, who, asked, {"course": world.course, "user": world.learner})
        for who in (
            Acting(world.learner, "learner"),
            Acting(world.helper, "instructor"),
            Acting(world.other, "learner"),
            Acting(world.stranger, "instructor"),
            NOBODY,
            SYSTEM,
        )
    }
    assert [len(found) for found in told.values()] == [1, 1, 0, 0, 0, 1]


def _ask(database: Database, who: Acting, statement: TextClause, values: dict[str, object]) -> list[object]:
    with database.reading(who) as session:
        return list(session.scalars(statement, values))


def test_seats_are_counted_for_all_whoever_takes_one(guarded: Database, world: World) -> None:
    """A learner who sees nobody else's enrollment still finds the course full."""
    with guarded.transaction(SYSTEM) as session:
        session.execute(text("UPDATE courses SET max_students = 1 WHERE id = :id"), {"id": world.course})
    try:
        with (
            pytest.raises((DBAPIError, LearnCraftError), match="All seats"),
            guarded.transaction(Acting(world.other, "learner")) as session,
        ):
            session.execute(
                text("INSERT INTO enrollments (user_id, course_id) VALUES (:user, :course)"),
                {"user": world.other, "course": world.course},
            )
    finally:
        with guarded.transaction(SYSTEM) as session:
            session.execute(text("UPDATE courses SET max_students = NULL WHERE id = :id"), {"id": world.course})


def test_an_invitation_is_found_by_who_has_shown_that_the_address_is_theirs(guarded: Database, world: World) -> None:
    """Nobody else finds it, and it is theirs as soon as they take it."""
    invite = text(
        "WITH offering AS (INSERT INTO course_offerings (course_id, title) VALUES (:course, 'Spring') RETURNING id)"
        " INSERT INTO registrations (offering_id, email, invited_at)"
        " SELECT offering.id, users.email, now() FROM offering, users WHERE users.id = :user RETURNING offering_id"
    )
    verify = text("UPDATE users SET is_email_verified = :is_so WHERE id = :user")
    take = text("UPDATE registrations SET user_id = :user WHERE user_id IS NULL RETURNING 1")
    other, invited = Acting(world.learner, "learner"), Acting(world.other, "learner")
    with guarded.transaction(SYSTEM) as session:
        offering = session.scalar(invite, {"course": world.course, "user": world.other})
    try:
        assert count(guarded, invited, "registrations") == 0
        with guarded.transaction(SYSTEM) as session:
            session.execute(verify, {"is_so": True, "user": world.other})
            session.execute(verify, {"is_so": True, "user": world.learner})
        assert (count(guarded, invited, "registrations"), count(guarded, other, "registrations")) == (1, 0)
        assert count(guarded, Acting(world.helper, "instructor"), "registrations") == 1
        with guarded.transaction(invited) as session:
            assert session.execute(take, {"user": world.other}).all() == [(1,)]
        assert (count(guarded, invited, "registrations"), count(guarded, other, "registrations")) == (1, 0)
    finally:
        with guarded.transaction(SYSTEM) as session:
            session.execute(text("DELETE FROM course_offerings WHERE id = :id"), {"id": offering})
            for person in (world.other, world.learner):
                session.execute(verify, {"is_so": False, "user": person})


def test_nobody_writes_in_anothers_name(guarded: Database, world: World) -> None:
    other = Acting(world.other, "learner")
    with guarded.transaction(other) as session:
        changed = session.execute(text("UPDATE user_notes SET content = 'theirs' RETURNING 1")).all()
        gone = session.execute(text("DELETE FROM user_notes RETURNING 1")).all()
    assert (changed, gone) == ([], [])
    insert = text("INSERT INTO user_notes (user_id, lesson_id, content) VALUES (:user, :lesson, 'x')")
    with pytest.raises((DBAPIError, LearnCraftError)), guarded.transaction(other) as session:
        session.execute(insert, {"user": world.learner, "lesson": world.lesson})
    with pytest.raises((DBAPIError, LearnCraftError)), guarded.transaction(NOBODY) as session:
        session.execute(insert, {"user": world.learner, "lesson": world.lesson})
    assert count(guarded, SYSTEM, "user_notes") == 1


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (x int)",
        "DROP TABLE user_notes",
        "ALTER TABLE user_notes DISABLE ROW LEVEL SECURITY",
        "DROP POLICY personal ON user_notes",
        "TRUNCATE user_notes",
        "DELETE FROM audit_logs",
        "UPDATE audit_logs SET action = 'x'",
        "INSERT INTO audit_logs (action, entity_type) VALUES ('x', 'y')",
        "TRUNCATE audit_logs",
        "SELECT * FROM audit_logs_default",
        "UPDATE alembic_version SET version_num = 'x'",
        "ALTER ROLE learncraft_app SUPERUSER",
        "SET session_replication_role = replica",
        "COPY users TO PROGRAM 'cat'",
    ],
)
def test_the_role_of_pages_may_not(guarded: Database, world: World, statement: str) -> None:
    with (
        pytest.raises(DBAPIError, match=r"permission denied|must be owner"),
        guarded.transaction(Acting(world.admin, "system_admin")) as session,
    ):
        session.execute(text(statement))


def test_rights_end_and_come_back_with_the_transaction(guarded: Database, world: World) -> None:
    whose = text("SELECT current_user, acting_user(), acting_role()")
    with guarded.transaction(Acting(world.learner, "learner")) as session:
        assert session.execute(whose).one() == ("learncraft_app", world.learner, "learner")
    with guarded.transaction() as session:
        assert session.execute(whose).one()[1:] == (None, "nobody")
        assert session.execute(whose).one()[0] != "learncraft_app"
    found = guarded.run(lambda session: session.execute(whose).one()[0], who=NOBODY)
    assert found == "learncraft_app"
    with acting.acting_as(NOBODY):
        assert count(guarded, NOBODY, "user_notes") == 0
        with guarded.reading() as session:
            assert session.execute(whose).one()[0] == "learncraft_app"


def test_analytics_counts_and_can_not_write_or_read_people(guarded: Database) -> None:
    def as_analytics(statement: str) -> None:
        with guarded.transaction() as session:
            session.execute(text(f"SET LOCAL ROLE {ANALYTICS_ROLE}"))
            session.execute(text(statement))

    as_analytics("SELECT count(*) FROM enrollments")
    for statement in (
        "SELECT email FROM users",
        "SELECT * FROM answers",
        "SELECT * FROM user_sessions",
        "DELETE FROM enrollments",
        "CREATE TABLE mine (x int)",
        "SELECT * FROM audit_logs",
    ):
        with pytest.raises(DBAPIError, match="permission denied"):
            as_analytics(statement)


def test_a_change_leaves_who_what_and_from_where(guarded: Database, world: World) -> None:
    who = Acting(world.teacher, "instructor", "192.0.2.7", "Browser/1.0", uuid4())
    with guarded.transaction(who) as session:
        session.execute(
            text("UPDATE courses SET title = 'New', description = repeat('long ', 500) WHERE id = :id"),
            {"id": world.course},
        )
        session.execute(
            text("UPDATE courses SET rating_count = 7, updated_at = now() WHERE id = :id"), {"id": world.course}
        )
        session.execute(text("UPDATE users SET password_hash = 'other-secret' WHERE id = :id"), {"id": world.teacher})
    with guarded.reading() as session:
        rows = session.execute(
            text("SELECT * FROM audit_logs WHERE user_id = :id ORDER BY id"), {"id": world.teacher}
        ).all()
    assert [(row.entity_type, row.action) for row in rows] == [("courses", "update"), ("users", "update")]
    course, person = rows
    assert (str(course.ip_address), course.user_agent) == ("192.0.2.7", "Browser/1.0")
    assert course.session_id == str(who.sign_in)
    assert (course.old_values["title"], course.new_values["title"]) == ("T", "New")
    assert "2502 characters" in course.new_values["description"] and len(course.new_values["description"]) < 400
    assert set(course.new_values) == {"title", "description"}
    assert person.new_values == {"password_hash": "(hidden)"} == person.old_values
