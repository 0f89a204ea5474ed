"""Cards of a course and of one's own: who sees them, what is due, and that an answer counts once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from learncraft.accounts.models import User, UserRole
from learncraft.accounts.viewer import Viewer
from learncraft.db import Database, new_id
from learncraft.enrollment import service as enrollment
from learncraft.errors import ChangedSinceError, InvalidInputError, NotFoundError
from learncraft.study import decks, queries, service
from learncraft.study.decks import WrittenCard
from learncraft.study.errors import CardNotFoundError
from learncraft.study.queries import NEW_A_DAY, Card, Counts
from learncraft.study.scheduling import Grade
from tests.factories import MadeCourse, make_course, make_enrollment, make_user
from tests.races import at_once


def viewer(user: User) -> Viewer:
    return Viewer(user.id, user.email, user.first_name, user.full_name, user.role, "en", "system", "UTC", new_id())


@pytest.fixture
def course(session: Session) -> MadeCourse:
    teacher = make_user(session, role=UserRole.INSTRUCTOR)
    made = make_course(session, lessons=2, instructor=teacher)
    cards = [WrittenCard(f"Front {number}", f"Back {number}") for number in range(3)]
    decks.save_for_lesson(session, viewer(teacher), lesson_id=made.lessons[0].id, cards=cards, seen=[])
    return made


def teacher_of(session: Session, course: MadeCourse) -> Viewer:
    return viewer(session.get_one(User, course.course.instructor_id))


def learner_of(session: Session, course: MadeCourse, *, opened: bool = True) -> Viewer:
    person = session.get_one(User, make_enrollment(session, course.course).user_id)
    if opened:
        enrollment.open_lesson(session, learner_id=person.id, lesson_id=course.lessons[0].id)
    return viewer(person)


def now_plus(**ahead: int) -> datetime:
    return datetime.now(UTC) + timedelta(**ahead)


def waiting(session: Session, person: Viewer, now: datetime | None = None) -> Counts:
    return queries.counts(session, person.id, time_zone="UTC", now=now or datetime.now(UTC))


def first(session: Session, person: Viewer, now: datetime | None = None) -> Card:
    found = queries.queue(session, person.id, time_zone="UTC", now=now or datetime.now(UTC)).card
    assert found is not None
    return found


def answer(session: Session, person: Viewer, card: Card, grade: Grade, *, seen: int | None = None) -> bool:
    return service.review(
        session,
        learner_id=person.id,
        asset_id=card.asset_id,
        card_id=card.card_id,
        grade=grade,
        seen=card.review_count if seen is None else seen,
        time_zone="UTC",
        took_ms=4_000,
    )


def test_cards_of_a_lesson_come_when_it_was_opened_to_those_in_the_course(session: Session, course: MadeCourse) -> None:
    learner = learner_of(session, course, opened=False)
    assert waiting(session, learner).cards == 0
    enrollment.open_lesson(session, learner_id=learner.id, lesson_id=course.lessons[0].id)
    assert waiting(session, learner).new == 3
    assert first(session, learner).front == "Front 0"
    stranger = viewer(make_user(session))
    card = first(session, learner)
    assert waiting(session, stranger).cards == 0
    with pytest.raises(CardNotFoundError):
        answer(session, stranger, card, Grade.GOOD)
    enrollment.leave(session, learner_id=learner.id, course_id=course.id)
    assert waiting(session, learner).cards == 0


def test_an_answer_schedules_the_card_and_is_told_with_its_course_and_grade(
    session: Session, course: MadeCourse
) -> None:
    learner = learner_of(session, course)
    card = first(session, learner)
    assert answer(session, learner, card, Grade.EASY)
    after = waiting(session, learner)
    assert (after.new, after.due, after.done_today, sum(after.ahead)) == (2, 0, 1, 0)  # easy rests for eight days
    assert after.next_at is not None
    assert waiting(session, learner, after.next_at).due == 1
    [told] = session.execute(
        text(
            "SELECT course_id, lesson_id, object_id, is_correct, duration_ms, event_data ->> 'grade' "
            "FROM learning_events WHERE event_type = 'flashcard_reviewed' AND user_id = :id"
        ),
        {"id": learner.id},
    )
    assert tuple(told) == (
        course.id,
        course.lessons[0].id,
        service.object_id(card.asset_id, card.card_id),
        True,
        4_000,
        "4",
    )


def test_what_is_being_learned_comes_before_what_is_new_and_a_forgotten_card_soon(
    session: Session, course: MadeCourse
) -> None:
    learner = learner_of(session, course)
    card = first(session, learner)
    answer(session, learner, card, Grade.AGAIN)
    assert first(session, learner).front == "Front 1"  # a minute isn't over
    later = now_plus(minutes=2)
    again = first(session, learner, later)
    assert (again.front, again.review_count) == ("Front 0", 1)
    assert waiting(session, learner, later).due == 1


def test_a_second_click_and_another_tab_count_once(session: Session, course: MadeCourse) -> None:
    learner = learner_of(session, course)
    card = first(session, learner)
    assert answer(session, learner, card, Grade.GOOD)
    assert not answer(session, learner, card, Grade.GOOD)
    assert not answer(session, learner, card, Grade.AGAIN, seen=0)
    assert reviews_of(session, learner.id) == (1, 1)


def test_tabs_that_answer_at_the_same_moment_count_once(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        made = make_course(session)
        cards = [WrittenCard("Front", "Back")]
        lesson_id = made.lessons[0].id
        decks.save_for_lesson(session, teacher_of(session, made), lesson_id=lesson_id, cards=cards, seen=[])
        learner = learner_of(session, made)
        card = first(session, learner)
    tabs = at_once(fresh_database, *[lambda session: answer(session, learner, card, Grade.GOOD) for _ in range(4)])
    assert sorted(tabs) == [False, False, False, True]
    with fresh_database.reading() as session:
        assert reviews_of(session, learner.id) == (1, 1)


def reviews_of(session: Session, learner_id: UUID) -> tuple[int, int]:
    """How many reviews the schedules count, and how many were told."""
    row = session.execute(
        text(
            "SELECT (SELECT sum(review_count) FROM flashcard_reviews WHERE user_id = :id), "
            "(SELECT count(*) FROM learning_events WHERE user_id = :id AND event_type = 'flashcard_reviewed')"
        ),
        {"id": learner_id},
    ).one()
    return int(row[0]), int(row[1])


def test_a_day_has_room_for_twenty_new_cards_and_ends_where_the_learner_lives(
    session: Session, course: MadeCourse
) -> None:
    teacher, lesson = teacher_of(session, course), course.lessons[1].id
    many = [WrittenCard(f"Q{number}", "A") for number in range(NEW_A_DAY + 5)]
    decks.save_for_lesson(session, teacher, lesson_id=lesson, cards=many, seen=[])
    learner = learner_of(session, course)
    enrollment.open_lesson(session, learner_id=learner.id, lesson_id=lesson)
    assert waiting(session, learner).new == NEW_A_DAY
    answer(session, learner, first(session, learner), Grade.EASY)
    assert waiting(session, learner).new == NEW_A_DAY - 1
    assert waiting(session, learner, now_plus(days=1)).new == NEW_A_DAY


def test_own_cards_are_made_changed_and_thrown_away_by_their_learner_only(session: Session, course: MadeCourse) -> None:
    learner, other = learner_of(session, course), learner_of(session, course)
    lesson = course.lessons[0].id
    for _ in range(2):  # a double click
        decks.add_own(session, learner, lesson_id=lesson, front=" What is **NULL**? ", back="Unknown")
    decks.add_own(session, learner, lesson_id=lesson, front="And a join?", back="Rows side by side")
    [card, _] = decks.own(session, learner)
    assert (card.front, card.lesson_id) == ("What is **NULL**?", lesson)
    assert first(session, learner).is_own
    answer(session, learner, first(session, learner), Grade.GOOD)
    decks.change_own(
        session, learner, asset_id=card.asset_id, card_id=card.card_id, front="What is NULL?", back="Unknown"
    )
    assert reviews_of(session, learner.id)[0] == 1
    assert waiting(session, other).cards == 3
    for act in (
        lambda: decks.remove_own(session, other, asset_id=card.asset_id, card_id=card.card_id),
        lambda: decks.change_own(session, other, asset_id=card.asset_id, card_id=card.card_id, front="x", back="y"),
    ):
        with pytest.raises(CardNotFoundError):
            act()
    for one in decks.own(session, learner):
        decks.remove_own(session, learner, asset_id=one.asset_id, card_id=one.card_id)
    assert waiting(session, learner).cards == 3
    with pytest.raises(InvalidInputError, match="two sides"):
        decks.add_own(session, learner, lesson_id=lesson, front="Only a front", back="  ")
    with pytest.raises(NotFoundError):
        decks.add_own(session, viewer(make_user(session)), lesson_id=lesson, front="a", back="b")


def test_a_card_that_is_worded_anew_keeps_its_schedules_and_only_teachers_write(
    session: Session, course: MadeCourse
) -> None:
    learner, teacher, lesson = learner_of(session, course), teacher_of(session, course), course.lessons[0].id
    card = first(session, learner)
    answer(session, learner, card, Grade.EASY)
    written = decks.of_lesson(session, lesson)
    anew = [WrittenCard("Front, better", "Back", written[0].id), WrittenCard("Another", "One", "no-such-id")]
    assert decks.save_for_lesson(session, teacher, lesson_id=lesson, cards=anew, seen=written) == 2
    with pytest.raises(ChangedSinceError):  # a colleague who began from the same cards
        decks.save_for_lesson(session, teacher, lesson_id=lesson, cards=written[:1], seen=written)
    found = queries.card(session, learner.id, card.asset_id, card.card_id)
    assert found is not None
    assert (found.front, found.review_count) == ("Front, better", 1)
    assert [one.cards for one in decks.lessons_of(session, teacher, course.id)] == [2, 0]
    for person in (learner, viewer(make_user(session, role=UserRole.INSTRUCTOR))):
        assert decks.lessons_of(session, person, course.id) == []
        with pytest.raises(NotFoundError):
            decks.save_for_lesson(session, person, lesson_id=lesson, cards=anew, seen=written)
    there = decks.of_lesson(session, lesson)
    assert decks.save_for_lesson(session, teacher, lesson_id=lesson, cards=[], seen=there) == 0
    assert waiting(session, learner).cards == 0
