"""Flashcards as they are written: a learner's own, made at a lesson, and those of a course, made by who teaches it.

A deck is one study material with one set of cards. A lesson has one deck of each learner, and one of the course.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, text, update
from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.courses.models import Course, Lesson, Module
from learncraft.courses.prose import UNWRITABLE
from learncraft.courses.teaching import is_taught_by
from learncraft.db import new_id
from learncraft.enrollment import queries as enrollment
from learncraft.errors import ChangedSinceError, InvalidInputError, NotFoundError
from learncraft.language.numbers import number
from learncraft.study.errors import CardNotFoundError
from learncraft.study.kinds import AssetType, MaterialStatus, SourceType
from learncraft.study.models import FlashcardReview, GeneratedAsset, StudyMaterial

LONGEST = 2_000  # characters of a side
MOST = 500  # cards of a deck
BY_HAND = "by hand"


@dataclass(frozen=True, slots=True)
class WrittenCard:
    """Two sides. A card that is new has no id yet."""

    front: str
    back: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class OwnCard:
    """A card that a learner made, with what it was made at."""

    asset_id: UUID
    card_id: str
    front: str
    back: str
    lesson_id: UUID | None
    lesson: str | None


@dataclass(frozen=True, slots=True)
class LessonDeck:
    """A lesson of a course, and how many cards the course has for it."""

    lesson_id: UUID
    lesson: str
    module: str
    cards: int


def add_own(session: Session, viewer: Viewer, *, lesson_id: UUID, front: str, back: str) -> None:
    """Make a card of one's own at a lesson. The same card twice is one.

    Raises:
        NotFoundError: the viewer may not see the lesson.
        InvalidInputError: a side is empty or too long, or the deck is full.
    """
    if not enrollment.sees_lesson(session, viewer, lesson_id):
        raise NotFoundError("There is no such lesson, or you have no place in its course.")
    sides = _sides(WrittenCard(front, back))
    deck = _deck(session, owner_id=viewer.id, lesson_id=lesson_id, is_shared=False)
    cards = list(deck.content["cards"])
    if any((one["front"], one["back"]) == sides for one in cards):
        return
    _keep(deck, [*cards, _stored(new_id().hex, sides)])
    session.flush()


def own(session: Session, viewer: Viewer) -> list[OwnCard]:
    """The cards that the viewer made, the latest lesson first. One query."""
    rows = session.execute(
        select(GeneratedAsset.id, GeneratedAsset.content, Lesson.id, Lesson.title)
        .join(StudyMaterial, StudyMaterial.id == GeneratedAsset.study_material_id)
        .outerjoin(Lesson, Lesson.id == StudyMaterial.lesson_id)
        .where(
            StudyMaterial.user_id == viewer.id,
            ~StudyMaterial.is_shared,
            StudyMaterial.deleted_at.is_(None),
            GeneratedAsset.asset_type == AssetType.FLASHCARD,
        )
        .order_by(StudyMaterial.created_at.desc())
    )
    return [
        OwnCard(asset_id, one["id"], one["front"], one["back"], lesson_id, lesson)
        for asset_id, content, lesson_id, lesson in rows
        for one in content["cards"]
    ]


def change_own(session: Session, viewer: Viewer, *, asset_id: UUID, card_id: str, front: str, back: str) -> None:
    """Word a card anew; when it is due stays as it was.

    Raises:
        CardNotFoundError: it isn't the viewer's.
        InvalidInputError: a side is empty or too long.
    """
    deck = _own_deck(session, viewer, asset_id)
    sides = _sides(WrittenCard(front, back))
    if all(one["id"] != card_id for one in deck.content["cards"]):
        raise CardNotFoundError
    _keep(deck, [_stored(card_id, sides) if one["id"] == card_id else one for one in deck.content["cards"]])
    session.flush()


def remove_own(session: Session, viewer: Viewer, *, asset_id: UUID, card_id: str) -> None:
    """Throw a card away, with its schedule. Safe to repeat."""
    deck = _own_deck(session, viewer, asset_id)
    left = [one for one in deck.content["cards"] if one["id"] != card_id]
    session.execute(
        delete(FlashcardReview).where(
            FlashcardReview.generated_asset_id == asset_id, FlashcardReview.card_id == card_id
        )
    )
    if left:
        _keep(deck, left)
    else:
        session.execute(delete(StudyMaterial).where(StudyMaterial.id == deck.study_material_id))
    session.flush()


def taught_title(session: Session, viewer: Viewer, course_id: UUID) -> str | None:
    """What a course is called, for those who may write its cards. One query."""
    return session.scalar(
        select(Course.title).where(Course.id == course_id, Course.deleted_at.is_(None), is_taught_by(viewer))
    )


def lessons_of(session: Session, viewer: Viewer, course_id: UUID) -> list[LessonDeck]:
    """The lessons of a course that the viewer teaches, in their order, each with its number of cards. One query."""
    cards = func.coalesce(func.sum(func.jsonb_array_length(GeneratedAsset.content["cards"])), 0)
    rows = session.execute(
        select(Lesson.id, Lesson.title, Module.title, cards)
        .join(Module, Module.id == Lesson.module_id)
        .join(Course, Course.id == Module.course_id)
        .outerjoin(
            StudyMaterial,
            (StudyMaterial.lesson_id == Lesson.id) & StudyMaterial.is_shared & StudyMaterial.deleted_at.is_(None),
        )
        .outerjoin(
            GeneratedAsset,
            (GeneratedAsset.study_material_id == StudyMaterial.id) & (GeneratedAsset.asset_type == AssetType.FLASHCARD),
        )
        .where(Course.id == course_id, Course.deleted_at.is_(None), is_taught_by(viewer))
        .group_by(Lesson.id, Lesson.title, Module.title, Module.order_index, Lesson.order_index)
        .order_by(Module.order_index, Lesson.order_index)
    )
    return [LessonDeck(*row) for row in rows]


def of_lesson(session: Session, lesson_id: UUID) -> list[WrittenCard]:
    """The course's cards of a lesson. One query."""
    contents = session.scalars(
        select(GeneratedAsset.content)
        .join(StudyMaterial, StudyMaterial.id == GeneratedAsset.study_material_id)
        .where(
            StudyMaterial.lesson_id == lesson_id,
            StudyMaterial.is_shared,
            StudyMaterial.deleted_at.is_(None),
            GeneratedAsset.asset_type == AssetType.FLASHCARD,
        )
    )
    return [WrittenCard(one["front"], one["back"], one["id"]) for content in contents for one in content["cards"]]


def save_for_lesson(
    session: Session, viewer: Viewer, *, lesson_id: UUID, cards: Sequence[WrittenCard], seen: Sequence[WrittenCard]
) -> int:
    """Keep the course's cards of a lesson; returns how many there are.

    A card that keeps its id keeps the schedules of its learners, however it is worded; one that is left out is gone.

    Raises:
        ChangedSinceError: somebody else changed the cards since they were seen.
        NotFoundError: the viewer doesn't teach the lesson's course.
        InvalidInputError: a side is empty or too long, or there are too many.
    """
    if _instructor(session, lesson_id, is_taught_by(viewer)) is None:
        raise NotFoundError("There is no such lesson, or you don't teach its course.")
    _take_turns(session, "course", lesson_id)
    if of_lesson(session, lesson_id) not in (list(seen), list(cards)):
        raise ChangedSinceError
    return _write(session, lesson_id, [(one.id, _sides(one)) for one in cards])


def write_for_lesson(session: Session, *, lesson_id: UUID, cards: Sequence[tuple[str, str]]) -> int:
    """Keep the cards that a lesson comes with from a file; returns how many. One with the same front is the same card.

    Raises:
        InvalidInputError: a side is empty or too long, or there are too many.
    """
    known = {one.front: one.id for one in of_lesson(session, lesson_id)}
    sides = [_sides(WrittenCard(front, back)) for front, back in cards]
    return _write(session, lesson_id, [(known.pop(both[0], ""), both) for both in sides])


def hand_over(session: Session, course_id: UUID, instructor_id: UUID) -> None:
    """Give a course's decks to its next instructor, so that they stay when the one before goes."""
    lessons = select(Lesson.id).join(Module, Module.id == Lesson.module_id).where(Module.course_id == course_id)
    session.execute(
        update(StudyMaterial)
        .where(StudyMaterial.is_shared, StudyMaterial.lesson_id.in_(lessons))
        .values(user_id=instructor_id)
    )


def _write(session: Session, lesson_id: UUID, cards: Sequence[tuple[str, tuple[str, str]]]) -> int:
    if not cards:
        session.execute(delete(StudyMaterial).where(StudyMaterial.lesson_id == lesson_id, StudyMaterial.is_shared))
        session.flush()
        return 0
    # The course's deck is its instructor's, so that it stays when somebody who helped goes.
    teacher = _instructor(session, lesson_id)
    assert teacher is not None  # the lesson is there
    deck = _deck(session, owner_id=teacher, lesson_id=lesson_id, is_shared=True)
    known = {one["id"] for one in deck.content["cards"]}
    kept = [_stored(key if key in known else new_id().hex, both) for key, both in cards]
    _keep(deck, kept)
    session.flush()
    return len(kept)


def _instructor(session: Session, lesson_id: UUID, *conditions: ColumnElement[bool]) -> UUID | None:
    """Who is the instructor of a lesson's course, if the conditions hold."""
    return session.scalar(
        select(Course.instructor_id)
        .join(Module, Module.course_id == Course.id)
        .join(Lesson, Lesson.module_id == Module.id)
        .where(Lesson.id == lesson_id, Course.deleted_at.is_(None), *conditions)
    )


def _take_turns(session: Session, whose: UUID | str, lesson_id: UUID) -> None:
    """Let nobody else change a deck until the transaction ends: two first cards at once would make two decks."""
    session.execute(
        text("SELECT pg_advisory_xact_lock(hashtext('deck'), hashtext(:name))"), {"name": f"{whose} {lesson_id}"}
    )


def _deck(session: Session, *, owner_id: UUID, lesson_id: UUID, is_shared: bool) -> GeneratedAsset:
    """The deck of a lesson, made when there is none; locked, so that two new cards don't meet."""
    _take_turns(session, "course" if is_shared else owner_id, lesson_id)
    whose = StudyMaterial.is_shared if is_shared else (StudyMaterial.user_id == owner_id) & ~StudyMaterial.is_shared
    found = session.scalars(
        select(GeneratedAsset)
        .join(StudyMaterial, StudyMaterial.id == GeneratedAsset.study_material_id)
        .where(
            StudyMaterial.lesson_id == lesson_id,
            whose,
            StudyMaterial.deleted_at.is_(None),
            GeneratedAsset.asset_type == AssetType.FLASHCARD,
        )
        .order_by(GeneratedAsset.created_at)
        .limit(1)
        .with_for_update(of=GeneratedAsset)
        .execution_options(populate_existing=True)
    ).first()
    if found is not None:
        return found
    material = StudyMaterial(
        id=new_id(),
        user_id=owner_id,
        title=session.scalars(select(Lesson.title).where(Lesson.id == lesson_id)).one()[:255],
        source_type=SourceType.TEXT,
        status=MaterialStatus.READY,
        lesson_id=lesson_id,
        is_shared=is_shared,
    )
    session.add(material)
    session.flush()
    made = GeneratedAsset(
        id=new_id(),
        study_material_id=material.id,
        asset_type=AssetType.FLASHCARD,
        content={"kind": "flashcard", "cards": []},
        generation_model=BY_HAND,
    )
    session.add(made)  # it is written with its first card
    return made


def _own_deck(session: Session, viewer: Viewer, asset_id: UUID) -> GeneratedAsset:
    found = session.scalars(
        select(GeneratedAsset)
        .join(StudyMaterial, StudyMaterial.id == GeneratedAsset.study_material_id)
        .where(GeneratedAsset.id == asset_id, StudyMaterial.user_id == viewer.id, ~StudyMaterial.is_shared)
        .with_for_update(of=GeneratedAsset)
        .execution_options(populate_existing=True)
    ).first()
    if found is None:
        raise CardNotFoundError
    return found


def _keep(deck: GeneratedAsset, cards: list[dict[str, str]]) -> None:
    if len(cards) > MOST:
        raise InvalidInputError("A lesson has room for {most} cards. Throw some away first.", most=MOST)
    deck.content = {"kind": "flashcard", "cards": cards}


def _stored(key: str, sides: tuple[str, str]) -> dict[str, str]:
    return {"id": key, "front": sides[0], "back": sides[1]}


def _sides(card: WrittenCard) -> tuple[str, str]:
    front, back = (UNWRITABLE.sub("", side).strip() for side in (card.front, card.back))
    if not front or not back:
        raise InvalidInputError("A card has two sides: write something on both.")
    if max(len(front), len(back)) > LONGEST:
        raise InvalidInputError(
            "A side of a card has room for {most} characters. Make two cards of it.", most=number(LONGEST)
        )
    return front, back
