"""Attempts that nobody comes back to."""

from __future__ import annotations

import time

from sqlalchemy import text

from learncraft.assessments import service
from learncraft.db import Database
from learncraft.jobs.sweeping import Sweeper
from tests.factories import make_assessment, make_course, make_enrollment


def test_an_attempt_whose_time_is_over_is_graded_though_nobody_comes_back(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        course = make_course(session)
        learner = make_enrollment(session, course.course).user_id
        assessment, [question] = make_assessment(session, course.lessons[0], time_limit_minutes=5)
        attempt = service.start_attempt(session, learner_id=learner, assessment_id=assessment.id)
        service.save_answer(
            session, learner_id=learner, attempt_id=attempt, question_id=question.id, response={"option": "a"}
        )
    with fresh_database.transaction() as session:
        session.execute(
            text(
                "UPDATE assessment_attempts "
                "SET started_at = now() - interval '1 hour', deadline_at = now() - interval '1 minute'"
            )
        )
    sweeper = Sweeper(fresh_database, interval=0.05)
    sweeper.start()
    try:
        found = None
        for _ in range(200):
            with fresh_database.reading() as session:
                found = session.execute(text("SELECT status, percent_score FROM assessment_attempts")).one()
            if found.status == "timed_out":
                break
            time.sleep(0.05)
    finally:
        sweeper.stop()
    assert found is not None
    assert (found.status, found.percent_score) == ("timed_out", 100)
