"""Discussions as pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from learncraft.accounts.models import User
from learncraft.accounts.viewer import Viewer
from learncraft.community.discussions import Part
from learncraft.community.models import CourseDiscussion, DiscussionVote
from learncraft.courses.models import Course, Lesson
from learncraft.courses.teaching import is_taught_by_row

PAGE_SIZE = 20
MOST_REPLIES = 200


@dataclass(frozen=True, slots=True)
class ThreadLine:
    """A thread in the list of a course."""

    id: UUID
    title: str
    author: str
    lesson: str | None
    is_question: bool
    is_answered: bool
    is_hidden: bool
    votes: int
    replies: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Post:
    """One contribution. `content` of a hidden one is shown to who keeps order only; to others it is empty."""

    id: UUID
    title: str
    content: str
    author: str
    is_by_teacher: bool
    is_own: bool
    is_question: bool
    is_answered: bool
    is_accepted: bool
    is_hidden: bool
    votes: int
    my_vote: int
    lesson_id: UUID | None
    lesson: str | None
    written_at: datetime
    is_changed: bool


def of_course(
    session: Session,
    part: Part,
    *,
    lesson_id: UUID | None = None,
    only_open: bool = False,
    search: str = "",
    page: int = 1,
) -> tuple[list[ThreadLine], int]:
    """One page of a course's threads, the latest word first, and how many there are. Two queries."""
    reply = aliased(CourseDiscussion)
    answers = (
        select(func.count(), func.max(reply.created_at))
        .where(reply.parent_id == CourseDiscussion.id, reply.deleted_at.is_(None))
        .correlate(CourseDiscussion)
        .lateral()
    )
    count, latest = answers.c
    conditions: list[ColumnElement[bool]] = [
        CourseDiscussion.course_id == part.course_id,
        CourseDiscussion.parent_id.is_(None),
    ]
    if not part.moderates:
        conditions.append(CourseDiscussion.deleted_at.is_(None))
    if lesson_id is not None:
        conditions.append(CourseDiscussion.lesson_id == lesson_id)
    if only_open:
        conditions.append(CourseDiscussion.is_question & ~CourseDiscussion.is_answered)
    if wanted := search.strip():
        said = func.concat_ws(" ", CourseDiscussion.title, CourseDiscussion.content)
        conditions.append(said.icontains(wanted, autoescape=True))
    total = session.scalar(select(func.count()).select_from(CourseDiscussion).where(*conditions)) or 0
    last_at = func.greatest(CourseDiscussion.created_at, latest)
    rows = session.execute(
        select(
            CourseDiscussion.id,
            CourseDiscussion.title,
            func.concat_ws(" ", User.first_name, User.last_name),
            Lesson.title,
            CourseDiscussion.is_question,
            CourseDiscussion.is_answered,
            CourseDiscussion.deleted_at.is_not(None),
            CourseDiscussion.vote_count,
            count,
            last_at,
        )
        .join(User, User.id == CourseDiscussion.user_id)
        .outerjoin(Lesson, Lesson.id == CourseDiscussion.lesson_id)
        .join(answers, CourseDiscussion.id == CourseDiscussion.id)
        .where(*conditions)
        .order_by(last_at.desc(), CourseDiscussion.id)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    return [ThreadLine(*row) for row in rows], total


def thread(session: Session, viewer: Viewer, part: Part, thread_id: UUID) -> list[Post] | None:
    """A thread and its replies: the accepted answer first, then by votes. One query. None where there is none."""
    mine = aliased(DiscussionVote)
    rows = session.execute(
        select(CourseDiscussion, User, Lesson.title, is_taught_by_row(User.id), func.coalesce(mine.value, 0))
        .join(User, User.id == CourseDiscussion.user_id)
        .join(Course, Course.id == CourseDiscussion.course_id)
        .outerjoin(Lesson, Lesson.id == CourseDiscussion.lesson_id)
        .outerjoin(mine, (mine.discussion_id == CourseDiscussion.id) & (mine.user_id == viewer.id))
        .where(
            CourseDiscussion.course_id == part.course_id,
            (CourseDiscussion.id == thread_id) | (CourseDiscussion.parent_id == thread_id),
        )
        .order_by(
            CourseDiscussion.parent_id.is_not(None),
            CourseDiscussion.is_accepted.desc(),
            CourseDiscussion.vote_count.desc(),
            CourseDiscussion.created_at,
        )
        .limit(MOST_REPLIES + 1)
    ).all()
    if not rows or rows[0][0].id != thread_id or rows[0][0].parent_id is not None:
        return None
    if rows[0][0].deleted_at is not None and not part.moderates:
        return None
    found = []
    for post, author, lesson, is_teacher, my_vote in rows:
        is_hidden = post.deleted_at is not None
        found.append(
            Post(
                id=post.id,
                title=post.title or "",
                content="" if is_hidden and not part.moderates else post.content,
                author=author.full_name,
                is_by_teacher=is_teacher,
                is_own=post.user_id == viewer.id,
                is_question=post.is_question,
                is_answered=post.is_answered,
                is_accepted=post.is_accepted,
                is_hidden=is_hidden,
                votes=post.vote_count,
                my_vote=my_vote,
                lesson_id=post.lesson_id,
                lesson=lesson,
                written_at=post.created_at,
                is_changed=(post.updated_at - post.created_at).total_seconds() > 60,
            )
        )
    return found
