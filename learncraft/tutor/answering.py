"""A question and its answer: from the language model where one answers, else in the words of the course.

The question is committed before anything is looked for. The answer is committed when it is whole, or as far as it came
when its reader stopped it. Nothing reaches the reader that a source doesn't bear out (grounding.py).
"""

from __future__ import annotations

import re
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.orm import Session

from learncraft import events
from learncraft.accounts.viewer import Viewer
from learncraft.assessments import live
from learncraft.db import Database
from learncraft.errors import InvalidInputError
from learncraft.settings import Settings
from learncraft.tutor import allowance, chats, citing, embedding, endpoint, grounding, retrieval
from learncraft.tutor.endpoint import ModelEndpoint, ModelError, Usage
from learncraft.tutor.extracting import CitedSentence, extract
from learncraft.tutor.inert import inert, one_line
from learncraft.tutor.models import AiInteraction, ChatRole, InteractionType, RagChatMessage
from learncraft.tutor.personal import without_names
from learncraft.tutor.retrieval import Evidence, Passage
from learncraft.tutor.shapes import Citation

FEW_WORDS = 3  # a question this short goes on from the one before
SOURCES = 6  # that a model is given
MODEL_AWAY = "The language model isn't answering, so here are the course's own words."
MODEL_USED_UP = "Your answers of the language model are used up for today, so here are the course's own words."
MODEL_UNGROUNDED = "What the language model said isn't borne out by your courses, so here are their own words."
_STANDS_FOR_A_NAME = re.compile(r"\[(?:name|e-mail|number)\]")
EXAM_OPEN = "You have an exam open. The tutor answers again once it is handed in."


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that is stored, and waits for its answer."""

    chat_id: UUID
    question: str
    searched: str  # with the question before, where this one goes on from it
    history: str
    course_id: UUID | None
    lesson_id: UUID | None
    may_use_model: bool
    is_in_exam: bool


@dataclass(slots=True)
class _Made:
    """An answer in the making."""

    text: str = ""
    used: dict[int, Passage] = field(default_factory=dict)
    quotes: dict[int, str] = field(default_factory=dict)
    model: str | None = None
    usage: Usage = field(default_factory=Usage)
    unsupported: int = 0
    is_refused: bool = False
    note: str = ""


def ask(
    session: Session,
    viewer: Viewer,
    settings: Settings,
    question: str,
    *,
    chat_id: UUID | None = None,
    course_id: UUID | None = None,
    lesson_id: UUID | None = None,
) -> Asked:
    """Store a question, in a new chat when none is named. The answer is `Answer(...)`, after this is committed.

    Raises:
        InvalidInputError: the question is empty or too long.
        NotFoundError: it isn't the viewer's chat.
        TooManyQuestionsError: they ask too fast.
    """
    said = _clean(question)
    allowance.check_pace(session, viewer.id, settings.tutor_questions_a_minute)
    if chat_id is None:
        chat_id = chats.begin(session, viewer_id=viewer.id, title=said, course_id=course_id, lesson_id=lesson_id)
    chat = chats.require(session, viewer.id, chat_id)
    before = chats.messages(session, viewer.id, chat_id, most=chats.REMEMBERED)
    session.add(RagChatMessage(session_id=chat_id, role=ChatRole.USER, content=said))
    chat.last_message_at = func.now()
    session.flush()
    earlier = [one.content for one in before if not one.is_answer]
    goes_on = len(said.split()) <= FEW_WORDS and bool(earlier)
    told = [f"{'Tutor' if one.is_answer else 'Learner'}: {one.content[:600]}" for one in before]
    return Asked(
        chat_id,
        said,
        _subject(f"{earlier[-1]} {said}" if goes_on else said, viewer),
        "\n".join(filter(None, (chat.summary, *told))),
        chat.course_id,
        chat.lesson_id,
        allowance.has_answers_left(session, viewer.id, settings.tutor_answers_a_day),
        live.has_open_exam(session, viewer.id),
    )


def _clean(question: str) -> str:
    said = question.replace("\x00", "").encode("utf-8", "ignore").decode().strip()
    if not any(letter.isalnum() for letter in said):
        raise InvalidInputError("Ask something in words.")
    if len(said) > retrieval.LONGEST_QUESTION:
        raise InvalidInputError(
            f"Your question has {len(said):,} characters; at most {retrieval.LONGEST_QUESTION:,} are read. "
            "Ask about the part that matters."
        )
    return said


def _subject(question: str, viewer: Viewer) -> str:
    """What to look for: who asks isn't what they ask about."""
    return _STANDS_FOR_A_NAME.sub("", without_names(question, (viewer.full_name, viewer.first_name))) or question


class Answer:
    """The answer to a stored question, in pieces. It is stored when the pieces end, also when they end early."""

    def __init__(self, database: Database, viewer: Viewer, settings: Settings, asked: Asked) -> None:
        self._database = database
        self._viewer = viewer
        self._settings = settings
        self._asked = asked

    def pieces(self) -> Generator[str, None, None]:
        """The answer as it comes.

        Raises:
            UnavailableError: the database went away; the question is stored.
        """
        made, began = _Made(), time.monotonic()
        try:
            for piece in self._answer(made):
                made.text += piece
                yield piece
        finally:  # whoever stops reading keeps what they have read
            took = int((time.monotonic() - began) * 1000)
            self._database.run(
                lambda session: _store(session, self._viewer, self._settings, self._asked, made, took),
                who=self._viewer.acting(),
            )

    def _answer(self, made: _Made) -> Iterator[str]:
        asked = self._asked
        if asked.is_in_exam:
            made.is_refused = True
            yield EXAM_OPEN
            return
        with self._database.reading(self._viewer.acting()) as session:
            evidence = self._find(session)
        if not evidence.is_enough:
            made.is_refused = True
            yield refusal(evidence)
            return
        passages = evidence.passages[:SOURCES]
        model = endpoint.of(self._settings)
        if model is not None and asked.may_use_model:
            is_told = False
            try:
                for piece in self._worded(model, passages, made):
                    is_told = True
                    yield piece
                made.note = "" if is_told else MODEL_UNGROUNDED
            except ModelError:
                made.note = MODEL_AWAY
            if not made.note:
                return
            yield "\n\n" if is_told else ""
        elif model is not None:
            made.note = MODEL_USED_UP
        yield f"*{made.note}*\n\n" if made.note else ""
        yield from _quoted(extract(evidence, embedding.of(self._settings)).sentences, made)

    def _find(self, session: Session) -> Evidence:
        """Where the chat is about a lesson or a course, look there first."""
        asked, embedder = self._asked, embedding.of(self._settings)
        if asked.course_id is not None:
            here = retrieval.find(
                session, self._viewer, asked.searched, course_ids=[asked.course_id], embedder=embedder
            )
            if here.is_enough:
                return here
        return retrieval.find(session, self._viewer, asked.searched, embedder=embedder)

    def _worded(self, model: ModelEndpoint, passages: tuple[Passage, ...], made: _Made) -> Iterator[str]:
        """What the model says and its sources bear out."""
        question, history = self._asked.question, self._asked.history
        if not self._settings.tutor_sends_names:
            names = (self._viewer.full_name, self._viewer.first_name)
            question, history = without_names(question, names), without_names(history, names)
        made.model = model.model[:100]
        result = grounding.Checked(used=made.used)
        try:
            told = model.stream(grounding.messages(question, passages, history=history), made.usage)
            yield from grounding.checked(told, passages, result)
        finally:
            made.unsupported = result.unsupported


def _quoted(sentences: tuple[CitedSentence, ...], made: _Made) -> Iterator[str]:
    """The sentences that answer best, word for word, and where to read on."""
    numbers = {passage.embedding_id: number for number, passage in made.used.items()}
    for sentence in sentences:
        number = numbers.setdefault(sentence.passage.embedding_id, max(numbers.values(), default=0) + 1)
        made.used[number] = sentence.passage
        made.quotes.setdefault(number, sentence.text)
        yield f"> {one_line(sentence.text)} [{number}]\n\n"
    if sentences:
        yield f"Read on in **{one_line(citing.place(sentences[0].passage))}**."


def refusal(evidence: Evidence) -> str:
    """That there is too little to answer from, and what comes nearest."""
    if evidence.nearest is None:
        return "I don't find this in your courses. Join a course, or ask about one that you are in."
    return (
        f"I don't find this in your courses. The nearest is **{one_line(citing.place(evidence.nearest))}** "
        f"in {one_line(evidence.nearest.course_title)}."
    )


def _store(session: Session, viewer: Viewer, settings: Settings, asked: Asked, made: _Made, took: int) -> None:
    """The answer with its sources, the call with what it took, the event, and the chat's summary."""
    chat = chats.require(session, viewer.id, asked.chat_id)
    text = made.text.strip() or "You stopped this answer."
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
    call = AiInteraction(
        user_id=viewer.id,
        chat_session_id=asked.chat_id,
        interaction_type=InteractionType.QUERY,
        input_text=asked.question,
        output_text=text,
        context=_context(settings, asked, made),
        model_used=made.model,
        prompt_tokens=made.usage.prompt_tokens if made.model else None,
        tokens_used=made.usage.prompt_tokens + made.usage.completion_tokens if made.model else None,
        response_time_ms=took,
        is_refused=made.is_refused,
    )
    session.add(call)
    session.flush()
    session.add(
        RagChatMessage(
            session_id=asked.chat_id,
            role=ChatRole.ASSISTANT,
            content=text,
            citations=cited,
            ai_interaction_id=call.id,
            created_at=func.clock_timestamp(),
        )
    )
    chat.last_message_at = func.now()
    session.flush()
    chats.summarise(session, chat)
    where: dict[str, Any] = {"course_id": asked.course_id, "lesson_id": asked.lesson_id}
    events.record(session, "tutor_asked", viewer.id, data={"kind": "query", "answered": not made.is_refused}, **where)


def _context(settings: Settings, asked: Asked, made: _Made) -> dict[str, object]:
    usage = made.usage
    context: dict[str, object] = {
        "course_id": str(asked.course_id) if asked.course_id else None,
        "lesson_id": str(asked.lesson_id) if asked.lesson_id else None,
        "embedding_ids": [str(passage.embedding_id) for passage in made.used.values()],
        "prompt": "answer" if made.model else "extract",
        "unsupported": made.unsupported,
        "note": made.note,
    }
    if made.model:
        price = usage.prompt_tokens * settings.tutor_price_in + usage.completion_tokens * settings.tutor_price_out
        context["cost"] = round(price / 1000, 6)
    return context
