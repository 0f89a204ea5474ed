"""The answer to a stored question: from the language model where one answers, else in the words of the course.

It is committed when it is whole, or as far as it came when its reader stopped it. Nothing reaches the reader that a
source doesn't bear out (grounding.py).
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from itertools import takewhile
from threading import Event

from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.assessments.models import TutorHelp
from learncraft.db import Database
from learncraft.settings import Settings
from learncraft.tutor import embedding, endpoint, grounding, hints, material, modes, personas, recording, retrieval
from learncraft.tutor.asking import Asked
from learncraft.tutor.endpoint import ModelEndpoint, ModelError, Usage
from learncraft.tutor.inert import one_line
from learncraft.tutor.material import Material
from learncraft.tutor.models import InteractionType
from learncraft.tutor.personal import without_names
from learncraft.tutor.retrieval import Evidence, Passage

MODEL_AWAY = "The language model isn't answering, so here are the course's own words."
MODEL_USED_UP = "Your answers of the language model are used up for today, so here are the course's own words."
MODEL_UNGROUNDED = "What the language model said isn't borne out by your courses, so here are their own words."
STOPPING = 5.0  # seconds that a reader who stops an answer waits for it to be stored
EXAM_OPEN = "You have “{title}” open, which is taken without the tutor. It answers again once that is handed in."


@dataclass(slots=True)
class Made:
    """An answer in the making."""

    text: str = ""
    used: dict[int, Passage] = field(default_factory=dict)
    quotes: dict[int, str] = field(default_factory=dict)
    model: str | None = None
    usage: Usage = field(default_factory=Usage)
    unsupported: int = 0
    is_refused: bool = False
    note: str = ""
    about: Passage | None = None


class Answer:
    """The answer to a stored question, in pieces. It is stored when the pieces end, also when they end early."""

    def __init__(self, database: Database, viewer: Viewer, settings: Settings, asked: Asked) -> None:
        self._database = database
        self._viewer = viewer
        self._settings = settings
        self._asked = asked
        self._is_stopped = Event()
        self._is_stored = Event()

    def stop(self) -> None:
        """End the answer from another thread, and wait until what was read is stored."""
        self._is_stopped.set()
        self._is_stored.wait(STOPPING)

    def pieces(self) -> Generator[str, None, None]:
        """The answer as it comes.

        Raises:
            UnavailableError: the database went away; the question is stored.
        """
        made, began = Made(), time.monotonic()
        try:
            for piece in self._answer(made):
                made.text += piece
                yield piece
        finally:  # whoever stops reading keeps what they have read
            took = int((time.monotonic() - began) * 1000)
            self._database.run(
                lambda session: recording.store(session, self._viewer, self._settings, self._asked, made, took),
                who=self._viewer.acting(),
            )
            self._is_stored.set()

    def _answer(self, made: Made) -> Iterator[str]:
        opened = self._asked.open_attempt
        if opened is not None and opened.help == TutorHelp.NOTHING:
            made.is_refused = True
            yield EXAM_OPEN.format(title=one_line(opened.title))
            return
        with self._database.reading(self._viewer.acting()) as session:
            found = self._material(session)
        made.is_refused, made.about = found.is_refused, found.about
        model = endpoint.of(self._settings) if found.sources else None
        if model is not None and self._asked.may_use_model:
            is_told = False
            try:
                for piece in self._worded(model, found, made):
                    is_told = True
                    yield piece
                made.note = "" if is_told or self._is_stopped.is_set() else MODEL_UNGROUNDED
            except ModelError:
                made.note = MODEL_AWAY
            if not made.note:
                return
            yield "\n\n" if is_told else ""
        elif model is not None:
            made.note = MODEL_USED_UP
        yield f"*{made.note}*\n\n" if made.note else ""
        yield from material.pieces(found, made.used, made.quotes)

    def _material(self, session: Session) -> Material:
        """What the answer is made of, by what was asked for and what the open attempt allows."""
        asked, viewer, embedder = self._asked, self._viewer, embedding.of(self._settings)
        if asked.subject is not None:
            return hints.material(session, viewer, asked.subject, asked.step, embedder)
        if asked.kind == InteractionType.RECOMMENDATION:
            return modes.recommended(session, viewer, asked.course_id)
        if asked.kind == InteractionType.SUMMARY and asked.lesson_id is not None and not self._only_points(None):
            return modes.summarised(session, viewer, asked.lesson_id, asked.searched, embedder)
        found = self._find(session)
        if asked.open_attempt is not None and self._only_points(found):
            return modes.pointed(found, asked.open_attempt.title)
        if asked.kind == InteractionType.EXPLANATION:
            return modes.explained(found, embedder, quoted=asked.quoted, manner=personas.manner(asked.persona))
        return modes.answered(found, embedder)

    def _only_points(self, found: Evidence | None) -> bool:
        """Whether an open attempt of the same course allows hints alone."""
        opened = self._asked.open_attempt
        if opened is None or opened.help != TutorHelp.HINTS:
            return False
        return found is None or any(one.course_id == opened.course_id for one in found.passages)

    def _find(self, session: Session) -> Evidence:
        """Where the chat is about a lesson or a course, look there first."""
        asked, embedder = self._asked, embedding.of(self._settings)
        if asked.course_id is not None:
            here = retrieval.find(
                session,
                self._viewer,
                asked.searched,
                course_ids=[asked.course_id],
                persona=asked.persona,
                embedder=embedder,
            )
            if here.is_enough:
                return here
        return retrieval.find(session, self._viewer, asked.searched, persona=asked.persona, embedder=embedder)

    def _worded(self, model: ModelEndpoint, found: Material, made: Made) -> Iterator[str]:
        """What the model says and its sources bear out; of a hint, what doesn't give the key away."""
        asked = self._asked
        question, history = (asked.searched if asked.subject else asked.question), asked.history
        if asked.kind == InteractionType.EXPLANATION:
            question = asked.searched
        if not self._settings.tutor_sends_names:
            names = (self._viewer.full_name, self._viewer.first_name)
            question, history = without_names(question, names), without_names(history, names)
        made.model = model.model[:100]
        result = grounding.Checked(used=made.used, comparisons=found.comparisons)
        try:
            task = found.task.replace("{mark}", result.mark)
            prompt = grounding.messages(question, found.sources, history=history, manner=task)
            told = takewhile(lambda _: not self._is_stopped.is_set(), model.stream(prompt, made.usage))
            said = grounding.checked(told, found.sources, result)
            yield from said if asked.subject is None else hints.without_secrets(said, asked.subject)
        finally:
            made.unsupported = result.unsupported
