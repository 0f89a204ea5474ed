"""Letters to people who were named in a discussion."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from learncraft import mail
from learncraft.accounts import queries as people
from learncraft.accounts.errors import UserNotFoundError
from learncraft.community.models import CourseDiscussion
from learncraft.jobs.work import Job, does


@does("tell_mentioned")
def tell_mentioned(job: Job, user_id: str, post_id: str) -> None:
    """Write to somebody who was named, if they want mail. What was hidden meanwhile is not told."""
    base = (job.settings.base_url or f"http://{job.settings.host}:{job.settings.port}").rstrip("/")
    with job.database.transaction() as session:
        post = session.scalar(select(CourseDiscussion).where(CourseDiscussion.id == UUID(post_id)))
        try:
            person = people.profile(session, UUID(user_id))
        except UserNotFoundError:
            person = None
        if post is not None and post.deleted_at is None and person is not None and person.email_notifications:
            author = people.by_id(session, post.user_id)
            thread = post.parent_id or post.id
            mail.send(
                job.settings,
                person.email,
                f"{author.full_name} named you in a discussion",
                f"Hello {person.first_name},\n\n{author.full_name} wrote:\n\n{post.content[:1000]}\n\n"
                f"Read on: {base}/discussion?course={post.course_id}&thread={thread}\n\n"
                f"You don't want such letters? Switch them off in your profile: {base}/profile\n",
            )
        job.advance(session, 1, 1, "Written")
