"""Tellings that are written on the tutor's page while the course is built go out as they are, and none is lost."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.authoring import comparing, queries, reviewing, saving
from learncraft.authoring.saving import Save
from learncraft.authoring.shapes import LessonText
from learncraft.courses.models import LessonVariant
from learncraft.db import Database, new_id
from learncraft.tutor import variants
from tests.authoring import Built, build
from tests.races import at_once


def write(session: Session, built: Built, text: LessonText) -> None:
    """What its author types in the builder."""
    found = queries.lesson(session, built.teacher, built.lesson())
    assert found is not None
    saving.save(session, built.teacher, built.lesson(), Save(found.version, new_id(), 1, text))


def text_of(session: Session, built: Built) -> LessonText:
    found = queries.lesson(session, built.teacher, built.lesson())
    assert found is not None
    return found.text


def tell(session: Session, built: Built, key: str, text: str, *, seen: str | None = None, publish: bool = True) -> None:
    variants.write(session, built.teacher, lesson_id=built.lesson(), key=key, text=text, publish=publish, seen=seen)


def told(session: Session) -> dict[str, tuple[str, bool]]:
    """How the lesson is told to each persona, and whether learners may choose it."""
    rows = session.scalars(select(LessonVariant).execution_options(populate_existing=True))
    return {row.persona_key: (row.payload["blocks"][0]["text"], row.is_published) for row in rows}


def telling_of(session: Session, key: str) -> UUID:
    return session.scalars(select(LessonVariant.id).where(LessonVariant.persona_key == key)).one()


def test_what_is_told_anew_while_a_lesson_is_changed_goes_out_as_it_is(session: Session) -> None:
    built = build(session, lessons=1)
    for key in ("sports", "cooking", "visual_learner"):
        tell(session, built, key, "Told.")
    reviewing.publish(session, built.teacher, built.id)
    write(session, built, text_of(session, built).model_copy(update={"title": "Joins, renamed"}))
    tell(session, built, "step_by_step", "New.", publish=False)
    tell(session, built, "sports", "Better.", seen="Told.")
    variants.approve(session, built.teacher, variant_id=telling_of(session, "cooking"), is_published=False)
    variants.remove(session, built.teacher, variant_id=telling_of(session, "visual_learner"))
    now = told(session)
    assert now == {"step_by_step": ("New.", False), "sports": ("Better.", True), "cooking": ("Told.", False)}
    reviewing.publish(session, built.teacher, built.id)
    assert told(session) == now


def test_a_telling_alone_is_no_change_of_the_lesson(session: Session) -> None:
    built = build(session, lessons=1)
    reviewing.publish(session, built.teacher, built.id)
    tell(session, built, "sports", "Told.")
    assert comparing.with_published(session, built.id) == []
    assert [one.persona_key for one in text_of(session, built).variants] == ["sports"]


def test_a_telling_that_was_changed_in_the_builder_stays_so_there(session: Session) -> None:
    built = build(session, lessons=1)
    tell(session, built, "sports", "Told.")
    [one] = text_of(session, built).variants
    typed = one.model_copy(update={"blocks": (one.blocks[0].model_copy(update={"text": "Typed."}),)})
    write(session, built, text_of(session, built).model_copy(update={"variants": (typed,)}))
    tell(session, built, "sports", "Told better.", seen="Told.")
    assert text_of(session, built).variants == (typed,)


def test_who_tells_a_lesson_and_who_publishes_it_at_the_same_moment_both_do(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        built = build(session, lessons=1)
        write(session, built, text_of(session, built).model_copy(update={"title": "Joins, renamed"}))
    results = at_once(
        fresh_database,
        lambda session: tell(session, built, "sports", "Told."),
        lambda session: reviewing.publish(session, built.teacher, built.id),
        lambda session: tell(session, built, "cooking", "Told."),
    )
    assert results == [None, None, None]
    with fresh_database.reading() as session:
        assert told(session) == {"sports": ("Told.", True), "cooking": ("Told.", True)}
        assert {one.persona_key for one in text_of(session, built).variants} == {"sports", "cooking"}
