"""A question is stored before anything is looked for: what is wanted, in which chat, and what bears on the answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.assessments import live
from learncraft.assessments.live import OpenAttempt
from learncraft.courses.models import Lesson
from learncraft.errors import InvalidInputError
from learncraft.language import _, noted
from learncraft.language.kept import Kept
from learncraft.language.numbers import number
from learncraft.settings import Settings
from learncraft.tutor import allowance, chats, hints, personas, profiles, retrieval
from learncraft.tutor.chats import Message
from learncraft.tutor.hints import Subject
from learncraft.tutor.models import ChatRole, InteractionType, RagChatMessage, RagChatSession
from learncraft.tutor.personal import without_names

FEW_WORDS = 3  # a question this short goes on from the one before
DIFFERENTLY = "Explain it differently"
SUMMARISE = "Summarise “"
NEXT = "What should I do next?"
HINT = "A hint for the lab, please."
# What the buttons ask stands in the chat in English, which its kind is known by, and is read in the reader's language.
_OF_BUTTONS = Kept(
    noted("Explain it differently."),
    noted("Explain it differently: {how}."),
    noted("Summarise “{title}”."),
    noted("What should I do next?"),
    noted("A hint for the lab, please."),
    verbatim=True,
)
_STANDS_FOR_A_NAME = re.compile(r"\[(?:name|e-mail|number)\]")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that is stored, and waits for its answer."""

    chat_id: UUID | None  # a hint beside a question has none
    question: str
    searched: str  # what it is about: with the question before, where this one goes on from it
    history: str
    course_id: UUID | None
    lesson_id: UUID | None
    may_use_model: bool
    kind: InteractionType = InteractionType.QUERY
    open_attempt: OpenAttempt | None = None  # the strictest one
    quoted: tuple[str, ...] = ()  # what was quoted before, for who wants it differently
    persona: str | None = None  # how the learner likes to be told
    subject: Subject | None = None  # of a hint
    step: int = 0


def ask(
    session: Session,
    viewer: Viewer,
    settings: Settings,
    question: str = "",
    *,
    kind: InteractionType = InteractionType.QUERY,
    chat_id: UUID | None = None,
    course_id: UUID | None = None,
    lesson_id: UUID | None = None,
    persona: str | None = None,
    again: bool = False,
) -> Asked:
    """Store a question, in a new chat when none is named. The answer is `Answer(...)`, after this is committed.

    What is wanted besides an answer brings its own words: `question` may be left out then. `again` asks the last
    question of a chat once more whose answer was lost.

    Raises:
        InvalidInputError: the question is empty or too long, or there is nothing that it could be about.
        NotFoundError: it isn't the viewer's chat.
        TooManyQuestionsError: they ask too fast.
    """
    allowance.check_pace(session, viewer.id, settings.tutor_questions_a_minute)
    before = chats.messages(session, viewer.id, chat_id, most=chats.REMEMBERED) if chat_id is not None else []
    chat = chats.require(session, viewer.id, chat_id) if chat_id is not None else None
    if again:
        if not before or before[-1].is_answer:
            raise InvalidInputError("There is an answer to your last question.")
        question, kind = before[-1].content, _kind_of(before[-1].content)
        before = before[:-1]
    place = (chat.course_id, chat.lesson_id) if chat is not None else (course_id, lesson_id)
    if kind == InteractionType.SUMMARY:
        place = (place[0], lesson_id or place[1] or _cited_last(before))
    said, searched = _words(session, kind, question, before, place[1], persona)
    subject, step = _lab(session, viewer, kind, place[1])
    if chat is None:
        chat = chats.require(
            session,
            viewer.id,
            chats.begin(session, viewer_id=viewer.id, title=said, course_id=course_id, lesson_id=lesson_id),
        )
    if not again:
        session.add(RagChatMessage(session_id=chat.id, role=ChatRole.USER, content=said))
    chat.last_message_at = func.now()
    session.flush()
    opened = live.open_attempts(session, viewer.id)
    return Asked(
        chat.id,
        said,
        _subject(searched, viewer),
        _history(chat, before),
        *place,
        allowance.has_answers_left(session, viewer.id, settings.tutor_answers_a_day),
        kind,
        opened[0] if opened else None,
        tuple(source.quote for one in before for source in one.sources),
        (persona or profiles.key_of(session, viewer.id)) if kind == InteractionType.EXPLANATION else None,
        subject,
        step,
    )


def shown(question: str) -> str:
    """A question of the chat as its reader's language has it, where a button asked it."""
    how = question.removeprefix(f"{DIFFERENTLY}: ").removesuffix(".")
    for persona in personas.PERSONAS.values() if how != question else ():
        if persona.title.lower() == how:
            return _("Explain it differently: {how}.", how=_(persona.title))
    return _OF_BUTTONS.said(question)


def _words(
    session: Session,
    kind: InteractionType,
    question: str,
    before: list[Message],
    lesson_id: UUID | None,
    persona: str | None,
) -> tuple[str, str]:
    """What stands in the chat, and what is looked for."""
    earlier = [one.content for one in before if not one.is_answer]
    match kind:
        case InteractionType.EXPLANATION:
            subject = next((one for one in reversed(earlier) if not one.startswith(DIFFERENTLY)), None)
            if subject is None:
                raise InvalidInputError("Ask something first; then I can explain it differently.")
            told = f"{DIFFERENTLY}: {personas.title(persona).lower()}." if persona else f"{DIFFERENTLY}."
            return told, subject
        case InteractionType.SUMMARY:
            title = session.scalar(select(Lesson.title).where(Lesson.id == lesson_id)) if lesson_id else None
            if title is None:
                raise InvalidInputError("Open a lesson, or ask about one first; then I can summarise it.")
            return f"{SUMMARISE}{title}”.", title
        case InteractionType.RECOMMENDATION:
            return NEXT, NEXT
        case InteractionType.HINT:
            return HINT, ""
        case _:
            said = _clean(question)
            goes_on = len(said.split()) <= FEW_WORDS and bool(earlier)
            return said, f"{earlier[-1]} {said}" if goes_on else said


def _kind_of(said: str) -> InteractionType:
    """What was wanted, by the words that stand in the chat for it."""
    if said.startswith(DIFFERENTLY):
        return InteractionType.EXPLANATION
    if said.startswith(SUMMARISE):
        return InteractionType.SUMMARY
    return {NEXT: InteractionType.RECOMMENDATION, HINT: InteractionType.HINT}.get(said, InteractionType.QUERY)


def _lab(session: Session, viewer: Viewer, kind: InteractionType, lesson_id: UUID | None) -> tuple[Subject | None, int]:
    """The lab of a lesson that a hint is wanted for, and which step it is."""
    if kind != InteractionType.HINT:
        return None, 0
    subject = hints.of_lab(session, viewer, lesson_id) if lesson_id is not None else None
    if subject is None:
        raise InvalidInputError("This lesson has no lab to give hints for.")
    return subject, hints.next_step(session, viewer.id, subject)


def hint(session: Session, viewer: Viewer, settings: Settings, *, attempt_id: UUID, question_id: UUID) -> Asked:
    """Ask for the next hint for a question of an open attempt. The hint is `Answer(...)`, after this is committed.

    Raises:
        NotFoundError: it isn't asked in an open attempt of the viewer's.
        HintsOffError: the rule of the assessment doesn't allow it, or not yet.
        TooManyQuestionsError: they ask too fast.
    """
    allowance.check_pace(session, viewer.id, settings.tutor_questions_a_minute)
    asked = live.asked_about(session, viewer.id, attempt_id, question_id)
    subject = hints.of_question(asked)
    step = hints.next_step(session, viewer.id, subject)
    hints.check_allowed(asked, step)
    return Asked(
        None,
        subject.title,
        subject.text,
        "",
        subject.course_id,
        subject.lesson_id,
        allowance.has_answers_left(session, viewer.id, settings.tutor_answers_a_day),
        InteractionType.HINT,
        subject=subject,
        step=step,
    )


def _cited_last(before: list[Message]) -> UUID | None:
    """The lesson that the newest answer with a source leads to."""
    found = (source.lesson_id for one in reversed(before) for source in one.sources)
    return next((lesson_id for lesson_id in found if lesson_id is not None), None)


def _history(chat: RagChatSession, before: list[Message]) -> str:
    told = [f"{'Tutor' if one.is_answer else 'Learner'}: {one.content[:600]}" for one in before]
    return "\n".join(filter(None, (chat.summary, *told)))


def _clean(question: str) -> str:
    said = question.replace("\x00", "").encode("utf-8", "ignore").decode().strip()
    if not any(letter.isalnum() for letter in said):
        raise InvalidInputError("Ask something in words.")
    if len(said) > retrieval.LONGEST_QUESTION:
        raise InvalidInputError(
            "Your question has {said} characters; at most {most} are read. Ask about the part that matters.",
            said=number(len(said)),
            most=number(retrieval.LONGEST_QUESTION),
        )
    return said


def _subject(question: str, viewer: Viewer) -> str:
    """What to look for: who asks isn't what they ask about."""
    return _STANDS_FOR_A_NAME.sub("", without_names(question, (viewer.full_name, viewer.first_name))) or question
