"""Which drafts of assessments go out with a course: those that learners get with its next publication.

A course is published with its assessments, or not at all. A draft goes out when a block of a visible lesson of the
working copy shows its assessment, or when learners have it by another way. What its author has hidden stays hidden, and
keeps its draft, as long as it stands in the same block.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.assessments import pools, publishing
from learncraft.assessments.checking import Pool
from learncraft.assessments.draft_shapes import DraftDocument, DraftDraw

# Whether an assessment `a` stands in one block of a lesson `l` and of its working copy `w`.
STANDS_STILL = """
    EXISTS (
        SELECT FROM jsonb_path_query(l.content, '$.blocks[*]') AS one
        WHERE one ->> 'assessment_id' = a.id::text AND jsonb_path_exists(
            w.content, '$.blocks[*] ? (@.id == $block && @.assessment_id == $id)',
            jsonb_build_object('block', one -> 'id', 'id', a.id)))
"""
# Both are said within the statement of the checklist, too.
NAMED = f"""
    drafts AS (
        SELECT a.id, a.lesson_id, d.document, a.is_published, w.title AS lesson,
            coalesce(nullif(d.document #>> '{{settings,title}}', ''), a.title) AS title,
            row_number() OVER (ORDER BY v.order_index, w.order_index, a.id) AS turn,
            w.deleted_at IS NULL AND v.deleted_at IS NULL AND w.is_published AND v.is_published AS is_seen,
            jsonb_path_exists(w.content, :path, jsonb_build_object('id', a.id)) AS is_next,
            jsonb_path_exists(l.content, :path, jsonb_build_object('id', a.id)) AS is_now,
            {STANDS_STILL} AS stands_still,
            EXISTS (SELECT FROM questions q WHERE q.assessment_id = a.id)
                OR EXISTS (SELECT FROM assessment_draws r WHERE r.assessment_id = a.id) AS was_out
        FROM assessment_drafts d
        JOIN assessments a ON a.id = d.assessment_id
        JOIN lessons l ON l.id = a.lesson_id
        JOIN lesson_drafts w ON w.id = l.id
        JOIN module_drafts v ON v.id = w.module_id
        WHERE v.course_id = :course_id
    ), fates AS (
        SELECT *, CASE
            WHEN NOT is_seen THEN 'unseen'
            WHEN is_next THEN CASE WHEN is_published OR NOT stands_still OR NOT was_out THEN 'out' ELSE 'hidden' END
            WHEN is_published AND NOT is_now THEN 'out'
            ELSE 'aside'
        END AS fate FROM drafts
    )
"""  # noqa: S608  # of a text of ours
ROWS = """
    SELECT 'draft' AS kind, id, lesson_id, title, jsonb_build_object(
        'turn', turn, 'lesson', lesson, 'is_published', is_published, 'was_out', was_out, 'fate', fate,
        'document', CASE WHEN fate = 'out' THEN document END) AS more
    FROM fates
    UNION ALL
    SELECT 'drawn', b.id, NULL, b.title, coalesce(jsonb_agg(
        jsonb_build_object('id', i.id, 'tags', i.tags, 'points', i.points)) FILTER (WHERE i.id IS NOT NULL), '[]')
    FROM question_bank b LEFT JOIN question_bank_items i ON i.bank_id = b.id
    WHERE b.id IN (
        SELECT (r ->> 'bank_id')::uuid FROM fates, jsonb_path_query(document, '$.draws[*]') AS r WHERE fate = 'out')
    GROUP BY b.id, b.title
"""
PATH = "$.blocks[*].assessment_id ? (@ == $id)"
_DRAFTS = text(f"WITH {NAMED} {ROWS}")


class Fate(StrEnum):
    """What the next publication of the course does with a draft."""

    OUT = "out"
    HIDDEN = "hidden"  # its author has hidden the assessment
    ASIDE = "aside"  # no block shows it
    UNSEEN = "unseen"  # its lesson is hidden or was deleted


@dataclass(frozen=True, slots=True)
class Drafted:
    """An assessment with changes that aren't published. `document` is there for those that go out."""

    id: UUID
    lesson_id: UUID
    title: str
    lesson: str
    is_published: bool
    was_out: bool  # learners have had it once
    fate: Fate
    document: DraftDocument | None


@dataclass(frozen=True, slots=True)
class Drafts:
    """All drafts of a course, in the order of their lessons, and what the rules of those that go out could draw."""

    all: tuple[Drafted, ...] = ()
    pools: Mapping[DraftDraw, Pool] = field(default_factory=dict)

    @property
    def going_out(self) -> list[tuple[Drafted, DraftDocument]]:
        """Those that learners get with the next publication."""
        return [(one, one.document) for one in self.all if one.document is not None]


class Row(Protocol):
    """One of `ROWS`: a draft, or a bank that rules of drafts name."""

    @property
    def kind(self) -> str: ...
    @property
    def id(self) -> UUID: ...
    @property
    def lesson_id(self) -> UUID | None: ...
    @property
    def title(self) -> str: ...
    @property
    def more(self) -> Any: ...


def of_course(session: Session, course_id: UUID) -> Drafts:
    """The drafts of a course's assessments. The caller says who may read them. One query."""
    return among(session.execute(_DRAFTS, {"course_id": course_id, "path": PATH}).all())


def among(rows: Sequence[Row]) -> Drafts:
    """The drafts among rows that may be about other things, too."""
    found = sorted((row for row in rows if row.kind == "draft"), key=lambda row: int(row.more["turn"]))
    drafted = tuple(_drafted(row) for row in found)
    banks = {row.id: (row.title, [_item(one) for one in row.more]) for row in rows if row.kind == "drawn"}
    draws = [draw for one in drafted if one.document is not None for draw in one.document.draws]
    return Drafts(drafted, pools.among(banks, draws))


def _drafted(row: Row) -> Drafted:
    assert row.lesson_id is not None
    said, document = row.more, row.more["document"]
    return Drafted(
        row.id,
        row.lesson_id,
        row.title,
        said["lesson"],
        said["is_published"],
        said["was_out"],
        Fate(said["fate"]),
        None if document is None else DraftDocument.model_validate(document),
    )


def hold_banks(session: Session, found: Drafts) -> None:
    """Keep the banks as they are that drafts which go out draw from, before any assessment is changed."""
    if going := [one.id for one, document in found.going_out if document.draws]:
        pools.hold_banks(session, going)


def publish(session: Session, viewer: Viewer, found: Drafts) -> None:
    """Make the drafts that go out what learners get. Only those cost anything.

    Raises:
        InvalidQuestionError: one of them can't be published; the message names it and says what is missing.
    """
    for one, _document in sorted(found.going_out, key=lambda pair: pair[0].id):
        publishing.publish(session, viewer, one.id)


def _item(said: Mapping[str, Any]) -> pools.BankItem:
    return pools.BankItem(UUID(said["id"]), tuple(said["tags"]), Decimal(str(said["points"])))
