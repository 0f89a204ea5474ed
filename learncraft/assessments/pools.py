"""Questions drawn from banks: each attempt gets some of a pool, and the pool is copies that later edits don't touch.

A copy is a question of the assessment with `is_drawn`: versioned, graded and corrected as every other. Whoever changes
a rule or a bank brings the copies up to date in the same transaction (`refresh`), so that a start only has to choose.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, or_, select, text
from sqlalchemy.orm import Session

from learncraft.assessments import authoring, drawing, grading, ordering
from learncraft.assessments.checking import Pool
from learncraft.assessments.draft_questions import ReadyQuestion
from learncraft.assessments.draft_shapes import DraftDraw
from learncraft.assessments.models import Assessment, AssessmentDraw, Question, QuestionBank, QuestionBankItem
from learncraft.assessments.shapes import Key

BEHIND = 1_000_000  # the places of copies; the author's own questions stand before

_BANKS_OF = text(
    """
    SELECT id FROM question_bank WHERE id IN (
        SELECT bank_id FROM assessment_draws WHERE assessment_id = ANY(:assessments)
        UNION ALL SELECT CAST(one ->> 'bank_id' AS uuid)
        FROM assessment_drafts d, jsonb_path_query(d.document, '$.draws[*]') AS one
        WHERE d.assessment_id = ANY(:assessments))
    ORDER BY id FOR KEY SHARE
    """
)


@dataclass(frozen=True, slots=True)
class Drawable:
    """A question that a rule may draw."""

    question_id: UUID
    bank_id: UUID
    tags: Sequence[str]


@dataclass(frozen=True, slots=True)
class BankItem:
    """A question of a bank, as rules look at it."""

    id: UUID
    tags: Sequence[str]
    points: Decimal


def choose(rules: Sequence[tuple[UUID, str | None, int]], pool: Sequence[Drawable], seed: UUID) -> list[UUID]:
    """What one attempt is asked: for each rule (bank, tag, count) so many, chosen by the seed, none of them twice."""
    wanted = []
    for bank_id, tag, count in rules:
        fitting = [one.question_id for one in pool if one.bank_id == bank_id and (tag is None or tag in one.tags)]
        wanted.append((count, ordering.shuffled(fitting, ordering.mixed(seed, bank_id), str)))
    return [question_id for chosen in drawing.fill(wanted) for question_id in chosen]


def drawn_for(session: Session, assessment_id: UUID, seed: UUID) -> list[UUID]:
    """The questions that an attempt draws; none without a statement too many where nothing is drawn."""
    rules = session.execute(
        select(AssessmentDraw.bank_id, AssessmentDraw.tag, AssessmentDraw.question_count)
        .where(AssessmentDraw.assessment_id == assessment_id)
        .order_by(AssessmentDraw.created_at, AssessmentDraw.id)
    ).all()
    if not rules:
        return []
    pool = session.execute(
        select(Question.id, QuestionBankItem.bank_id, QuestionBankItem.tags)
        .join(QuestionBankItem, QuestionBankItem.id == Question.bank_item_id)
        .where(Question.assessment_id == assessment_id, Question.is_drawn, Question.retired_at.is_(None))
        .order_by(Question.order_index)
    )
    return choose([(bank_id, tag, count) for bank_id, tag, count in rules], [Drawable(*row) for row in pool], seed)


def pools_of(session: Session, draws: Sequence[DraftDraw]) -> dict[DraftDraw, Pool]:
    """What each rule could draw from; a rule whose bank is gone has no pool. One query."""
    if not draws:
        return {}
    rows = session.execute(
        select(QuestionBank.id, QuestionBank.title, QuestionBankItem.id, QuestionBankItem.tags, QuestionBankItem.points)
        .outerjoin(QuestionBankItem, QuestionBankItem.bank_id == QuestionBank.id)
        .where(QuestionBank.id.in_({draw.bank_id for draw in draws}))
    )
    banks: dict[UUID, tuple[str, list[BankItem]]] = {}
    for bank_id, title, item_id, tags, points in rows:
        _title, items = banks.setdefault(bank_id, (title, []))
        if item_id is not None:
            items.append(BankItem(item_id, tags, points))
    return among(banks, draws)


def among(banks: Mapping[UUID, tuple[str, Sequence[BankItem]]], draws: Sequence[DraftDraw]) -> dict[DraftDraw, Pool]:
    """What each rule could draw from, of banks by their titles with all that they hold."""
    found = {}
    for draw in draws:
        if draw.bank_id in banks:
            title, items = banks[draw.bank_id]
            fitting = [one for one in items if _fits(draw, one.tags)]
            found[draw] = Pool(title, frozenset(one.id for one in fitting), frozenset(one.points for one in fitting))
    return found


def write_rules(session: Session, assessment_id: UUID, draws: Sequence[DraftDraw]) -> None:
    """The rules as the author has them now; what was drawn before stays with its attempts."""
    wanted = {(draw.bank_id, draw.tag): draw.count for draw in draws}
    there = session.scalars(select(AssessmentDraw).where(AssessmentDraw.assessment_id == assessment_id)).all()
    for rule in there:
        count = wanted.pop((rule.bank_id, rule.tag), None)
        if count is None:
            session.delete(rule)
        else:
            rule.question_count = count
    for (bank_id, tag), count in wanted.items():
        session.add(AssessmentDraw(assessment_id=assessment_id, bank_id=bank_id, tag=tag, question_count=count))
    session.flush()


def refresh(session: Session, assessment_id: UUID) -> None:
    """Bring an assessment's copies up to date with the items that its rules can draw. The caller holds its row."""
    fits = or_(AssessmentDraw.tag.is_(None), AssessmentDraw.tag == func.any(QuestionBankItem.tags))
    items = session.scalars(
        select(QuestionBankItem)
        .where(
            select(AssessmentDraw.id)
            .where(
                AssessmentDraw.assessment_id == assessment_id, AssessmentDraw.bank_id == QuestionBankItem.bank_id, fits
            )
            .exists(),
            # What everybody is asked anyway is not drawn on top.
            ~select(Question.id)
            .where(
                Question.assessment_id == assessment_id,
                Question.bank_item_id == QuestionBankItem.id,
                Question.retired_at.is_(None),
                ~Question.is_drawn,
            )
            .exists(),
        )
        .order_by(QuestionBankItem.id)
        .execution_options(populate_existing=True)
    ).all()
    copies = session.scalars(
        select(Question)
        .where(Question.assessment_id == assessment_id, Question.is_drawn, Question.retired_at.is_(None))
        .execution_options(populate_existing=True)
    ).all()
    asked = set(
        session.scalars(
            select(Question.id).where(Question.assessment_id == assessment_id, Question.is_drawn, authoring.was_asked())
        )
    )
    known: dict[UUID | None, Question] = {copy.bank_item_id: copy for copy in copies}
    place = max((copy.order_index for copy in copies), default=BEHIND - 1) + 1
    for copy in copies:
        if copy.bank_item_id not in {item.id for item in items}:
            authoring.remove(session, copy, was_asked=copy.id in asked)
    added = []
    for item in items:
        draft, there = ready_item(item), known.get(item.id)
        if there is None or (there.id in asked and not authoring.says_the_same(there, draft)):
            made = authoring.next_version(assessment_id, draft, place, there)
            made.is_drawn, made.bank_item_id = True, item.id
            added.append(made)
            place += 1
        else:
            authoring.write(there, draft, there.order_index)
    session.flush()
    session.add_all(added)
    session.flush()


def refresh_all_of(session: Session, *banks: UUID) -> None:
    """After a change of banks: all published assessments that draw from them, locked in one order against deadlocks."""
    drawing = select(AssessmentDraw.assessment_id).where(AssessmentDraw.bank_id.in_(banks))
    for assessment_id in session.scalars(
        select(Assessment.id).where(Assessment.id.in_(drawing)).order_by(Assessment.id).with_for_update()
    ).all():
        refresh(session, assessment_id)


def hold_banks(session: Session, assessments: Collection[UUID]) -> None:
    """Keep the banks that assessments or their drafts draw from as they are, before any of these is locked.

    Whoever changes a bank locks it before the assessments that draw from it: two can't wait for each other.
    """
    session.execute(_BANKS_OF, {"assessments": list(assessments)})


def hold_bank(session: Session, question_id: UUID) -> None:
    """Lock the bank that a question was drawn from, as whoever changes a bank does before its assessments."""
    session.execute(
        select(QuestionBank.id)
        .join(QuestionBankItem, QuestionBankItem.bank_id == QuestionBank.id)
        .join(Question, Question.bank_item_id == QuestionBankItem.id)
        .where(Question.id == question_id, Question.is_drawn, Question.retired_at.is_(None))
        .with_for_update(of=QuestionBank)
    )


def follow_key(session: Session, question: Question, *, old: tuple[Key, Decimal], by: UUID) -> None:
    """A corrected key of a drawn question goes into its bank too, unless the bank says something else already.

    Otherwise the next change of the bank would bring the wrong key back. The caller holds the bank.
    """
    if not question.is_drawn or question.retired_at is not None or question.bank_item_id is None:
        return
    item = session.get(QuestionBankItem, question.bank_item_id, populate_existing=True)
    if item is None or (grading.parse_key(item.question_type, item.correct_answer), item.points) != old:
        return
    item.correct_answer, item.points, item.edited_by = question.correct_answer, question.points, by
    session.flush()
    refresh_all_of(session, item.bank_id)


def short_without(
    session: Session, bank_id: UUID, item_id: UUID, *, tags: Sequence[str] | None = None
) -> frozenset[UUID]:
    """Which assessments would ask fewer questions if an item went or had other `tags`, all rules counted together."""
    rules = session.execute(
        select(AssessmentDraw.assessment_id, AssessmentDraw.tag, AssessmentDraw.question_count)
        .where(AssessmentDraw.bank_id == bank_id)
        .order_by(AssessmentDraw.created_at, AssessmentDraw.id)
    ).all()
    copies = session.execute(
        select(Question.assessment_id, QuestionBankItem.id, QuestionBankItem.tags)
        .join(QuestionBankItem, QuestionBankItem.id == Question.bank_item_id)
        .where(QuestionBankItem.bank_id == bank_id, Question.is_drawn, Question.retired_at.is_(None))
    ).all()
    now = [(by, key, has) for by, key, has in copies]
    then = [(by, key, has) for by, key, has in now if key != item_id]
    if tags is not None:
        then += [(by, key, list(tags)) for by, key, _ in now if key == item_id]

    def drawn(by: UUID, items: Sequence[tuple[UUID, UUID, Sequence[str]]]) -> int:
        fitting = [
            (count, [key for one, key, has in items if one == by and tag in (None, *has)])
            for one, tag, count in rules
            if one == by
        ]
        return sum(len(chosen) for chosen in drawing.fill(fitting))

    return frozenset(by for by in {by for by, *_ in rules} if drawn(by, then) < drawn(by, now))


def uneven(session: Session, bank_ids: Collection[UUID]) -> frozenset[UUID]:
    """Which assessments draw, by one rule, from questions of these banks that are worth different points."""
    fits = or_(AssessmentDraw.tag.is_(None), AssessmentDraw.tag == func.any(QuestionBankItem.tags))
    rows = session.scalars(
        select(AssessmentDraw.assessment_id)
        .join(QuestionBankItem, (QuestionBankItem.bank_id == AssessmentDraw.bank_id) & fits)
        .where(AssessmentDraw.bank_id.in_(bank_ids))
        .group_by(AssessmentDraw.id)
        .having(func.count(QuestionBankItem.points.distinct()) > 1)
    )
    return frozenset(rows)


def ready_item(item: QuestionBankItem) -> ReadyQuestion:
    """An item of a bank as it is asked."""
    return ReadyQuestion(
        question_type=item.question_type,
        text=item.content,
        text_format=item.content_format,
        options=grading.parse_options(item.options),
        key=grading.parse_key(item.question_type, item.correct_answer),
        explanation=item.explanation or "",
        points=item.points,
    )


def _fits(draw: DraftDraw, tags: Sequence[str]) -> bool:
    return draw.tag is None or draw.tag in tags
