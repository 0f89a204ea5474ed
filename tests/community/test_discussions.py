"""Who may say, see, accept, vote and hide what in a course's discussions; and what learners think of a course."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from learncraft.accounts.models import User, UserRole
from learncraft.accounts.viewer import Viewer
from learncraft.community import discussions, threads
from learncraft.community.models import CourseDiscussion
from learncraft.courses.models import Course
from learncraft.courses.prose import without_pictures
from learncraft.db import Database
from learncraft.enrollment import reviews
from learncraft.enrollment.errors import NotEnrolledError
from learncraft.errors import ForbiddenError, InvalidInputError, NotFoundError
from tests.enrollment.registration.world import viewer_of
from tests.factories import MadeCourse, make_course, make_enrollment, make_user
from tests.races import at_once


class Room:
    """A course with its teacher, two learners and somebody outside."""

    def __init__(self, session: Session) -> None:
        self.session = session
        teacher = make_user(session, role=UserRole.INSTRUCTOR)
        self.course: MadeCourse = make_course(session, instructor=teacher, lessons=2)
        self.teacher = viewer_of(teacher)
        self.asker, self.helper = self.learner("Ana", "Lind"), self.learner("Bo", "Berg")
        self.stranger = viewer_of(make_user(session))

    def learner(self, first_name: str, last_name: str) -> Viewer:
        user = make_user(self.session, first_name=first_name, last_name=last_name)
        make_enrollment(self.session, self.course.course, user)
        return viewer_of(user)

    def ask(self, **values: object):  # type: ignore[no-untyped-def]
        given = {"title": "Why?", "content": "I wonder.", "is_question": True} | values
        return discussions.begin(self.session, self.asker, self.course.id, **given)  # type: ignore[arg-type]

    def seen_by(self, viewer: Viewer, thread_id):  # type: ignore[no-untyped-def]
        part = discussions.part_in(self.session, viewer, self.course.id)
        self.session.expire_all()
        return threads.thread(self.session, viewer, part, thread_id)


@pytest.fixture
def room(session: Session) -> Room:
    return Room(session)


def test_a_question_is_answered_once_and_the_answer_stands_first(session: Session, room: Room) -> None:
    asked = room.ask(lesson_id=room.course.lessons[0].id)
    replies = [discussions.reply(session, room.helper, asked, content=words) for words in ("One.", "Two.")]
    with pytest.raises(ForbiddenError, match="Only who asked"):
        discussions.accept(session, room.helper, replies[0])
    for chosen in replies:
        discussions.accept(session, room.asker, chosen)
    first, *rest = room.seen_by(room.asker, asked)
    assert (first.is_answered, [one.is_accepted for one in rest]) == (True, [True, False])
    assert rest[0].content == "Two."
    discussions.accept(session, room.teacher, replies[1], is_accepted=False)
    assert not room.seen_by(room.asker, asked)[0].is_answered


def test_one_vote_a_person_that_can_be_changed_and_taken_back(session: Session, room: Room) -> None:
    asked = room.ask()
    for value, total in ((1, 1), (1, 1), (-1, -1), (0, 0), (0, 0), (1, 1)):
        discussions.vote(session, room.helper, asked, value)
        assert room.seen_by(room.helper, asked)[0].votes == total
    with pytest.raises(InvalidInputError, match="Others vote"):
        discussions.vote(session, room.asker, asked, 1)
    with pytest.raises(InvalidInputError):
        discussions.vote(session, room.helper, asked, 2)


def test_only_the_course_talks(session: Session, room: Room) -> None:
    asked = room.ask()
    for act in (
        lambda: discussions.begin(
            session, room.stranger, room.course.id, title="I", content="am here", is_question=False
        ),
        lambda: discussions.reply(session, room.stranger, asked, content="x"),
        lambda: discussions.vote(session, room.stranger, asked, 1),
        lambda: discussions.part_in(session, room.stranger, room.course.id),
    ):
        with pytest.raises(discussions.NotInDiscussionError):
            act()
    other = make_course(session).lessons[0].id
    with pytest.raises(InvalidInputError, match="lesson of this course"):
        room.ask(lesson_id=other)
    for bad in ({"title": " "}, {"content": "\0 "}, {"content": "x" * 10_001}, {"title": "x" * 300}):
        with pytest.raises(InvalidInputError):
            room.ask(**bad)


def test_what_is_taken_away_is_seen_by_who_keeps_order_only(session: Session, room: Room) -> None:
    asked = room.ask()
    answer = discussions.reply(session, room.helper, asked, content="Rude words")
    discussions.accept(session, room.asker, answer)
    with pytest.raises(ForbiddenError):
        discussions.hide(session, room.asker, answer)
    discussions.hide(session, room.teacher, answer)
    [first, hidden] = room.seen_by(room.asker, asked)
    assert (first.is_answered, hidden.is_hidden, hidden.content) == (False, True, "")
    assert room.seen_by(room.teacher, asked)[1].content == "Rude words"
    with pytest.raises(ForbiddenError):
        discussions.hide(session, room.helper, answer, is_hidden=False)
    with pytest.raises(discussions.PostNotFoundError):
        discussions.change(session, room.helper, answer, content="again")
    discussions.hide(session, room.asker, asked)
    assert room.seen_by(room.helper, asked) is None
    part = discussions.part_in(session, room.helper, room.course.id)
    assert threads.of_course(session, part) == ([], 0)
    with pytest.raises(discussions.PostNotFoundError):
        discussions.reply(session, room.helper, asked, content="still?")


def test_those_who_are_named_get_a_letter_and_nobody_outside(session: Session, room: Room) -> None:
    outside = session.get_one(User, room.stranger.id)
    outside.first_name, outside.last_name = "Cem", "Out"
    session.flush()
    room.ask(content="@BoBerg, @anaLIND, @CemOut. mail@example.org @nobody ask")
    told = session.scalars(text("SELECT args ->> 'user_id' FROM procrastinate_jobs WHERE task_name = 'tell_mentioned'"))
    assert list(told) == [str(room.helper.id)]


def test_threads_are_found_by_lesson_words_and_openness(session: Session, room: Room) -> None:
    about = room.course.lessons[0].id
    asked = room.ask(title="About joins", lesson_id=about)
    room.ask(title="A remark", is_question=False)
    answer = discussions.reply(session, room.helper, asked, content="So.")
    part = discussions.part_in(session, room.helper, room.course.id)

    def titles(**narrowed: object) -> list[str]:
        return [one.title for one in threads.of_course(session, part, **narrowed)[0]]  # type: ignore[arg-type]

    assert sorted(titles()) == ["A remark", "About joins"]
    assert titles(lesson_id=about) == titles(search="JOIN") == titles(only_open=True) == ["About joins"]
    assert threads.of_course(session, part, search="JOIN")[0][0].replies == 1
    discussions.accept(session, room.asker, answer)
    assert titles(only_open=True) == []
    assert titles(search="100%_") == []


def test_a_script_in_a_contribution_stays_text_that_does_nothing() -> None:
    shown = without_pictures(
        "**bold** <script>alert(1)</script> <img src=x onerror=alert(1)> "
        "<a href='javascript:alert(1)'>a</a> <b onclick=x>b</b>"
    )
    for bad in ("<script", "onerror", "javascript:", "onclick", "<img src"):
        assert bad not in shown
    assert "<strong>bold</strong>" in shown


def test_votes_and_choices_at_the_same_moment_all_count(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        room = Room(session)
        asked = room.ask()
        replies = [discussions.reply(session, room.helper, asked, content=str(one)) for one in range(3)]
        voters = [room.learner("V", str(one)) for one in range(6)]
    results = at_once(
        fresh_database,
        *(lambda session, who=who: discussions.vote(session, who, asked, 1) for who in voters),
        *(lambda session, one=one: discussions.accept(session, room.asker, one) for one in replies),
    )
    assert [one for one in results if isinstance(one, Exception)] == []
    with fresh_database.reading() as session:
        assert session.get_one(CourseDiscussion, asked).vote_count == 6
        accepted = select(CourseDiscussion.id).where(CourseDiscussion.is_accepted)
        assert len(session.scalars(accepted).all()) == 1


def test_who_is_in_the_course_rates_it_and_the_average_follows(session: Session, room: Room) -> None:
    for person, stars in ((room.asker, 5), (room.helper, 2), (room.helper, 4)):
        reviews.rate(session, learner_id=person.id, course_id=room.course.id, rating=stars, review=" Good <b>it</b> ")
    session.expire_all()
    course = session.get_one(Course, room.course.id)
    assert (course.rating_average, course.rating_count) == (Decimal("4.50"), 2)
    found = reviews.of_course(session, room.helper, room.course.id)
    assert found.own is not None
    assert (found.own.rating, found.own.text, found.latest[1].learner) == (4, "Good <b>it</b>", "Ana")
    assert (found.spread, found.may_answer) == ((0, 0, 0, 1, 1), False)
    reviews.take_back(session, learner_id=room.asker.id, course_id=room.course.id)
    assert reviews.of_course(session, room.asker, room.course.id).count == 1
    with pytest.raises(NotEnrolledError):
        reviews.rate(session, learner_id=room.stranger.id, course_id=room.course.id, rating=1)
    for bad in (0, 6):
        with pytest.raises(InvalidInputError):
            reviews.rate(session, learner_id=room.asker.id, course_id=room.course.id, rating=bad)


def test_who_teaches_answers_a_review_and_nobody_else_does(session: Session, room: Room) -> None:
    reviews.rate(session, learner_id=room.asker.id, course_id=room.course.id, rating=2, review="Too fast")
    [one] = reviews.of_course(session, room.teacher, room.course.id).latest
    reviews.answer(session, room.teacher, one.id, " <b>Thank you</b>, we add pauses. ")
    session.expire_all()
    [said] = reviews.of_course(session, room.stranger, room.course.id).latest
    assert (said.answer, said.at) == ("<b>Thank you</b>, we add pauses.", one.at)
    assert said.answered_at is not None
    assert reviews.of_course(session, room.teacher, room.course.id).may_answer
    other = viewer_of(make_user(session, role=UserRole.INSTRUCTOR))
    for person in (room.asker, room.stranger, other):
        with pytest.raises(NotFoundError):
            reviews.answer(session, person, one.id, "Me too")
    with pytest.raises(InvalidInputError):
        reviews.answer(session, room.teacher, one.id, "x" * (reviews.LONGEST + 1))
    reviews.take_back(session, learner_id=room.asker.id, course_id=room.course.id)
    with pytest.raises(NotFoundError):
        reviews.answer(session, room.teacher, one.id, "Nothing is left to answer")
