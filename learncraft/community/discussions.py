"""Discussions of a course: asking, answering, accepting an answer, voting, hiding."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from learncraft import background, events
from learncraft.accounts.models import User
from learncraft.accounts.viewer import Viewer
from learncraft.community.models import CourseDiscussion, DiscussionVote
from learncraft.courses.models import Course, Lesson, Module
from learncraft.courses.prose import UNWRITABLE
from learncraft.courses.teaching import is_taught_by, is_taught_by_row
from learncraft.db import new_id
from learncraft.enrollment import queries as enrollment
from learncraft.errors import ForbiddenError, InvalidInputError, NotFoundError
from learncraft.language.numbers import number

LONGEST = 10_000
LONGEST_TITLE = 255
MOST_MENTIONS = 10
_MENTION = re.compile(r"(?<![\w@.])@([\w.-]{2,60})")


class PostNotFoundError(NotFoundError):
    """The contribution is gone, or was never there."""

    def __init__(self) -> None:
        super().__init__("This contribution is not there any more. Load the page again.")


class NotInDiscussionError(ForbiddenError):
    """Only who takes part in the course takes part in its discussions."""

    def __init__(self) -> None:
        super().__init__("Discussions are for those who are in the course. Join it on its page.")


@dataclass(frozen=True, slots=True)
class Part:
    """What somebody is in a course's discussions: a member, or also one who keeps order."""

    course_id: UUID
    moderates: bool


def part_in(session: Session, viewer: Viewer, course_id: UUID) -> Part:
    """The viewer's part in a course's discussions.

    Raises:
        NotInDiscussionError: they have none.
    """
    moderates = session.scalar(select(is_taught_by(viewer)).where(Course.id == course_id, Course.deleted_at.is_(None)))
    if moderates is None or (not moderates and not enrollment.is_in_course(session, viewer.id, course_id)):
        raise NotInDiscussionError
    return Part(course_id, moderates)


def begin(
    session: Session,
    viewer: Viewer,
    course_id: UUID,
    *,
    title: str,
    content: str,
    is_question: bool,
    lesson_id: UUID | None = None,
) -> UUID:
    """Begin a thread about a course or one of its lessons; returns its identifier.

    Raises:
        NotInDiscussionError: the viewer isn't in the course.
        InvalidInputError: the title or the text is empty or too long, or the lesson is another course's.
    """
    part_in(session, viewer, course_id)
    named = " ".join(UNWRITABLE.sub("", title).split())
    if not 1 <= len(named) <= LONGEST_TITLE:
        raise InvalidInputError("Give it a title of at most {most} characters.", most=LONGEST_TITLE)
    if lesson_id is not None and not _is_lesson_of(session, lesson_id, course_id):
        raise InvalidInputError("Choose a lesson of this course.")
    post = CourseDiscussion(
        id=new_id(),
        course_id=course_id,
        lesson_id=lesson_id,
        user_id=viewer.id,
        title=named,
        content=_sound(content),
        is_question=is_question,
    )
    return _keep(session, viewer, post)


def reply(session: Session, viewer: Viewer, thread_id: UUID, *, content: str) -> UUID:
    """Reply in a thread; returns the reply's identifier.

    Raises:
        PostNotFoundError: the thread is gone.
        NotInDiscussionError: the viewer isn't in the course.
        InvalidInputError: the text is empty or too long.
    """
    thread = _post(session, thread_id)
    if thread.parent_id is not None or thread.deleted_at is not None:
        raise PostNotFoundError
    part_in(session, viewer, thread.course_id)
    post = CourseDiscussion(
        id=new_id(),
        course_id=thread.course_id,
        lesson_id=thread.lesson_id,
        user_id=viewer.id,
        parent_id=thread.id,
        content=_sound(content),
    )
    return _keep(session, viewer, post)


def change(session: Session, viewer: Viewer, post_id: UUID, *, content: str) -> None:
    """Write one's own contribution anew.

    Raises:
        PostNotFoundError: it isn't the viewer's, or is hidden.
        InvalidInputError: the text is empty or too long.
    """
    post = _post(session, post_id, lock=True)
    if post.user_id != viewer.id or post.deleted_at is not None:
        raise PostNotFoundError
    part_in(session, viewer, post.course_id)
    post.content = _sound(content)
    session.flush()


def accept(session: Session, viewer: Viewer, reply_id: UUID, *, is_accepted: bool = True) -> None:
    """Mark a reply as the answer to its question, or take that back. Another accepted answer gives way.

    The thread is locked, so that of two who accept at once the second sees the first one's choice.

    Raises:
        PostNotFoundError: the reply or its question is gone.
        ForbiddenError: the viewer neither asked nor keeps order.
    """
    found = _post(session, reply_id)
    if found.parent_id is None:
        raise PostNotFoundError
    thread, post = _post(session, found.parent_id, lock=True), _post(session, reply_id, lock=True)
    if not thread.is_question or post.deleted_at is not None or thread.deleted_at is not None:
        raise PostNotFoundError
    part = part_in(session, viewer, thread.course_id)
    if not part.moderates and thread.user_id != viewer.id:
        raise ForbiddenError("Only who asked, and who teaches the course, may say which reply answers the question.")
    session.execute(
        update(CourseDiscussion)
        .where(CourseDiscussion.parent_id == thread.id, CourseDiscussion.is_accepted)
        .values(is_accepted=False)
    )
    session.execute(update(CourseDiscussion).where(CourseDiscussion.id == reply_id).values(is_accepted=is_accepted))
    thread.is_answered = is_accepted
    session.flush()
    session.expire(post)


def vote(session: Session, viewer: Viewer, post_id: UUID, value: int) -> None:
    """Vote for a contribution (1), against it (-1), or take one's vote back (0). One vote a person.

    Raises:
        PostNotFoundError: it is gone, or hidden.
        NotInDiscussionError: the viewer isn't in the course.
        InvalidInputError: it is one's own, or no such vote.
    """
    post = _post(session, post_id)
    if post.deleted_at is not None:
        raise PostNotFoundError
    part_in(session, viewer, post.course_id)
    if post.user_id == viewer.id:
        raise InvalidInputError("Others vote on what you wrote.")
    if value not in {-1, 0, 1}:
        raise InvalidInputError("A vote is for it or against it.")
    if value == 0:
        session.execute(
            DiscussionVote.__table__.delete().where(  # type: ignore[attr-defined]
                DiscussionVote.discussion_id == post_id, DiscussionVote.user_id == viewer.id
            )
        )
    else:
        row = insert(DiscussionVote).values(id=new_id(), discussion_id=post_id, user_id=viewer.id, value=value)
        session.execute(
            row.on_conflict_do_update(
                index_elements=["discussion_id", "user_id"],
                set_={"value": value},
                where=DiscussionVote.value != value,
            )
        )
    events.record(
        session, "discussion_voted", viewer.id, course_id=post.course_id, object_id=post_id, data={"direction": value}
    )
    session.expire(post)


def hide(session: Session, viewer: Viewer, post_id: UUID, *, is_hidden: bool = True) -> None:
    """Hide a contribution, or show it again. Replies to it stay readable.

    Raises:
        PostNotFoundError: it is gone.
        ForbiddenError: it is somebody else's, and the viewer doesn't keep order; or it was hidden by who does.
    """
    post = _post(session, post_id, lock=True)
    part = part_in(session, viewer, post.course_id)
    if not part.moderates and (post.user_id != viewer.id or not is_hidden):
        raise ForbiddenError("Only who wrote it may take it back, and only who teaches the course may show it again.")
    post.deleted_at = func.now() if is_hidden else None
    if is_hidden and post.is_accepted and post.parent_id is not None:
        post.is_accepted = False
        _post(session, post.parent_id, lock=True).is_answered = False
    session.flush()
    session.expire(post)


def mentioned(session: Session, course_id: UUID, content: str) -> list[UUID]:
    """The people of a course who are named in a text: by @username, or @FirstLast without spaces."""
    names = list(dict.fromkeys(name.lower().rstrip(".-") for name in _MENTION.findall(content)))[:MOST_MENTIONS]
    if not names:
        return []
    teaches = exists().where(Course.id == course_id, is_taught_by_row(User.id))
    joined = func.lower(func.replace(func.concat(User.first_name, User.last_name), " ", ""))
    called = select(User.id).where(
        or_(func.lower(User.username).in_(names), joined.in_(names)), User.is_active, User.deleted_at.is_(None)
    )
    in_course = func.who_is_in_course(course_id, func.array(called.scalar_subquery()))
    heard = select(User.id).where(User.id.in_(called), or_(teaches, User.id.in_(select(in_course))))
    return list(session.scalars(heard.order_by(User.id).limit(MOST_MENTIONS)))


def _keep(session: Session, viewer: Viewer, post: CourseDiscussion) -> UUID:
    session.add(post)
    session.flush()
    events.record(session, "discussion_posted", viewer.id, course_id=post.course_id, object_id=post.id)
    named = mentioned(session, post.course_id, post.content)
    for person in named:
        if person != viewer.id:
            background.defer(session, "tell_mentioned", user_id=str(person), post_id=str(post.id))
    if post.parent_id is not None:
        began = _post(session, post.parent_id).user_id
        if began not in (viewer.id, *named):
            background.defer(session, "tell_replied", user_id=str(began), post_id=str(post.id))
    return post.id


def _post(session: Session, post_id: UUID, *, lock: bool = False) -> CourseDiscussion:
    wanted = select(CourseDiscussion).where(CourseDiscussion.id == post_id)
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    post = session.scalar(wanted)
    if post is None:
        raise PostNotFoundError
    return post


def _is_lesson_of(session: Session, lesson_id: UUID, course_id: UUID) -> bool:
    found = select(Lesson.id).join(Module, Module.id == Lesson.module_id)
    return session.scalar(found.where(Lesson.id == lesson_id, Module.course_id == course_id)) is not None


def _sound(content: str) -> str:
    text = UNWRITABLE.sub("", content).strip()
    if not text:
        raise InvalidInputError("There is nothing to send yet. Write a few words.")
    if len(text) > LONGEST:
        raise InvalidInputError("A contribution has room for {most} characters.", most=number(LONGEST))
    return text
