"""Letters about courses that are built and reviewed: to whom, once, in their language, and none that nobody wants."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from learncraft import mail
from learncraft.accounts import letters as wanted
from learncraft.accounts import service as accounts
from learncraft.accounts.letters import LetterKind
from learncraft.accounts.models import User, UserRole
from learncraft.accounts.viewer import Viewer
from learncraft.authoring import remarks, reviewing, saving, sharing
from learncraft.authoring.remarks import Anchor
from learncraft.authoring.saving import Save
from learncraft.db import Database, new_id
from learncraft.jobs import telling_authors  # noqa: F401  # registers what does these jobs
from learncraft.jobs.work import FUNCTIONS, Job
from learncraft.settings import Settings
from tests.authoring import Built, build, make_teacher
from tests.authoring import text as lesson_text

Letters = list[tuple[str, str, str]]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, base_url="https://learn.example.org/", _env_file=None)


def deliver(database: Database, settings: Settings) -> Letters:
    """Do the jobs that wait, whenever they are due; what was written: to whom, on what, and how it ends."""
    before = {(one.to, one.subject, one.text) for one in mail.kept(settings)}
    with database.transaction() as session:
        jobs = session.execute(
            text(
                "UPDATE procrastinate_jobs SET status = 'doing' WHERE task_name LIKE 'write_about_%' "
                "AND status = 'todo' RETURNING id, task_name, args"
            )
        ).all()
    for job_id, name, arguments in jobs:
        FUNCTIONS[name](Job(job_id, database, settings), **arguments)
    with database.transaction() as session:
        session.execute(text("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE status = 'doing'"))
    written = [(one.to, one.subject, one.text) for one in mail.kept(settings)]
    assert len(written) == len(set(written))
    return sorted(one for one in written if one not in before)


def written_course(session: Session) -> Built:
    """A course that may be sent to review."""
    built = build(session, lessons=1)
    saving.save(session, built.teacher, built.lesson(), Save(1, new_id(), 1, lesson_text("Joins", "Words.")))
    return built


def readers(letters: Letters) -> list[str]:
    return [to for to, _subject, _text in letters]


def say(database: Database, viewer: Viewer, built: Built, body: str) -> None:
    with database.transaction() as session:
        remarks.say(session, viewer, Anchor(built.lesson()), body)


def test_reviewers_hear_that_a_course_waits_and_its_authors_what_was_decided(
    fresh_database: Database, settings: Settings
) -> None:
    with fresh_database.transaction() as session:
        built = written_course(session)
        helper, sender = make_teacher(session), make_teacher(session, UserRole.CONTENT_ADMIN)
        reviewer, other = (make_teacher(session, UserRole.CONTENT_ADMIN) for _ in range(2))
        make_teacher(session, UserRole.SYSTEM_ADMIN)
        sharing.add_helper(session, built.teacher, built.id, helper.email)
        accounts.update_preferences(session, helper.id, language="de")
        accounts.update_preferences(session, other.id, email_notifications=False)
    deliver(fresh_database, settings)
    with fresh_database.transaction() as session:
        reviewing.submit(session, sender, built.id, "The new part is the last one.")
    [(to, subject, said)] = deliver(fresh_database, settings)
    assert to == reviewer.email
    assert subject.endswith("waits for a review")
    assert f"{sender.full_name} asks for a review" in said
    assert "Learners see an earlier version of it meanwhile." in said
    assert "The new part is the last one." in said
    assert f"https://learn.example.org/teach-review?course={built.id}\n" in said
    assert "https://learn.example.org/letters/stop/" in said

    say(fresh_database, reviewer, built, "Say more of joins.")
    with fresh_database.transaction() as session:
        reviewing.send_back(session, reviewer, built.id, "")
    letters = deliver(fresh_database, settings)
    assert readers(letters) == sorted([built.teacher.email, helper.email, sender.email])
    said_to = {to: (subject, said) for to, subject, said in letters}
    assert "1 remark goes with it." in said_to[sender.email][1]
    assert "The open remarks say" not in said_to[sender.email][1]
    german, body = said_to[helper.email]
    assert german.endswith("wurde zurückgegeben")
    assert "1 Anmerkung" in body and "Hallo " in body and "Hello" not in body

    with fresh_database.transaction() as session:
        reviewing.submit(session, built.teacher, built.id)
    assert readers(deliver(fresh_database, settings)) == sorted([reviewer.email, sender.email])
    with fresh_database.transaction() as session:
        reviewing.approve(session, reviewer, built.id, "Well done.")
    letters = deliver(fresh_database, settings)
    assert readers(letters) == sorted([built.teacher.email, helper.email])
    assert all("Well done." in said and "/course?course=" in said for _to, _subject, said in letters)


def test_what_was_undone_or_has_not_happened_is_not_told(fresh_database: Database, settings: Settings) -> None:
    with fresh_database.transaction() as session:
        built = written_course(session)
        make_teacher(session, UserRole.CONTENT_ADMIN)
        reviewing.submit(session, built.teacher, built.id)
    with fresh_database.transaction() as session:
        reviewing.withdraw(session, built.teacher, built.id)
    assert deliver(fresh_database, settings) == []
    with pytest.raises(RuntimeError), fresh_database.transaction() as session:
        reviewing.submit(session, built.teacher, built.id)
        raise RuntimeError
    with fresh_database.transaction() as session:
        reviewing.publish(session, built.teacher, built.id)  # without a review
    assert deliver(fresh_database, settings) == []


def test_without_content_admins_the_admins_hear_of_it_and_nobody_with_a_closed_account(
    fresh_database: Database, settings: Settings
) -> None:
    with fresh_database.transaction() as session:
        built = written_course(session)
        closed = session.get_one(User, make_teacher(session, UserRole.CONTENT_ADMIN).id)
        admin, second = (make_teacher(session, UserRole.SYSTEM_ADMIN) for _ in range(2))
        closed.is_active = False
        session.flush()
        reviewing.submit(session, built.teacher, built.id)
    with fresh_database.transaction() as session:  # between the step and its letter
        session.get_one(User, second.id).deleted_at = datetime.now(UTC)
    assert readers(deliver(fresh_database, settings)) == [admin.email]


@pytest.fixture
def one_hour() -> None:
    """The test doesn't begin in one hour of the clock and end in the next."""
    left = 3600 - time.time() % 3600
    if left < 30:
        time.sleep(left)


@pytest.mark.usefixtures("one_hour")
def test_remarks_of_an_hour_are_one_letter_and_a_course_sent_back_brings_its_own(
    fresh_database: Database, settings: Settings
) -> None:
    with fresh_database.transaction() as session:
        built = written_course(session)
        reviewer = make_teacher(session, UserRole.CONTENT_ADMIN)
        bystander = make_teacher(session, UserRole.CONTENT_ADMIN)
        accounts.update_preferences(session, built.teacher.id, language="de")
    for body in ("First.", "Second.", "Third."):
        say(fresh_database, reviewer, built, body)
    say(fresh_database, built.teacher, built, "A note to myself.")
    with fresh_database.transaction() as session:
        first = next(one for one in remarks.of_course(session, built.id) if one.body == "First.")
        remarks.settle(session, built.teacher, first.id)
    with fresh_database.reading() as session:
        due = session.execute(
            text(
                "SELECT scheduled_at - date_trunc('hour', now(), 'UTC') > interval '1 hour' FROM procrastinate_jobs "
                "WHERE task_name = 'write_about_remarks' AND args ->> 'user_id' = :user"
            ),
            {"user": str(built.teacher.id)},
        ).scalars()
        assert list(due) == [True]
    [(to, subject, said)] = deliver(fresh_database, settings)
    assert to == built.teacher.email
    assert subject.startswith("2 neue Anmerkungen zu ")
    assert reviewer.full_name in said

    second = next(one for one in spoken(fresh_database, built) if one.body == "Second.")
    with fresh_database.transaction() as session:
        remarks.answer(session, built.teacher, second.id, "Done.")
    [(to, subject, said)] = deliver(fresh_database, settings)
    assert (to, subject.split()[0]) == (reviewer.email, "1")
    assert built.teacher.full_name in said
    assert bystander.email != to

    with fresh_database.transaction() as session:
        reviewing.submit(session, built.teacher, built.id)
    say(fresh_database, reviewer, built, "Fourth.")
    with fresh_database.transaction() as session:
        reviewing.send_back(session, reviewer, built.id, "See there.")
    letters = [one for one in deliver(fresh_database, settings) if one[0] == built.teacher.email]
    assert len(letters) == 1  # the remark is in the letter that brings the course back
    assert "See there." in letters[0][2]


def spoken(database: Database, built: Built) -> list[remarks.Remark]:
    with database.reading() as session:
        return remarks.of_course(session, built.id)


def test_whoever_is_asked_to_help_or_gets_a_course_hears_of_it_once(
    fresh_database: Database, settings: Settings
) -> None:
    with fresh_database.transaction() as session:
        built = build(session)
        helper, heir, admin = make_teacher(session), make_teacher(session), make_teacher(session, UserRole.SYSTEM_ADMIN)
        left, silent = make_teacher(session), make_teacher(session)
        accounts.update_preferences(session, heir.id, language="de")
        wanted.stop(session, silent.id, LetterKind.COURSES)
    for person in (helper, left, silent):
        for _ in range(2):
            with fresh_database.transaction() as session:
                sharing.add_helper(session, built.teacher, built.id, person.email)
    with fresh_database.transaction() as session:
        sharing.remove_helper(session, left, built.id, left.id)
        sharing.remove_helper(session, built.teacher, built.id, helper.id)
        sharing.add_helper(session, built.teacher, built.id, helper.email)
        session.execute(update(User).where(User.id == built.teacher.id).values(last_name=""))
        first_name = session.scalar(select(User.first_name).where(User.id == built.teacher.id))
    [(to, subject, said)] = deliver(fresh_database, settings)
    assert (to, subject.startswith("You help with the course")) == (helper.email, True)
    assert f"\n{first_name} has made you a helper" in said
    assert f"https://learn.example.org/teach-details?course={built.id}" in said
    with fresh_database.transaction() as session:
        sharing.hand_over(session, admin, built.id, heir.email)
    letters = {to: (subject, said) for to, subject, said in deliver(fresh_database, settings)}
    assert set(letters) == {built.teacher.email, heir.email}
    assert letters[heir.email][0].endswith("ist jetzt dein Kurs")
    assert f"has made {heir.full_name} the instructor" in letters[built.teacher.email][1]
