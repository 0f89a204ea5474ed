"""What is missing or unkind in a course before learners get it. Some of it stands in the way, some is advice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from learncraft.authoring import lesson_checks, unreached
from learncraft.authoring.findings import Found
from learncraft.authoring.going_out import Drafts
from learncraft.authoring.lesson_checks import Known, QuestionText
from learncraft.authoring.links import collecting
from learncraft.authoring.links.collecting import OuterLink
from learncraft.authoring.models import CourseDraft, LessonDraft, ModuleDraft
from learncraft.authoring.shapes import Details, LessonText
from learncraft.courses import contrast, embeds
from learncraft.language import _

_REFERRED_TO = text(
    """
    WITH mine AS (
        SELECT l.id, l.deleted_at IS NULL AND m.deleted_at IS NULL AS is_living,
            l.is_published AND m.is_published AS is_seen
        FROM lesson_drafts l JOIN module_drafts m ON m.id = l.module_id WHERE m.course_id = :course_id
    )
    SELECT 'course' AS kind, course_id AS id, NULL::uuid AS part_of, details::text AS title, '' AS state, 0 AS amount
    FROM course_drafts WHERE course_id = :course_id
    UNION ALL SELECT 'lesson', id, NULL, '', '', is_seen::int FROM mine WHERE is_living
    UNION ALL
    SELECT 'file', id, NULL, filename,
        CASE WHEN looked_at_hash = content_hash THEN coalesce(text_contrast::text, '') ELSE '' END, 0
    FROM uploaded_files WHERE course_id = :course_id
    UNION ALL
    SELECT 'video', v.id, v.lesson_id, v.title, v.status::text,
        (coalesce(v.transcript, '') <> '' OR EXISTS (SELECT FROM video_captions c WHERE c.video_id = v.id))::int
    FROM videos v JOIN mine ON mine.id = v.lesson_id
    UNION ALL
    SELECT 'film', v.id, v.lesson_id, v.original_url, '', 0
    FROM videos v JOIN mine ON mine.id = v.lesson_id WHERE starts_with(v.original_url, 'http')
    UNION ALL
    SELECT 'idle lab', b.id, NULL, '', '', 0
    FROM labs b JOIN mine ON mine.id = b.lesson_id WHERE btrim(b.instructions, E' \\n\\r\\t') = ''
    UNION ALL
    SELECT 'quiz', a.id, a.lesson_id, a.title, '',
        (SELECT count(*) FROM questions q WHERE q.assessment_id = a.id AND q.retired_at IS NULL)
        + (SELECT coalesce(sum(d.question_count), 0) FROM assessment_draws d WHERE d.assessment_id = a.id)
    FROM assessments a JOIN mine ON mine.id = a.lesson_id
    UNION ALL
    SELECT 'question', q.id, a.id, concat_ws(E'\\n\\n', q.said, (
        SELECT string_agg(concat_ws(E'\\n\\n', o ->> 'text', o ->> 'feedback'), E'\\n\\n')
        FROM jsonb_path_query(q.options, '$[*]') AS o
    )), '', 0
    FROM assessments a JOIN mine ON mine.id = a.lesson_id AND mine.is_seen
    CROSS JOIN LATERAL (
        SELECT (q ->> 'id')::uuid AS id, concat_ws(E'\\n\\n', q ->> 'text', q ->> 'explanation') AS said,
            q -> 'options' AS options
        FROM assessment_drafts d CROSS JOIN LATERAL jsonb_path_query(d.document, '$.questions[*]') AS q
        WHERE d.assessment_id = a.id
        UNION ALL
        SELECT q.id, concat_ws(E'\\n\\n', q.content, q.explanation), q.options FROM questions q
        WHERE q.assessment_id = a.id AND q.retired_at IS NULL AND NOT q.is_drawn
            AND NOT EXISTS (SELECT FROM assessment_drafts d WHERE d.assessment_id = a.id)
    ) AS q
    WHERE q.said || coalesce(q.options::text, '') LIKE '%//%'
    UNION ALL
    SELECT DISTINCT 'drawn', i.id, b.id, concat_ws(E'\\n\\n', i.content, i.explanation, (
        SELECT string_agg(concat_ws(E'\\n\\n', o ->> 'text', o ->> 'feedback'), E'\\n\\n')
        FROM jsonb_path_query(i.options, '$[*]') AS o
    )), b.title, 0
    FROM assessments a JOIN mine ON mine.id = a.lesson_id AND mine.is_seen
    CROSS JOIN LATERAL (
        SELECT bank_id, tag FROM assessment_draws WHERE assessment_id = a.id
        UNION ALL
        SELECT (rule ->> 'bank_id')::uuid, rule ->> 'tag'
        FROM assessment_drafts d CROSS JOIN LATERAL jsonb_path_query(d.document, '$.draws[*]') AS rule
        WHERE d.assessment_id = a.id
    ) AS r
    JOIN question_bank b ON b.id = r.bank_id
    JOIN question_bank_items i ON i.bank_id = b.id AND (r.tag IS NULL OR r.tag = ANY (i.tags))
    WHERE i.content || coalesce(i.explanation, '') || coalesce(i.options::text, '') LIKE '%//%'
    """
)


@dataclass(frozen=True, slots=True)
class Looked:
    """What the checklist found in a working copy, what stands in the way first; the links to other sites in it; and the
    drafts of its assessments."""

    found: list[Found]
    links: list[OuterLink]
    drafts: Drafts


def of_course(session: Session, course_id: UUID) -> list[Found]:
    """All that the checklist finds in a working copy, what stands in the way first. Three queries."""
    return look(session, course_id).found


def look(session: Session, course_id: UUID, *, own_host: str | None = None) -> Looked:
    """The same, with what it has read; links to other sites where the site's own host is said. As many queries."""
    texts, details, known = _read(session, course_id)
    aside, drafts = unreached.of_course(session, course_id, _shown_in(texts))
    found = _found(texts, _with_drafts(known, drafts), aside)
    return Looked(found, [] if own_host is None else _links(details, texts, known, own_host), drafts)


def links_of(session: Session, course_id: UUID, *, own_host: str) -> list[OuterLink]:
    """The links to other sites in a working copy; none where there is no working copy."""
    if session.get(CourseDraft, course_id) is None:
        return []
    texts, details, known = _read(session, course_id)
    return _links(details, texts, known, own_host)


def _read(session: Session, course_id: UUID) -> tuple[dict[UUID, LessonText], Details, Known]:
    rows = session.execute(
        select(LessonDraft.id, LessonDraft.content)
        .join(ModuleDraft, ModuleDraft.id == LessonDraft.module_id)
        .where(
            ModuleDraft.course_id == course_id,
            ModuleDraft.deleted_at.is_(None),
            ModuleDraft.is_published,
            LessonDraft.deleted_at.is_(None),
            LessonDraft.is_published,
        )
        .order_by(ModuleDraft.order_index, LessonDraft.order_index)
    ).all()
    texts = {key: LessonText.model_validate(content) for key, content in rows}
    return texts, *_known(session, course_id)


def _links(details: Details, texts: Mapping[UUID, LessonText], known: Known, own_host: str) -> list[OuterLink]:
    return collecting.of_course(details, texts, known.addresses, known.asked, own_host=own_host)


def _with_drafts(known: Known, drafts: Drafts) -> Known:
    """What a quiz asks is what its draft asks, where that goes out with the course."""
    asked = {
        one.id: len(document.questions) + sum(draw.count for draw in document.draws)
        for one, document in drafts.going_out
    }
    return replace(known, questions={**known.questions, **asked})


def _found(texts: Mapping[UUID, LessonText], known: Known, aside: list[Found]) -> list[Found]:
    found = [one for key, said in texts.items() for one in lesson_checks.of_lesson(key, said, known)]
    found += lesson_checks.standing_aside(texts, known)
    found += aside
    found += _of_film(known)
    if not texts:
        sentence = _("There is no lesson yet that learners may see. Add one, or show a hidden one.")
        found.insert(0, Found(sentence, is_blocking=True))
    return sorted(found, key=lambda one: not one.is_blocking)


def _of_film(known: Known) -> Iterator[Found]:
    if known.film and embeds.address(known.film) is None:
        sentence = _(
            "The film about the course can't be shown any more: its site isn't one that may be embedded. Learners get "
            "a link to it. Give the address of another one."
        )
        yield Found(sentence, is_blocking=False, is_of_details=True)


def _shown_in(texts: Mapping[UUID, LessonText]) -> frozenset[UUID]:
    return frozenset(
        block.assessment_id
        for said in texts.values()
        for block in said.blocks
        if block.type == "quiz" and block.assessment_id is not None
    )


def _known(session: Session, course_id: UUID) -> tuple[Details, Known]:
    rows = session.execute(_REFERRED_TO, {"course_id": course_id}).all()
    details = Details.model_validate_json(next(row.title for row in rows if row.kind == "course"))
    titles = {row.id: row.title for row in rows if row.kind == "quiz"}
    return details, Known(
        language=details.language,
        film=details.preview_video_url,
        lessons={str(row.id): bool(row.amount) for row in rows if row.kind == "lesson"},
        files=frozenset(str(row.id) for row in rows if row.kind == "file"),
        pale={
            row.id: (row.title, float(row.state))
            for row in rows
            if row.kind == "file" and row.state and float(row.state) < contrast.LEAST
        },
        videos={row.id: (row.state, bool(row.amount)) for row in rows if row.kind == "video"},
        addresses={row.id: row.title for row in rows if row.kind == "film"},
        questions={row.id: row.amount for row in rows if row.kind == "quiz"},
        idle_labs=frozenset(row.id for row in rows if row.kind == "idle lab"),
        asked=tuple(
            QuestionText(titles[row.part_of], row.id, row.title, assessment_id=row.part_of)
            for row in rows
            if row.kind == "question"
        )
        + tuple(QuestionText(row.state, row.id, row.title, bank_id=row.part_of) for row in rows if row.kind == "drawn"),
        parts=tuple(
            (row.id, row.part_of, row.title)
            for row in rows
            if row.kind == "video" or (row.kind == "quiz" and row.amount)
        ),
    )
