"""Words for the search, collected beside everything else."""

from __future__ import annotations

from pathlib import Path

import pytest
from procrastinate.exceptions import JobAborted
from sqlalchemy import text

from learncraft import background
from learncraft.db import Database
from learncraft.jobs import collecting_words
from learncraft.jobs.work import Job
from learncraft.settings import Settings
from tests.factories import make_course
from tests.jobs.conftest import state, wait_for, working


def words(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return {row.word: row.documents for row in session.execute(text("SELECT word, documents FROM search_words"))}


def test_the_words_of_changed_courses_are_collected_by_a_job(fresh_database: Database, settings: Settings) -> None:
    with fresh_database.transaction() as session:
        make_course(session, title="Zymurgy")
        job = background.defer(session, "collect_words")
    with working(fresh_database, settings):
        done = wait_for(fresh_database, job, "COMPLETED")
    assert (done.done, done.total, done.words) == (1, 1, "1 of 1 changed courses")
    assert words(fresh_database)["zymurgy"] == 1


def test_a_job_that_was_cut_off_counts_nothing_twice(
    fresh_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collecting_words, "PIECE", 1)
    with fresh_database.transaction() as session:
        for name in ("ale", "beer", "cider"):
            make_course(session, title=f"Zymurgy of {name}", lessons=0)
        number = background.defer(session, "collect_words")
        session.execute(text("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = :id"), {"id": number})
    asked = iter([False, True])
    with pytest.raises(JobAborted):
        collecting_words.collect_words(
            Job(number, fresh_database, Settings(home=tmp_path), asked_to_end=lambda: next(asked))
        )
    assert (state(fresh_database, number).done, words(fresh_database)["zymurgy"]) == (1, 1)
    collecting_words.collect_words(Job(number, fresh_database, Settings(home=tmp_path)))
    assert words(fresh_database) == {"zymurgy": 3, "of": 3, "ale": 1, "beer": 1, "cider": 1}
