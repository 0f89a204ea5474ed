"""Chats of one person with the tutor: the list, what was said, and taking them along or away."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete as sql_delete
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from learncraft import events
from learncraft.courses.models import Lesson
from learncraft.errors import InvalidInputError, NotFoundError
from learncraft.language.numbers import number
from learncraft.tutor import citing
from learncraft.tutor.inert import one_line
from learncraft.tutor.models import AiInteraction, ChatRole, RagChatMessage, RagChatSession
from learncraft.tutor.shapes import Citation, Citations

LONGEST_TITLE = 80
SHOWN_CHATS = 30
SHOWN_MESSAGES = 200
REMEMBERED = 6  # messages that a model is given word for word; older ones are in the summary
LONGEST_SUMMARY = 2_000


@dataclass(frozen=True, slots=True)
class Chat:
    """One conversation in the list."""

    id: UUID
    title: str
    course_id: UUID | None
    lesson_id: UUID | None
    last_message_at: datetime


@dataclass(frozen=True, slots=True)
class Source:
    """What a sentence of an answer rests on, and where it is. `title` is empty once the lesson is gone."""

    number: int
    title: str
    quote: str
    address: str | None
    lesson_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One message. Only answers have sources and a call, which can be rated."""

    id: UUID
    is_answer: bool
    content: str
    sources: tuple[Source, ...]
    interaction_id: UUID | None
    is_refused: bool
    rating: int | None
    created_at: datetime


def mine(session: Session, viewer_id: UUID) -> list[Chat]:
    """The viewer's chats, the latest first."""
    rows = session.execute(
        select(
            RagChatSession.id,
            func.coalesce(RagChatSession.title, "New chat"),
            RagChatSession.course_id,
            RagChatSession.lesson_id,
            RagChatSession.last_message_at,
        )
        .where(RagChatSession.user_id == viewer_id)
        .order_by(RagChatSession.last_message_at.desc())
        .limit(SHOWN_CHATS)
    )
    return [Chat(*row) for row in rows]


def one(session: Session, viewer_id: UUID, chat_id: UUID) -> Chat | None:
    """A chat of the viewer's own."""
    found = _own(session, viewer_id, chat_id)
    if found is None:
        return None
    return Chat(found.id, found.title or "New chat", found.course_id, found.lesson_id, found.last_message_at)


def latest_at(session: Session, viewer_id: UUID, lesson_id: UUID) -> UUID | None:
    """The chat that the viewer last had beside a lesson."""
    return session.scalar(
        select(RagChatSession.id)
        .where(RagChatSession.user_id == viewer_id, RagChatSession.lesson_id == lesson_id)
        .order_by(RagChatSession.last_message_at.desc())
        .limit(1)
    )


def messages(session: Session, viewer_id: UUID, chat_id: UUID, *, most: int = SHOWN_MESSAGES) -> list[Message]:
    """What was said in a chat of the viewer's own, in order: the last `most` messages. Two queries."""
    rows = session.execute(
        select(RagChatMessage, AiInteraction.is_refused, AiInteraction.feedback_rating)
        .join(RagChatSession, RagChatSession.id == RagChatMessage.session_id)
        .outerjoin(AiInteraction, AiInteraction.id == RagChatMessage.ai_interaction_id)
        .where(RagChatMessage.session_id == chat_id, RagChatSession.user_id == viewer_id)
        .order_by(RagChatMessage.created_at.desc(), RagChatMessage.id.desc())
        .limit(most)
    ).all()[::-1]
    cited = {row[0].id: Citations.model_validate(row[0].citations).root for row in rows}
    titles = _titles(session, [citation for citations in cited.values() for citation in citations])
    return [
        Message(
            id=row.id,
            is_answer=row.role == ChatRole.ASSISTANT,
            content=row.content,
            sources=tuple(_source(citation, titles) for citation in cited[row.id]),
            interaction_id=row.ai_interaction_id,
            is_refused=bool(refused),
            rating=rating,
            created_at=row.created_at,
        )
        for row, refused, rating in rows
    ]


def _titles(session: Session, cited: Sequence[Citation]) -> dict[UUID, str]:
    ids = {citation.lesson_id for citation in cited if citation.lesson_id is not None}
    if not ids:
        return {}
    return {row.id: row.title for row in session.execute(select(Lesson.id, Lesson.title).where(Lesson.id.in_(ids)))}


def _source(citation: Citation, titles: dict[UUID, str]) -> Source:
    title = titles.get(citation.lesson_id, "") if citation.lesson_id else ""
    where = citing.address_at(citation.lesson_id, citation.block_id, citation.start_seconds) if title else None
    return Source(citation.number, title, citation.quote, where, citation.lesson_id)


def begin(
    session: Session,
    *,
    viewer_id: UUID,
    title: str,
    course_id: UUID | None = None,
    lesson_id: UUID | None = None,
) -> UUID:
    """Open a chat."""
    chat = RagChatSession(user_id=viewer_id, title=_title(title), course_id=course_id, lesson_id=lesson_id)
    session.add(chat)
    session.flush()
    return chat.id


def _title(words: str) -> str:
    said = one_line(words)
    return said if len(said) <= LONGEST_TITLE else said[: LONGEST_TITLE - 1].rsplit(" ", 1)[0] + "…"


def rename(session: Session, *, viewer_id: UUID, chat_id: UUID, title: str) -> None:
    """Give a chat another title.

    Raises:
        InvalidInputError: the title is empty.
        NotFoundError: it isn't the viewer's chat.
    """
    if not (said := _title(title)):
        raise InvalidInputError("Give the chat a title.")
    require(session, viewer_id, chat_id).title = said


def remove(session: Session, *, viewer_id: UUID, chat_id: UUID) -> None:
    """Delete a chat with all that was said, in what calls of models keep of it too.

    Raises:
        NotFoundError: it isn't the viewer's chat.
    """
    require(session, viewer_id, chat_id)
    session.execute(
        update(AiInteraction)
        .where(AiInteraction.chat_session_id == chat_id)
        .values(input_text="", output_text="", feedback_reason=None)
    )
    session.execute(sql_delete(RagChatSession).where(RagChatSession.id == chat_id))


def require(session: Session, viewer_id: UUID, chat_id: UUID) -> RagChatSession:
    """The row of a chat of the viewer's own.

    Raises:
        NotFoundError: there is none.
    """
    found = _own(session, viewer_id, chat_id)
    if found is None:
        raise NotFoundError("This chat is gone. Begin a new one.")
    return found


def _own(session: Session, viewer_id: UUID, chat_id: UUID) -> RagChatSession | None:
    return session.scalar(
        select(RagChatSession).where(RagChatSession.id == chat_id, RagChatSession.user_id == viewer_id)
    )


def rate(session: Session, *, viewer_id: UUID, interaction_id: UUID, rating: int, reason: str = "") -> None:
    """Say how good an answer was, 1 to 5, and why. The last word counts.

    Raises:
        InvalidInputError: the rating isn't 1 to 5, or the reason is too long.
        NotFoundError: it isn't an answer to the viewer.
    """
    said = reason.replace("\x00", "").strip()
    if rating not in range(1, 6):
        raise InvalidInputError("Rate an answer with 1 to 5 stars.")
    if len(said) > LONGEST_SUMMARY:
        raise InvalidInputError("Give your reason in at most {most} characters.", most=number(LONGEST_SUMMARY))
    found = session.scalar(
        select(AiInteraction).where(AiInteraction.id == interaction_id, AiInteraction.user_id == viewer_id)
    )
    if found is None:
        raise NotFoundError("This answer is gone.")
    found.feedback_rating, found.feedback_reason = rating, said or None
    where: dict[str, Any] = {
        name: UUID(str(found.context[name])) for name in ("course_id", "lesson_id") if found.context.get(name)
    }
    events.record(session, "tutor_rated", viewer_id, data={"rating": rating, "reason": said[:500]}, **where)


def summarise(session: Session, chat: RagChatSession) -> None:
    """Put messages that are no longer given word for word into the summary: each question, and how its answer began."""
    older = session.scalars(
        select(RagChatMessage)
        .where(RagChatMessage.session_id == chat.id)
        .order_by(RagChatMessage.created_at.desc(), RagChatMessage.id.desc())
        .offset(REMEMBERED)
        .limit(SHOWN_MESSAGES)
    ).all()[::-1]
    new = [row for row in older if chat.summarized_until is None or row.created_at > chat.summarized_until]
    if not new:
        return
    lines = [
        f"{'Answered' if row.role == ChatRole.ASSISTANT else 'Asked'}: {one_line(row.content)[:160]}" for row in new
    ]
    chat.summary = "\n".join(filter(None, (chat.summary, *lines)))[-LONGEST_SUMMARY:]
    chat.summarized_until = new[-1].created_at


def as_markdown(chat: Chat, said: Sequence[Message]) -> str:
    """A chat to take along and read."""
    lines = [f"# {chat.title}", ""]
    for message in said:
        lines += ["**Tutor**" if message.is_answer else "**You**", "", message.content, ""]
        lines += [f"- [{source.number}] {source.title}: “{one_line(source.quote)}”" for source in message.sources]
        lines += [""] if message.sources else []
    return "\n".join(lines)


def as_json(chat: Chat, said: Sequence[Message]) -> str:
    """A chat to take along and work with."""
    made = {
        "title": chat.title,
        "messages": [
            {
                "role": "tutor" if message.is_answer else "you",
                "content": message.content,
                "sources": [
                    {"number": one.number, "lesson": one.title, "quote": one.quote, "address": one.address}
                    for one in message.sources
                ],
                "rating": message.rating,
                "at": message.created_at.isoformat(),
            }
            for message in said
        ],
    }
    return json.dumps(made, ensure_ascii=False, indent=2)
