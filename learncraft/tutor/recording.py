"""What is kept of an answer: the message with its sources, the call with what it took, and the event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.orm import Session

from learncraft import events
from learncraft.accounts.viewer import Viewer
from learncraft.settings import Settings
from learncraft.tutor import chats, citing
from learncraft.tutor.asking import Asked
from learncraft.tutor.inert import inert, one_line
from learncraft.tutor.models import AiInteraction, ChatRole, RagChatMessage
from learncraft.tutor.shapes import Citation

if TYPE_CHECKING:
    from learncraft.tutor.answering import Made

STOPPED = "You stopped this answer."


def store(session: Session, viewer: Viewer, settings: Settings, asked: Asked, made: Made, took: int) -> None:
    """Keep an answer, as far as it came. A hint beside a question is kept without a chat."""
    text = made.text.strip() or STOPPED
    course_id, lesson_id = _about(asked, made)
    call = AiInteraction(
        user_id=viewer.id,
        chat_session_id=asked.chat_id,
        session_id=asked.subject.lab_session_id if asked.subject else None,
        interaction_type=asked.kind,
        input_text=asked.question,
        output_text=text,
        context=_context(settings, asked, made, course_id, lesson_id),
        model_used=made.model,
        prompt_tokens=made.usage.prompt_tokens if made.model else None,
        tokens_used=made.usage.prompt_tokens + made.usage.completion_tokens if made.model else None,
        response_time_ms=took,
        is_refused=made.is_refused,
    )
    session.add(call)
    session.flush()
    if asked.chat_id is not None:
        _say(session, viewer, asked.chat_id, made, text, call.id)
    _tell(session, viewer, asked, made, course_id, lesson_id)


def _say(session: Session, viewer: Viewer, chat_id: UUID, made: Made, text: str, call_id: UUID) -> None:
    """The answer as a message of its chat, and the chat's summary."""
    chat = chats.require(session, viewer.id, chat_id)
    cited = [
        Citation(
            number=number,
            embedding_id=passage.embedding_id,
            lesson_id=passage.lesson_id,
            block_id=passage.block_id,
            quote=inert(made.quotes.get(number, passage.text))[:600],
            start_seconds=passage.start_seconds,
        ).model_dump(mode="json")
        for number, passage in sorted(made.used.items())
    ]
    session.add(
        RagChatMessage(
            session_id=chat_id,
            role=ChatRole.ASSISTANT,
            content=text,
            citations=cited,
            ai_interaction_id=call_id,
            created_at=func.clock_timestamp(),
        )
    )
    chat.last_message_at = func.now()
    session.flush()
    chats.summarise(session, chat)


def _tell(
    session: Session, viewer: Viewer, asked: Asked, made: Made, course_id: UUID | None, lesson_id: UUID | None
) -> None:
    """The event: a hint tells of its question or lab, everything else of the question to the tutor."""
    where: dict[str, Any] = {"course_id": course_id, "lesson_id": lesson_id}
    if asked.subject is not None:
        where |= {"object_id": asked.subject.id, "attempt_id": asked.subject.attempt_id}
        events.record(session, "hint_requested", viewer.id, data={"level": asked.step}, **where)
        return
    data = {"kind": asked.kind.value, "answered": not made.is_refused}
    events.record(session, "tutor_asked", viewer.id, data=data, **where)


def _about(asked: Asked, made: Made) -> tuple[UUID | None, UUID | None]:
    """The course and the lesson that a question belongs to: its chat's, else those of what was found."""
    found = made.about
    if found is None or (asked.lesson_id is not None and asked.course_id is not None):
        return asked.course_id, asked.lesson_id
    if asked.course_id is not None and asked.course_id != found.course_id:
        return asked.course_id, asked.lesson_id
    return found.course_id, asked.lesson_id or found.lesson_id


def _context(
    settings: Settings, asked: Asked, made: Made, course_id: UUID | None, lesson_id: UUID | None
) -> dict[str, object]:
    usage = made.usage
    context: dict[str, object] = {
        "course_id": str(course_id) if course_id else None,
        "lesson_id": str(lesson_id) if lesson_id else None,
        "embedding_ids": [str(passage.embedding_id) for passage in made.used.values()],
        "prompt": "answer" if made.model else "extract",
        "unsupported": made.unsupported,
        "note": made.note,
    }
    if asked.subject is not None:
        context |= {
            "object_id": str(asked.subject.id),
            "attempt_id": str(asked.subject.attempt_id) if asked.subject.attempt_id else None,
            "step": asked.step,
            "places": [
                [number, one_line(passage.lesson_title), citing.address(passage) or ""]
                for number, passage in sorted(made.used.items())
            ],
        }
    if made.model:
        price = usage.prompt_tokens * settings.tutor_price_in + usage.completion_tokens * settings.tutor_price_out
        context["cost"] = round(price / 1000, 6)
    return context
