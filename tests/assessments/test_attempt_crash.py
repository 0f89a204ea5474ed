"""A server that dies in the middle of an attempt loses nothing that it said was saved."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from learncraft.assessments import queries, service
from learncraft.assessments.models import AttemptStatus
from learncraft.db import Database
from tests.assessments.exam import make_exam, saved

ROOT = Path(__file__).parent.parent.parent

# Saves answer after answer, each in its own transaction, and says which is saved once it is.
SERVER = """
import sys
from itertools import count
from uuid import UUID
from learncraft.assessments import service
from learncraft.db import Database

url, learner, attempt, *questions = sys.argv[1:]
database = Database(url)
for number in count():
    with database.transaction() as session:
        service.save_answer(
            session,
            learner_id=UUID(learner),
            attempt_id=UUID(attempt),
            question_id=UUID(questions[number % len(questions)]),
            response={"text": str(number)},
        )
    print(number, flush=True)
"""


def test_every_answer_that_was_saved_survives_kill_9(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        exam = make_exam(session, questions=8)
        attempt_id = service.start_attempt(session, learner_id=exam.learner_id, assessment_id=exam.assessment_id)
    asked = [exam.question_ids[3], exam.question_ids[7]]  # blanks to fill
    url = fresh_database.url.replace("postgresql+psycopg", "postgresql")
    last = -1
    for stop_after in (3, 40, 41):
        last = _serve_and_kill([url, exam.learner_id, attempt_id, *asked], stop_after)
        with fresh_database.reading() as session:
            kept = saved(session, attempt_id)
        for place, question_id in enumerate(asked):
            said = max(number for number in range(last + 1) if number % 2 == place)
            assert kept[question_id] in ({"text": str(said)}, {"text": str(said + 2)})  # the next may be in, too

    with fresh_database.transaction() as session:
        view = queries.attempt_for(session, exam.viewer, attempt_id)
        assert view is not None
        assert view.is_open
        assert view.answered == 2
        result = service.submit_attempt(session, learner_id=exam.learner_id, attempt_id=attempt_id)
    assert result.status == AttemptStatus.COMPLETED


def _serve_and_kill(arguments: list[object], stop_after: int) -> int:
    """Run the server until it has said so many saves, kill it, and return the last that it said."""
    command = [sys.executable, "-c", SERVER, *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as server:
        assert server.stdout is not None
        try:
            for line in server.stdout:
                if int(line) >= stop_after:
                    break
        finally:
            server.kill()
        said = [int(line), *(int(rest) for rest in server.stdout if rest.endswith("\n"))]
    return said[-1]
