"""The bank: questions that are written once and used in many assessments, found by their tags and words.

An assessment gets copies: taken over one by one into its draft, or drawn by a rule (`pools`). So a later edit of the
bank changes no result. Who changes or deletes a question names what they saw: when somebody else changed it since,
nothing is overwritten and they are told.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, text, true
from sqlalchemy.orm import Session

from learncraft.accounts.models import User
from learncraft.accounts.viewer import Viewer
from learncraft.assessments import draft_questions, grading, pools
from learncraft.assessments.draft_shapes import DraftQuestion
from learncraft.assessments.errors import (
    BankInReviewError,
    BankNeedsReviewError,
    InvalidBankError,
    ItemChangedError,
    NotYoursToWriteError,
)
from learncraft.assessments.models import Assessment, AssessmentDraw, QuestionBank, QuestionBankItem, QuestionType
from learncraft.courses import publication
from learncraft.courses.models import Course, CourseStatus, Lesson, Module
from learncraft.courses.teaching import is_taught_by, teaches
from learncraft.db import new_id
from learncraft.language import _

PAGE_SIZE = 20
MOST_TAGS, LONGEST_TAG = 20, 100


@dataclass(frozen=True, slots=True)
class Bank:
    """A bank that a person may use; `course` names whose teachers share it."""

    id: UUID
    title: str
    description: str
    course: str
    items: int
    changed_at: datetime | None  # when one of its questions was changed last


@dataclass(frozen=True, slots=True)
class Seen:
    """A question of a bank as somebody saw it last: what they save or delete."""

    item_id: UUID
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Item:
    """A reusable question. `draft` is ready to be written on, or to be taken into an assessment."""

    id: UUID
    bank_id: UUID
    bank: str
    tags: tuple[str, ...]
    changed_at: datetime
    changed_by: str | None
    changed_by_id: UUID | None
    draft: DraftQuestion

    @property
    def seen(self) -> Seen:
        """What to name when it is changed or deleted."""
        return Seen(self.id, self.changed_at)


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a search, and how many there are in all."""

    items: tuple[Item, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: words of the question, a tag, a type, a bank; nothing is all."""

    words: str = ""
    tag: str | None = None
    kind: QuestionType | None = None
    bank_id: UUID | None = None


def banks(session: Session, viewer: Viewer) -> list[Bank]:
    """The viewer's own banks and those of courses that they teach, by title. One query."""
    stock = (
        select(func.count().label("number"), func.max(QuestionBankItem.updated_at).label("changed_at"))
        .where(QuestionBankItem.bank_id == QuestionBank.id)
        .correlate(QuestionBank)
        .lateral("stock")
    )
    rows = session.execute(
        select(
            QuestionBank.id,
            QuestionBank.title,
            func.coalesce(QuestionBank.description, ""),
            func.coalesce(Course.title, ""),
            stock.c.number,
            stock.c.changed_at,
        )
        .select_from(QuestionBank)
        .join(stock, true())
        .outerjoin(Course, Course.id == QuestionBank.course_id)
        .where(_is_open_to(viewer))
        .order_by(QuestionBank.title, QuestionBank.id)
    )
    return [Bank(*row) for row in rows]


def names(banks: Sequence[Bank]) -> dict[UUID, str]:
    """What to call banks in a list: two of one title are told apart by their course, or by a number."""
    known: dict[UUID, str] = {}
    for one in banks:
        name = f"{one.title} ({one.course})" if one.course else one.title
        known[one.id] = name if name not in known.values() else f"{name} {len(known) + 1}"
    return known


def tags(session: Session, viewer: Viewer, bank_id: UUID | None = None) -> list[tuple[str, int]]:
    """The tags in use, the most used first, with how many questions have each. One query."""
    each = (
        select(func.unnest(QuestionBankItem.tags).label("tag"))
        .join(QuestionBank, QuestionBank.id == QuestionBankItem.bank_id)
        .outerjoin(Course, Course.id == QuestionBank.course_id)
        .where(_is_open_to(viewer))
    )
    if bank_id is not None:
        each = each.where(QuestionBankItem.bank_id == bank_id)
    tag = each.subquery().c.tag
    rows = session.execute(select(tag, func.count()).group_by(tag).order_by(func.count().desc(), tag).limit(200))
    return [(name, number) for name, number in rows]


def find(session: Session, viewer: Viewer, wanted: Wanted, *, page: int = 1) -> Found:
    """Questions of the banks open to the viewer, the last changed first. Two queries."""
    total = session.scalar(_fitting(select(func.count(QuestionBankItem.id)), viewer, wanted)) or 0
    last = max(1, -(-total // PAGE_SIZE))  # a search that finds less begins no page behind the last
    rows = session.execute(
        _fitting(_ITEMS, viewer, wanted)
        .order_by(QuestionBankItem.updated_at.desc(), QuestionBankItem.id)
        .limit(PAGE_SIZE)
        .offset(PAGE_SIZE * (min(max(1, page), last) - 1))
    ).all()
    return Found(tuple(_as_item(*row) for row in rows), total)


def standing(session: Session, viewer: Viewer, item_id: UUID) -> Item | None:
    """A question as it is now; None when it was deleted, or its bank isn't open to the viewer. One query."""
    wanted = _fitting(_ITEMS, viewer, Wanted()).where(QuestionBankItem.id == item_id)
    row = session.execute(wanted.execution_options(populate_existing=True)).first()
    return None if row is None else _as_item(*row)


def _as_item(row: QuestionBankItem, bank: str, changed_by: str | None) -> Item:
    draft = draft_questions.drafted(row, draft_id=row.id, bank_item_id=row.id)
    return Item(row.id, row.bank_id, bank, tuple(row.tags), row.updated_at, changed_by, row.edited_by, draft)


def all_of(session: Session, bank_ids: Collection[UUID]) -> list[Item]:
    """All questions of banks that an assessment's rules name, for whoever may write it and tries what is drawn."""
    rows = session.execute(
        _ITEMS.join(QuestionBank, QuestionBank.id == QuestionBankItem.bank_id)
        .where(QuestionBank.id.in_(bank_ids))
        .order_by(QuestionBankItem.id)
    )
    return [_as_item(*row) for row in rows]


def check_open(session: Session, viewer: Viewer, bank_ids: Collection[UUID]) -> None:
    """Whether the viewer may draw from banks; those that are gone hold nothing to draw.

    Raises:
        NotYoursToWriteError: one isn't open to the viewer.
    """
    there = set(session.scalars(select(QuestionBank.id).where(QuestionBank.id.in_(bank_ids))))
    if there - {one.id for one in banks(session, viewer)}:
        raise NotYoursToWriteError


def create(session: Session, viewer: Viewer, *, title: str, course_id: UUID | None = None) -> UUID:
    """A new bank: the viewer's own, or one that the teachers of a course share.

    Raises:
        InvalidBankError: it has no title.
        NotYoursToWriteError: the viewer doesn't teach that course.
    """
    if not viewer.teaches:
        raise NotYoursToWriteError
    if not title.strip():
        raise InvalidBankError("Give the bank a title first.")
    if course_id is not None and not teaches(session, viewer, course_id):
        raise NotYoursToWriteError
    bank = QuestionBank(id=new_id(), owner_id=viewer.id, course_id=course_id, title=title.strip()[:255])
    session.add(bank)
    session.flush()
    return bank.id


def save_item(
    session: Session,
    viewer: Viewer,
    bank_id: UUID,
    question: DraftQuestion,
    given_tags: Sequence[str],
    *,
    changes: Seen | None = None,
) -> UUID:
    """Keep a question in a bank, new or changed. Assessments that draw from it ask the new words from now on.

    Raises:
        NotYoursToWriteError: the bank isn't open to the viewer, or the question isn't in it.
        InvalidBankError: the question can't be asked as it is, or a published rule draws by a tag that it had and has
            no other to take; the message says why.
        ItemChangedError: somebody else changed it since it was seen.
        BankInReviewError, BankNeedsReviewError: as `hold_to_change`.
    """
    hold_to_change(session, viewer, bank_id)
    draft, problems = draft_questions.ready(question)
    now_tagged = clean_tags(given_tags)
    if draft is None:
        raise InvalidBankError("The question can't be kept yet. {problems}", problems=" ".join(problems))
    values = {
        "question_type": QuestionType(draft.question_type),
        "content": draft.text,
        "content_format": draft.text_format,
        "options": [one.model_dump(mode="json") for one in draft.options] or None,
        "correct_answer": grading.to_json(draft.key),
        "explanation": draft.explanation or None,
        "points": draft.points,
        "tags": now_tagged,
    }
    if changes is None:
        item = QuestionBankItem(id=new_id(), bank_id=bank_id)
    else:
        item = item_of(session, bank_id, changes.item_id)
        if all(getattr(item, name) == value for name, value in values.items()):
            return item.id  # it says so already, whoever wrote it
        if item.updated_at > changes.changed_at:
            raise ItemChangedError(
                "Somebody else changed this question in the bank meanwhile. What you typed is kept for you: open the "
                "question again, compare both, and choose."
            )
        if short := pools.short_without(session, bank_id, item.id, tags=now_tagged):
            raise InvalidBankError(
                "{assessments} could ask fewer questions with these tags. Keep the tag, draw fewer there, or give it "
                "to another question first.",
                assessments=named(session, viewer, short),
            )
    for name, value in values.items():
        setattr(item, name, value)
    item.edited_by = viewer.id
    session.add(item)
    session.flush()
    pools.refresh_all_of(session, bank_id)
    return item.id


def delete_item(session: Session, viewer: Viewer, bank_id: UUID, seen: Seen) -> None:
    """Take a question out of its bank. Assessments keep their copies of it; rules draw it no longer.

    Raises:
        NotYoursToWriteError: the bank isn't open to the viewer, or the question isn't in it.
        InvalidBankError: a published rule would have fewer questions than it draws.
        ItemChangedError: somebody else changed it since it was seen.
        BankInReviewError, BankNeedsReviewError: as `hold_to_change`.
    """
    hold_to_change(session, viewer, bank_id)
    item = item_of(session, bank_id, seen.item_id)
    if item.updated_at > seen.changed_at:
        raise ItemChangedError("Somebody else changed this question meanwhile. Look at it, then delete it.")
    if short := pools.short_without(session, bank_id, item.id):
        raise InvalidBankError(
            "{assessments} could ask fewer questions without this one. Draw fewer there, or add one first.",
            assessments=named(session, viewer, short),
        )
    session.delete(item)
    session.flush()
    pools.refresh_all_of(session, bank_id)


def uneven(session: Session, viewer: Viewer, there: Sequence[Bank]) -> str:
    """Which assessments draw from questions of these banks that are worth different points; empty if none do."""
    found = pools.uneven(session, [one.id for one in there])
    return named(session, viewer, found) if found else ""


def clean_tags(given: Sequence[str]) -> list[str]:
    """Tags as they are kept: small letters, single spaces, each once, in their order."""
    clean = (" ".join(tag.lower().split())[:LONGEST_TAG] for tag in given)
    return list(dict.fromkeys(tag for tag in clean if tag))[:MOST_TAGS]


_EDITOR = (
    select(User.first_name + " " + User.last_name)
    .where(User.id == QuestionBankItem.edited_by)
    .correlate(QuestionBankItem)
    .scalar_subquery()
)
_ITEMS = select(QuestionBankItem, QuestionBank.title, _EDITOR)


def _is_open_to(viewer: Viewer) -> ColumnElement[bool]:
    taught = QuestionBank.course_id.is_not(None) & Course.deleted_at.is_(None) & is_taught_by(viewer)
    return (QuestionBank.owner_id == viewer.id) | taught


def _fitting(what: Select[*tuple[Any, ...]], viewer: Viewer, wanted: Wanted) -> Select[*tuple[Any, ...]]:
    found = (
        what.select_from(QuestionBankItem)
        .join(QuestionBank, QuestionBank.id == QuestionBankItem.bank_id)
        .outerjoin(Course, Course.id == QuestionBank.course_id)
        .where(_is_open_to(viewer))
    )
    for word in wanted.words.split()[:10]:
        found = found.where(QuestionBankItem.content.icontains(word, autoescape=True))
    if wanted.tag:
        found = found.where(QuestionBankItem.tags.contains([wanted.tag]))
    if wanted.kind is not None:
        found = found.where(QuestionBankItem.question_type == wanted.kind)
    if wanted.bank_id is not None:
        found = found.where(QuestionBankItem.bank_id == wanted.bank_id)
    return found


def hold(session: Session, viewer: Viewer, bank_id: UUID) -> None:
    """Lock a bank for whoever may write in it.

    Raises:
        NotYoursToWriteError: it isn't open to the viewer.
    """
    found = session.scalar(
        select(QuestionBank.id)
        .outerjoin(Course, Course.id == QuestionBank.course_id)
        .where(QuestionBank.id == bank_id, _is_open_to(viewer))
        .with_for_update(of=QuestionBank)
    )
    if found is None or not viewer.teaches:
        raise NotYoursToWriteError


# The state of courses with drafts that draw from banks; none of them is sent to a review until the transaction ends.
_COURSES_TO_DRAW = text(
    """
    SELECT k.status FROM course_drafts k
    JOIN modules m ON m.course_id = k.course_id
    JOIN lessons l ON l.module_id = m.id
    JOIN assessments a ON a.lesson_id = l.id
    JOIN assessment_drafts d ON d.assessment_id = a.id
    WHERE EXISTS (
        SELECT FROM jsonb_path_query(d.document, '$.draws[*].bank_id') AS one WHERE one #>> '{}' = ANY(:banks))
    FOR SHARE OF k
    """
)


def hold_to_change(session: Session, viewer: Viewer, *changed: UUID, beside: Collection[UUID] = ()) -> None:
    """Lock banks for who changes what is in them: learners are asked that at once, where a published rule draws it.

    Courses come before banks, and banks before assessments, as for whoever publishes: two can't wait for each other.
    All banks come in one order, with those `beside` that are only read.

    Raises:
        NotYoursToWriteError: one isn't open to the viewer.
        BankInReviewError: a draft that draws from one is being reviewed with its course.
        BankNeedsReviewError: published assessments draw from one, and here that passes a review first.
    """
    states = session.scalars(_COURSES_TO_DRAW, {"banks": [str(one) for one in changed]}).all()
    for one in sorted({*changed, *beside}):
        hold(session, viewer, one)
    if CourseStatus.PENDING_REVIEW in states:
        raise BankInReviewError
    if publication.needs_review(viewer) and session.scalar(
        select(AssessmentDraw.id)
        .join(Assessment, Assessment.id == AssessmentDraw.assessment_id)
        .where(AssessmentDraw.bank_id.in_(changed), Assessment.is_published)
        .limit(1)
    ):
        raise BankNeedsReviewError


def named(session: Session, viewer: Viewer, assessments: Collection[UUID]) -> str:
    """Assessments in words, those of courses that the viewer doesn't teach without a name."""
    titles = session.scalars(
        select(Assessment.title)
        .join(Lesson, Lesson.id == Assessment.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .join(Course, Course.id == Module.course_id)
        .where(Assessment.id.in_(assessments), is_taught_by(viewer))
        .order_by(Assessment.title)
    ).all()
    names = [_("“{title}”", title=title) for title in titles]
    return ", ".join([*names, *([_("An assessment of another course")] if len(names) < len(assessments) else [])])


def item_of(session: Session, bank_id: UUID, item_id: UUID) -> QuestionBankItem:
    """A question that is in a bank.

    Raises:
        NotYoursToWriteError: it isn't there.
        ItemChangedError: somebody has put it into another bank.
    """
    item = session.get(QuestionBankItem, item_id, populate_existing=True)
    if item is None:
        raise NotYoursToWriteError
    if item.bank_id != bank_id:
        raise ItemChangedError("This question is in another bank now. Look for it there.")
    return item
