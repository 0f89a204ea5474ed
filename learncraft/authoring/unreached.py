"""What nobody would get to: hidden parts, courses that wait for each other, assessments that nobody can pass.

All that this needs is read by one statement, which counts in the database: a course of thousands of lessons and
questions answers with what may be wrong, and not with all that it holds.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from learncraft.assessments import checking, drawing
from learncraft.assessments.checking import Pool
from learncraft.assessments.draft_shapes import DraftDocument, DraftDraw
from learncraft.authoring import going_out
from learncraft.authoring.findings import Found
from learncraft.authoring.going_out import Drafted, Drafts
from learncraft.courses import publication
from learncraft.courses.models import CourseStatus
from learncraft.enrollment import prerequisites
from learncraft.enrollment.registration import opening_hours
from learncraft.language import _, _n
from learncraft.language.numbers import plain_number

MOST_REQUIRED = 500  # pairs of courses that are followed

_WHAT_THERE_IS = text(
    f"""
    WITH RECURSIVE {going_out.NAMED}, modules_of AS (
        SELECT id, title, order_index, is_published FROM module_drafts
        WHERE course_id = :course_id AND deleted_at IS NULL
    ), lessons_of AS (
        SELECT l.id, l.module_id, l.parent_lesson_id, l.title, l.order_index, l.is_published,
            l.is_published AND m.is_published AS is_seen
        FROM lesson_drafts l JOIN modules_of m ON m.id = l.module_id WHERE l.deleted_at IS NULL
    ), quizzes AS (
        SELECT a.id, a.lesson_id, a.title, a.passing_score, a.is_published,
            a.available_until <= now() AS is_over
        FROM assessments a JOIN lessons_of l ON l.id = a.lesson_id WHERE l.is_seen
    ), asked_of_all AS (
        SELECT q.id, q.assessment_id, q.bank_item_id, q.content, q.points, q.order_index, q.is_drawn,
            CASE q.question_type
                WHEN 'multiple_choice'
                    THEN jsonb_path_query_array(q.options, '$[*].id') @> (q.correct_answer -> 'option')
                WHEN 'multi_select' THEN jsonb_array_length(q.correct_answer -> 'options') > 0
                    AND jsonb_path_query_array(q.options, '$[*].id') @> (q.correct_answer -> 'options')
                WHEN 'fill_blank' THEN jsonb_array_length(q.correct_answer -> 'accepted') > 0
                ELSE true
            END AS has_key
        FROM questions q JOIN quizzes a ON a.id = q.assessment_id WHERE q.retired_at IS NULL
    ), sums AS (
        SELECT assessment_id, sum(points) AS whole, sum(points) FILTER (WHERE has_key) AS reachable
        FROM asked_of_all WHERE NOT is_drawn GROUP BY assessment_id
    ), rules AS (
        SELECT d.assessment_id, b.title AS bank, d.bank_id, d.tag, d.question_count, count(q.id) AS there,
            coalesce(max(q.points), 0) AS worth, count(DISTINCT q.points) > 1 AS is_uneven,
            coalesce(jsonb_agg(q.order_index) FILTER (WHERE q.id IS NOT NULL), '[]') AS places,
            count(*) OVER (PARTITION BY d.assessment_id, d.bank_id) > 1 AS is_beside,
            row_number() OVER (ORDER BY d.created_at, d.id) AS turn
        FROM assessment_draws d
        JOIN quizzes a ON a.id = d.assessment_id
        JOIN question_bank b ON b.id = d.bank_id
        LEFT JOIN question_bank_items i ON i.bank_id = d.bank_id AND (d.tag IS NULL OR d.tag = ANY (i.tags))
        LEFT JOIN asked_of_all q ON q.assessment_id = d.assessment_id AND q.is_drawn AND q.bank_item_id = i.id
        GROUP BY d.id, b.title
    ), required (by_id, id) AS (
        SELECT c.id, CAST(one AS uuid) FROM courses c, jsonb_array_elements_text(c.metadata -> :key) AS one
        WHERE c.id = :course_id AND jsonb_typeof(c.metadata -> :key) = 'array' AND one ~ '^[0-9a-fA-F-]{{36}}$'
        UNION
        SELECT c.id, CAST(one AS uuid) FROM required r JOIN courses c ON c.id = r.id AND c.deleted_at IS NULL,
            jsonb_array_elements_text(c.metadata -> :key) AS one
        WHERE jsonb_typeof(c.metadata -> :key) = 'array' AND one ~ '^[0-9a-fA-F-]{{36}}$'
    )
    SELECT 'course' AS kind, c.id, NULL::uuid AS lesson_id, c.title,
        jsonb_build_object(
            'was_seen', c.published_at IS NOT NULL,
            'by_registration', coalesce(c.metadata -> :only_way = 'true', false),
            'takes_registrations', EXISTS (
                SELECT FROM course_offerings o WHERE o.course_id = c.id AND o.is_active
                    AND (o.registration_closes_at IS NULL OR o.registration_closes_at > now()))) AS more
    FROM courses c WHERE c.id = :course_id
    UNION ALL
    SELECT 'required', c.id, NULL, c.title, jsonb_build_object('by', r.by_id, 'status', c.status)
    FROM (SELECT * FROM required LIMIT :most_required) r JOIN courses c ON c.id = r.id AND c.deleted_at IS NULL
    UNION ALL
    SELECT 'module', m.id, (array_agg(l.id ORDER BY l.order_index) FILTER (WHERE l.is_published))[1], m.title,
        jsonb_build_object('is_seen', m.is_published, 'lessons', count(l.id) FILTER (WHERE l.is_published))
    FROM modules_of m LEFT JOIN lessons_of l ON l.module_id = m.id
    GROUP BY m.id, m.title, m.is_published
    HAVING m.is_published <> (count(l.id) FILTER (WHERE l.is_published) > 0)
    UNION ALL
    SELECT 'below', l.id, l.id, l.title, jsonb_build_object('above', p.title)
    FROM lessons_of l JOIN lessons_of p ON p.id = l.parent_lesson_id AND NOT p.is_published WHERE l.is_seen
    UNION ALL
    SELECT 'quiz', a.id, a.lesson_id, a.title,
        jsonb_build_object('pass', a.passing_score, 'is_over', coalesce(a.is_over, false),
            'whole', coalesce(s.whole, 0), 'reachable', coalesce(s.reachable, 0), 'drawn',
            (SELECT coalesce(sum(r.worth * least(r.question_count, r.there)), 0) FROM rules r
             WHERE r.assessment_id = a.id),
            'is_shut', NOT a.is_published AND EXISTS (
                SELECT FROM lessons l WHERE l.id = a.lesson_id AND jsonb_path_exists(
                    l.content, '$.blocks[*].assessment_id ? (@ == $id)', jsonb_build_object('id', a.id)))
        )
    FROM quizzes a LEFT JOIN sums s ON s.assessment_id = a.id
    WHERE NOT a.is_published OR a.is_over OR s.reachable IS DISTINCT FROM s.whole
    UNION ALL
    SELECT 'keyless', q.id, a.lesson_id, a.title,
        jsonb_build_object('assessment', a.id, 'words', left(q.content, 80))
    FROM asked_of_all q JOIN quizzes a ON a.id = q.assessment_id WHERE q.has_key IS NOT TRUE
    UNION ALL
    SELECT 'rule', a.id, a.lesson_id, a.title,
        jsonb_build_object('bank', r.bank, 'bank_id', r.bank_id, 'tag', r.tag, 'wanted', r.question_count,
            'there', r.there, 'turn', r.turn, 'places', CASE WHEN r.is_beside THEN r.places ELSE '[]' END)
    FROM rules r JOIN quizzes a ON a.id = r.assessment_id WHERE r.there < r.question_count OR r.is_beside
    UNION ALL
    SELECT 'uneven', a.id, a.lesson_id, a.title, jsonb_build_object('bank', r.bank, 'tag', r.tag)
    FROM rules r JOIN quizzes a ON a.id = r.assessment_id WHERE r.is_uneven
    UNION ALL
    SELECT 'bank', b.id, NULL, b.title, jsonb_build_object('idle', count(*))
    FROM question_bank b JOIN question_bank_items i ON i.bank_id = b.id
    WHERE b.course_id = :course_id
        AND NOT EXISTS (SELECT FROM questions q WHERE q.bank_item_id = i.id AND q.retired_at IS NULL)
        AND NOT EXISTS (SELECT FROM assessment_draws d
            WHERE d.bank_id = b.id AND (d.tag IS NULL OR d.tag = ANY (i.tags)))
    GROUP BY b.id, b.title
    UNION ALL {going_out.ROWS}
    """  # noqa: S608  # of two texts of ours
)


@dataclass(frozen=True, slots=True)
class _Row:
    """One thing that the statement found: what it is, what it is called, and figures by its kind."""

    kind: str
    id: UUID
    lesson_id: UUID | None
    title: str
    more: Mapping[str, Any]


def of_course(session: Session, course_id: UUID, shown: Collection[UUID]) -> tuple[list[Found], Drafts]:
    """What nobody would get to in a working copy, and its drafts of assessments. One query.

    `shown` are the assessments that its blocks show. Of one whose draft goes out with the course, the draft is looked
    at, and not what it replaces.
    """
    result = session.execute(
        _WHAT_THERE_IS,
        {
            "course_id": course_id,
            "key": prerequisites.KEY,
            "only_way": opening_hours.ONLY_WAY,
            "most_required": MOST_REQUIRED,
            "path": going_out.PATH,
        },
    )
    rows = _without_full_rules([_Row(*row) for row in result])
    drafts = going_out.among(rows)
    course = next(row for row in rows if row.kind == "course")
    found = [*_of_course(course), *_of_required(course, [row for row in rows if row.kind == "required"])]
    was_seen = bool(course.more["was_seen"])
    looked_at = set(shown) - {one.id for one, _document in drafts.going_out}
    for row in rows:
        if row.kind in _OF_ASSESSMENTS:
            assessment_id = UUID(row.more["assessment"]) if row.kind == "keyless" else row.id
            if assessment_id in looked_at:
                found += _OF_ASSESSMENTS[row.kind](row, was_seen)
        elif row.kind in _OF_OUTLINE:
            found += _OF_OUTLINE[row.kind](row)
    for one, document in drafts.going_out:
        found += _of_draft(one, document, drafts.pools, is_shown=one.id in shown, was_seen=was_seen)
    return found, drafts


# --- the way into the course ------------------------------------------------------------------------------------------


def _of_course(course: _Row) -> Iterator[Found]:
    if course.more["by_registration"] and not course.more["takes_registrations"]:
        yield Found(
            _("The course is joined by registration only, and no offering takes one. Open an offering."),
            is_blocking=False,
            is_of_details=True,
        )


def _of_required(course: _Row, required: list[_Row]) -> Iterator[Found]:
    """Courses to finish before: what they wait for in turn, and whether anybody can join them."""
    titles = {course.id: course.title} | {row.id: row.title for row in required}
    asks: dict[UUID, list[UUID]] = {}
    for row in required:
        asks.setdefault(UUID(row.more["by"]), []).append(row.id)
    circle = _circle(asks, course.id)
    if circle:
        way = " → ".join(_("“{title}”", title=titles[one]) for one in circle)
        yield Found(
            _(
                "Nobody can join: each of these has to be finished before the next, in a circle: {way}. Take one out.",
                way=way,
            ),
            is_blocking=True,
            is_of_details=True,
        )
    for row in {row.id: row for row in required}.values():
        if row.more["status"] == CourseStatus.ARCHIVED:
            yield Found(
                _(
                    "“{title}” has to be finished before, and nobody joins it any more. Take it out of the required "
                    "courses, or publish it again.",
                    title=row.title,
                ),
                is_blocking=False,
                is_of_details=True,
            )
        elif row.more["status"] != CourseStatus.PUBLISHED and row.id != course.id:
            yield Found(
                _(
                    "“{title}” has to be finished before, and isn't published: nobody could join. Publish it first, or "
                    "take it out of the required courses.",
                    title=row.title,
                ),
                is_blocking=True,
                is_of_details=True,
            )


def _circle(asks: Mapping[UUID, list[UUID]], start: UUID) -> list[UUID]:
    """A way from one course back to itself, among those that `start` waits for; empty when there is none."""
    way: list[UUID] = []
    done: set[UUID] = set()
    steps = [(start, iter(asks.get(start, ())))]
    way.append(start)
    while steps:
        here, rest = steps[-1]
        following = next(rest, None)
        if following is None:
            steps.pop()
            way.pop()
            done.add(here)
        elif following in way:
            return [*way[way.index(following) :], following]
        elif following not in done:
            way.append(following)
            steps.append((following, iter(asks.get(following, ()))))
    return []


# --- the outline ------------------------------------------------------------------------------------------------------


def _of_module(row: _Row) -> Iterator[Found]:
    if row.more["is_seen"]:
        sentence = _("The module “{title}” has no lesson that learners may see. Add one, or hide it.", title=row.title)
    else:
        sentence = _n(
            "The module “{title}” is hidden, and with it {count} lesson that is not. Show the module, or hide it.",
            "The module “{title}” is hidden, and with it {count} lessons that are not. Show the module, or hide them.",
            row.more["lessons"],
            title=row.title,
        )
    yield Found(sentence, is_blocking=False, lesson_id=row.lesson_id)


def _of_nested(row: _Row) -> Iterator[Found]:
    yield Found(
        _(
            "“{title}” stands below “{above}”, which is hidden. Show that one, or move this lesson out of it.",
            title=row.title,
            above=row.more["above"],
        ),
        is_blocking=False,
        lesson_id=row.lesson_id,
    )


def _of_bank(row: _Row) -> Iterator[Found]:
    yield Found(
        _n(
            "{count} question of the bank “{title}” is never asked. Draw it, take it over, or delete it.",
            "{count} questions of the bank “{title}” are never asked. Draw them, take them over, or delete them.",
            row.more["idle"],
            title=row.title,
        ),
        is_blocking=False,
        bank_id=row.id,
    )


# --- assessments ------------------------------------------------------------------------------------------------------


def _of_quiz(row: _Row, was_seen: bool) -> Iterator[Found]:
    whole, reachable, drawn = (Decimal(row.more[name]) for name in ("whole", "reachable", "drawn"))
    total = whole + drawn
    within = (reachable + drawn) / total * 100 if total else Decimal(100)
    if within < Decimal(row.more["pass"]):
        sentence = _(
            "Nobody can pass “{title}”: it asks for {pass_mark} %, and {reachable} % can be earned. Mend its keys, or "
            "lower the passing score.",
            title=row.title,
            pass_mark=plain_number(Decimal(row.more["pass"])),
            reachable=plain_number(within.quantize(Decimal(1))),
        )
        yield Found(sentence, True, row.lesson_id, assessment_id=row.id)
    if row.more["is_over"]:
        yield _is_over(row.title, row.lesson_id, row.id, was_seen=was_seen)
    if row.more["is_shut"]:
        title = row.title
        sentences = (  # what its editor offers is called by what it takes
            _("“{title}” is not shown to learners. Publish it in its editor, or take out its block.", title=title),
            _("“{title}” is not shown to learners. Show it again in its editor, or take out its block.", title=title),
        )
        yield Found(sentences[publication.is_required()], False, row.lesson_id, assessment_id=row.id)


def _of_keyless(row: _Row, was_seen: bool) -> Iterator[Found]:
    yield Found(
        _(
            "“{title}”: no answer to “{words}” counts as right. Mark one, and publish the assessment again.",
            title=row.title,
            words=" ".join(row.more["words"].split()),
        ),
        is_blocking=True,
        lesson_id=row.lesson_id,
        assessment_id=UUID(row.more["assessment"]),
        question_id=row.id,
    )


def _without_full_rules(rows: list[_Row]) -> list[_Row]:
    """Of rules that draw from one bank for one assessment, those only that run short when all of them draw.

    Counted alone each may have enough: two that want two questions each of the same three.
    """
    beside: dict[tuple[UUID, str], list[_Row]] = {}
    for row in rows:
        if row.kind == "rule" and row.more["places"]:
            beside.setdefault((row.id, row.more["bank_id"]), []).append(row)
    full = set()
    for rules in beside.values():
        rules.sort(key=lambda row: row.more["turn"])
        drawn = drawing.fill([(row.more["wanted"], row.more["places"]) for row in rules])
        full |= {
            row.more["turn"] for row, places in zip(rules, drawn, strict=True) if len(places) >= row.more["wanted"]
        }
    return [row for row in rows if row.kind != "rule" or row.more["turn"] not in full]


def _drawn_from(row: _Row) -> str:
    named = _("“{bank}”", bank=row.more["bank"])
    return f"{named} ({row.more['tag']})" if row.more["tag"] else named


def _of_rule(row: _Row, was_seen: bool) -> Iterator[Found]:
    said = {"title": row.title, "wanted": row.more["wanted"], "bank": _drawn_from(row), "there": row.more["there"]}
    if row.more["there"] < row.more["wanted"]:
        sentence = _(
            "“{title}” draws {wanted} questions from {bank}, which has {there}. Draw fewer, or add some to the bank.",
            **said,
        )
    else:
        sentence = _(
            "“{title}” draws {wanted} questions from {bank}, which has {there}, but other rules draw from the same "
            "ones. Draw fewer, or add some to the bank.",
            **said,
        )
    yield Found(sentence, is_blocking=True, lesson_id=row.lesson_id, assessment_id=row.id)


def _of_uneven(row: _Row, was_seen: bool) -> Iterator[Found]:
    sentence = _(
        "“{title}” draws from {bank}, whose questions are worth different points, so learners could earn different "
        "totals. Give them the same points.",
        title=row.title,
        bank=_drawn_from(row),
    )
    yield Found(sentence, is_blocking=True, lesson_id=row.lesson_id, assessment_id=row.id)


def _of_draft(
    one: Drafted, document: DraftDocument, found: Mapping[DraftDraw, Pool], *, is_shown: bool, was_seen: bool
) -> Iterator[Found]:
    """What keeps a draft from going out with its course, such as a question without a key."""
    for problem in checking.problems_of(document, found):
        if is_shown and problem.sentence == _(checking.NO_QUESTIONS):
            continue  # its block says so
        if problem.place:
            sentence = _(
                "“{title}”, question {place}: {sentence}",
                title=one.title,
                place=problem.place,
                sentence=problem.sentence,
            )
        else:
            sentence = _("“{title}”: {sentence}", title=one.title, sentence=problem.sentence)
        yield Found(sentence, True, one.lesson_id, assessment_id=one.id, question_id=problem.draft_id)
    if document.settings.available_until is not None and document.settings.available_until <= datetime.now(UTC):
        yield _is_over(one.title, one.lesson_id, one.id, was_seen=was_seen)


def _is_over(title: str, lesson_id: UUID | None, assessment_id: UUID, *, was_seen: bool) -> Found:
    # While a course runs, an exam that is over keeps nobody from mending a lesson.
    sentence = _("“{title}” has closed already, so nobody can take it. Say until when on its settings.", title=title)
    return Found(sentence, not was_seen, lesson_id, assessment_id=assessment_id)


_OF_OUTLINE: dict[str, Callable[[_Row], Iterator[Found]]] = {
    "module": _of_module,
    "below": _of_nested,
    "bank": _of_bank,
}
_OF_ASSESSMENTS: dict[str, Callable[[_Row, bool], Iterator[Found]]] = {
    "quiz": _of_quiz,
    "keyless": _of_keyless,
    "rule": _of_rule,
    "uneven": _of_uneven,
}
