"""The index follows what is written: only what changed, in the order of edits, within seconds."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from learncraft import background
from learncraft.courses.blocks import LessonContent
from learncraft.courses.models import Lesson
from learncraft.db import Database, new_id
from learncraft.jobs.worker import Worker
from learncraft.labs.models import Lab, LabTemplate
from learncraft.settings import Settings
from learncraft.tutor import service
from learncraft.tutor.embedding import Embedder, EmbedderError, Vectors
from learncraft.tutor.models import ContentEmbedding, IndexedContent
from learncraft.tutor.retrieval import find
from learncraft.tutor.sources import text_of
from tests.factories import make_course, make_enrollment, make_lesson, make_user
from tests.tutor.conftest import say, viewer_of

LONG = "\n\n".join(f"## Part {number}\n\n" + f"Sentence about item {number}. " * 30 for number in range(4))


def chunks(session: Session, lesson: Lesson) -> list[ContentEmbedding]:
    return list(
        session.scalars(
            select(ContentEmbedding)
            .where(ContentEmbedding.lesson_id == lesson.id)
            .order_by(ContentEmbedding.chunk_index)
            .execution_options(populate_existing=True)
        )
    )


def test_chunks_are_what_the_lesson_says_at_their_offsets(session: Session) -> None:
    lesson = make_course(session).lessons[0]
    say(session, lesson, LONG, "Another paragraph.")
    blocks = {block.id: block for block in LessonContent.model_validate(lesson.content).blocks}
    found = chunks(session, lesson)
    assert len(found) == 5
    for chunk in found:
        assert chunk.block_id is not None
        assert chunk.chunk_text == text_of(blocks[chunk.block_id])[chunk.start_offset : chunk.end_offset]
        assert chunk.headings[0] == lesson.title


def test_only_what_changed_is_embedded_again_and_chunks_keep_their_names(session: Session, embedder: Embedder) -> None:
    lesson = make_course(session).lessons[0]
    say(session, lesson, LONG, "An old end.")
    before = {chunk.chunk_text: chunk.id for chunk in chunks(session, lesson)}
    again = service.write_lessons(session, [lesson.id], embedder)
    assert (again.changed, again.chunks, again.embedded) == (0, 0, 0)
    lesson.content = {
        "version": 1,
        "blocks": [
            {"id": "p1", "type": "markdown", "text": LONG},
            {"id": "p2", "type": "markdown", "text": "A new end."},
        ],
    }
    session.flush()
    done = service.write_lessons(session, [lesson.id], embedder)
    assert (done.changed, done.embedded) == (1, 1)
    after = {chunk.chunk_text: chunk.id for chunk in chunks(session, lesson)}
    assert {said: key for said, key in after.items() if said in before} == {
        said: key for said, key in before.items() if said != "An old end."
    }
    assert "A new end." in after


def test_labs_resources_and_objectives_are_found_and_solutions_are_not(session: Session, embedder: Embedder) -> None:
    made = make_course(session)
    lesson = made.lessons[0]
    lesson.description, lesson.learning_objectives = "About zebras.", ["Tell zebras from horses"]
    lesson.resources = [{"title": "Atlas of okapis", "url": "http://hostile.invalid/never-asked"}]
    template = LabTemplate(id=new_id(), name=f"Lab {new_id()}", base_image="browser", tech_stack="python")
    session.add(template)
    session.flush()
    lab = Lab(
        lesson_id=lesson.id,
        template_id=template.id,
        title="Count giraffes",
        description="With a tally.",
        instructions="Mark each giraffe once.",
        success_criteria=[{"id": "one", "title": "Tally", "check": "test -f secretcheck"}],
        solution_files={"tally.py": "print('hippopotamus')"},
    )
    session.add(lab)
    session.flush()
    service.write_lessons(session, [lesson.id], embedder)
    said = "\n".join(chunk.chunk_text for chunk in chunks(session, lesson))
    for word in ("zebras from horses", "Atlas of okapis", "With a tally.", "Mark each giraffe once."):
        assert word in said
    for word in ("hippopotamus", "secretcheck", "never-asked"):
        assert word not in said
    learner = make_user(session)
    make_enrollment(session, made.course, learner)
    found = find(session, viewer_of(learner), "How do I mark a giraffe?").passages[0]
    assert (found.content_type, found.headings[-1]) == ("lab", "Count giraffes")
    session.delete(lab)
    session.flush()
    assert "giraffe" not in "\n".join(chunk.chunk_text for chunk in chunks(session, lesson))


class Dead:
    """An endpoint that doesn't answer."""

    name, column, weight = "dead", "embedding", 1.0

    def embed(self, texts: object) -> Vectors:
        raise EmbedderError("The model for vectors doesn't answer.")


def test_a_model_that_does_not_answer_leaves_the_index_as_it_was(session: Session) -> None:
    lesson = make_course(session).lessons[0]
    say(session, lesson, "First.")
    with pytest.raises(EmbedderError), session.begin_nested():
        service.write_lessons(session, [lesson.id], Dead())  # type: ignore[arg-type]
    assert [chunk.chunk_text for chunk in chunks(session, lesson)] == ["First."]


def test_what_was_missed_is_found(session: Session, embedder: Embedder) -> None:
    course = make_course(session, lessons=2)
    for lesson in course.lessons:
        say(session, lesson, "Words.")
    # Here everything happens in one transaction, so that the lessons were changed after its beginning.
    session.execute(text("UPDATE indexed_contents SET indexed_at = clock_timestamp()"))

    def missed() -> set[object]:
        found = service.missed(session, embedder, most=1_000)
        return {lesson.id for lesson in course.lessons} & set(found)

    assert missed() == set()
    new = make_lesson(session, course.modules[0], order_index=7)
    assert new.id in service.missed(session, embedder, most=1_000)
    session.execute(
        text("UPDATE content_embeddings SET model = 'another' WHERE lesson_id = :id"), {"id": course.lessons[1].id}
    )
    assert missed() == {course.lessons[1].id}


def test_a_saved_lesson_is_found_within_ten_seconds(fresh_database: Database, tmp_path: Path) -> None:
    with fresh_database.transaction() as session:
        lesson_id = make_course(session).lessons[0].id
    worker = Worker(fresh_database, Settings(home=tmp_path))
    worker.start()
    try:
        for said in ("one", "two", "three"):  # the last edit wins, however close they are
            with fresh_database.transaction() as session:
                session.get_one(Lesson, lesson_id).content = {
                    "version": 1,
                    "blocks": [{"id": "p1", "type": "markdown", "text": f"Edit {said}."}],
                }
                background.defer(
                    session, "index_lesson", unless_waiting=True, lock=f"index {lesson_id}", lesson_id=str(lesson_id)
                )
        deadline, found = time.monotonic() + 10, ""
        while found != "Edit three." and time.monotonic() < deadline:
            time.sleep(0.1)
            with fresh_database.reading() as session:
                found = session.scalar(select(ContentEmbedding.chunk_text)) or ""
        assert found == "Edit three."
        with fresh_database.reading() as session:
            assert session.scalars(select(IndexedContent.chunk_count)).all() == [1]
    finally:
        worker.stop()
