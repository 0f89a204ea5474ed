"""What is found for a question, and by whom."""

from __future__ import annotations

from sqlalchemy.orm import Session

from learncraft.tutor.embedding import Embedder
from learncraft.tutor.extracting import extract
from learncraft.tutor.retrieval import find
from tests.factories import make_course, make_enrollment, make_user
from tests.tutor.conftest import say, viewer_of

JOINS = "An inner join keeps the rows that have a partner. A left join keeps all rows of the left table."
PLANTS = "Photosynthesis turns light into sugar. It happens in the leaves of a plant."


def test_an_enrolled_learner_finds_the_sentence_that_answers(session: Session, embedder: Embedder) -> None:
    course = make_course(session, lessons=2)
    say(session, course.lessons[0], JOINS)
    say(session, course.lessons[1], PLANTS)
    learner = make_user(session)
    make_enrollment(session, course.course, learner)
    found = find(session, viewer_of(learner), "Which join keeps all rows of the left table?")
    assert found.is_enough
    assert found.nearest is not None
    assert found.nearest.lesson_id == course.lessons[0].id
    assert found.nearest.text == JOINS
    answer = extract(found, embedder)
    assert answer.sentences[0].text == "A left join keeps all rows of the left table."


def test_a_stranger_finds_nothing(session: Session) -> None:
    course = make_course(session)
    say(session, course.lessons[0], JOINS)
    found = find(session, viewer_of(make_user(session)), "Which join keeps all rows?")
    assert found.passages == ()
    assert not found.is_enough
