"""Letters to people who were named in a discussion, or whose thread somebody replied to."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft import mail
from learncraft.accounts import letters
from learncraft.accounts import queries as people
from learncraft.accounts.letters import LetterKind, StopLinks
from learncraft.community.models import CourseDiscussion
from learncraft.jobs.work import Job, does
from learncraft.language import _, speaking
from learncraft.secrets import secret_key


@does("tell_mentioned")
def tell_mentioned(job: Job, user_id: str, post_id: str) -> None:
    """Write to somebody who was named, if they want mail. What was hidden meanwhile is not told."""
    with job.database.transaction() as session:
        _tell(job, session, UUID(user_id), UUID(post_id), LetterKind.MENTIONS)
        job.advance(session, 1, 1, "Written")


@does("tell_replied")
def tell_replied(job: Job, user_id: str, post_id: str) -> None:
    """Write to who began a thread that there is a reply, if they want mail."""
    with job.database.transaction() as session:
        _tell(job, session, UUID(user_id), UUID(post_id), LetterKind.REPLIES)
        job.advance(session, 1, 1, "Written")


def _tell(job: Job, session: Session, user_id: UUID, post_id: UUID, kind: LetterKind) -> None:
    post = session.scalar(select(CourseDiscussion).where(CourseDiscussion.id == post_id))
    reader = letters.reader(session, user_id, kind)
    if post is None or post.deleted_at is not None or reader is None:
        return
    author = people.by_id(session, post.user_id).full_name
    stop = job.link(StopLinks(secret_key(job.settings)).path(user_id, kind))
    with speaking(reader.language):
        subject = (
            _("{author} named you in a discussion", author=author)
            if kind == LetterKind.MENTIONS
            else _("{author} replied to you in a discussion", author=author)
        )
        text = _(
            "Hello {name},\n\n{author} wrote:\n\n{text}\n\nRead on: {link}\n\n"
            "You don't want such letters? Stop them here: {stop}\n",
            name=reader.first_name,
            author=author,
            text=post.content[:1000],
            link=job.link(f"/discussion?course={post.course_id}&thread={post.parent_id or post.id}"),
            stop=stop,
        )
        mail.send(job.settings, reader.email, subject, text, stop=stop)
