"""Two who save the same at the same moment, on connections of their own: one is kept, and the other is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.assessments import drafting
from learncraft.assessments.errors import DraftChangedError
from learncraft.assessments.gradebook import queries as gradebook
from learncraft.assessments.gradebook import service as grades
from learncraft.assessments.gradebook.rules import AttemptRule
from learncraft.assessments.gradebook.service import SchemeDraft
from learncraft.assessments.models import AssessmentType
from learncraft.db import Database
from learncraft.enrollment.registration import offerings
from learncraft.enrollment.registration.offerings import CohortDraft, OfferingDraft
from learncraft.errors import ChangedSinceError, InvalidInputError
from learncraft.study import decks
from learncraft.study.decks import WrittenCard
from learncraft.tutor import variants
from tests.assessments.test_drafting import choice
from tests.authoring import Built, build
from tests.enrollment.registration.world import cohort_seen, offering_seen
from tests.races import at_once

Save = Callable[[Session, str], Any]  # in these words
Race = tuple[Save, type[Exception]]


def cards(session: Session, built: Built) -> Race:
    """Both begin from no card: the first deck isn't there yet."""
    return (
        lambda s, words: decks.save_for_lesson(
            s, built.teacher, lesson_id=built.lesson(), cards=[WrittenCard(words, "Back")], seen=[]
        ),
        ChangedSinceError,
    )


def telling(session: Session, built: Built) -> Race:
    """Both tell a lesson anew that nobody has told so."""
    return (
        lambda s, words: variants.write(
            s, built.teacher, lesson_id=built.lesson(), key="sports", text=words, publish=False
        ),
        InvalidInputError,
    )


def offering(session: Session, built: Built) -> Race:
    place = {"course_id": built.id}
    made = offerings.save(session, built.teacher, OfferingDraft(title="Spring"), **place)
    seen = offering_seen(session, made)
    return (
        lambda s, words: offerings.save(
            s, built.teacher, replace(seen, description=words), **place, offering_id=made, seen=seen
        ),
        ChangedSinceError,
    )


def cohort(session: Session, built: Built) -> Race:
    made = offerings.save(session, built.teacher, OfferingDraft(title="Spring"), course_id=built.id)
    draft = CohortDraft("One", date(2027, 3, 1))
    found: UUID = offerings.save_cohort(session, built.teacher, draft, offering_id=made)
    seen = cohort_seen(session, found)
    return (
        lambda s, words: offerings.save_cohort(
            s, built.teacher, replace(seen, name=words), offering_id=made, cohort_id=found, seen=seen
        ),
        ChangedSinceError,
    )


def rules(session: Session, built: Built) -> Race:
    seen = gradebook.open_book(session, built.id, "").rules
    rule = {"A": (AttemptRule.LAST, 0), "B": (AttemptRule.AVERAGE, 2)}
    return (
        lambda s, words: grades.set_scheme(
            s, built.teacher, built.id, SchemeDraft(rule[words][0], False, rule[words][1]), seen=seen
        ),
        ChangedSinceError,
    )


def question(session: Session, built: Built) -> Race:
    seen = choice("Which?")
    quiz = new_quiz(session, built.teacher, built)
    drafting.save_question(session, built.teacher, quiz, seen)
    return (
        lambda s, words: drafting.save_question(
            s, built.teacher, quiz, seen.model_copy(update={"text": words}), seen=seen
        ),
        DraftChangedError,
    )


def settings(session: Session, built: Built) -> Race:
    quiz = new_quiz(session, built.teacher, built)
    found = drafting.open_draft(session, built.teacher, quiz)
    assert found is not None
    seen = found.document.settings
    return (
        lambda s, words: drafting.save_settings(
            s, built.teacher, quiz, seen=seen, settings=seen.model_copy(update={"title": words})
        ),
        DraftChangedError,
    )


def new_quiz(session: Session, teacher: Viewer, built: Built) -> UUID:
    return drafting.create(
        session, teacher, lesson_id=built.lesson(), title="Joins", assessment_type=AssessmentType.QUIZ
    )


@pytest.mark.parametrize("begin", [cards, telling, offering, cohort, rules, question, settings])
def test_one_is_kept_and_the_other_is_told(fresh_database: Database, begin: Callable[[Session, Built], Race]) -> None:
    with fresh_database.transaction() as session:
        save, refusal = begin(session, build(session))
    results = at_once(fresh_database, *[lambda s, words=words: save(s, words) for words in "AB"])
    assert [isinstance(result, Exception) for result in results].count(True) == 1
    assert sum(isinstance(result, refusal) for result in results) == 1
