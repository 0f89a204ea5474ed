"""A ladder of hints for a question or a lab: where to look, the idea, an example. No step gives the key away.

The key is compared with what a hint would say, on the server, and reaches neither the learner nor a model.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.assessments.live import AskedAbout
from learncraft.assessments.models import TutorHelp
from learncraft.courses.models import Lesson, Module
from learncraft.errors import InvalidInputError
from learncraft.labs.models import Lab, LabSession
from learncraft.tutor import citing, plain_text, retrieval, sentences
from learncraft.tutor.embedding import Embedder, built_in
from learncraft.tutor.extracting import SHORTEST
from learncraft.tutor.inert import one_line
from learncraft.tutor.material import Line, Material
from learncraft.tutor.models import AiInteraction, InteractionType
from learncraft.tutor.retrieval import Evidence, Passage

STEPS = 3
_LITTLE = 3  # letters of words such as "the", which tell nothing where there are others
_LONG_SECRET = 4  # words from which on most of them give a wording away, in any order
_MOST_OF_IT = 0.75
_SAME = 0.6  # of a statement's words in one sentence: it says the same, or the opposite
_SENTENCES = 2
SHORTEST_LINE = 8  # characters of a line of a solution that tells anything

OFF = "This is taken without the tutor. It answers again once you have handed in."
TRY_FIRST = "Answer it as well as you can first: the next hint comes once you have tried."
NOTHING_SAFE = "What your course says about it would give the answer away. Read **{place}** again, then try."
TASK = (
    "This is a question of a quiz that the learner is taking. Do not answer it, and do not say which option is right "
    "or wrong. Explain the idea behind it in two or three sentences, with an example about something else. "
    "End the sentence of the example with [~{mark}]."
)


class HintsOffError(InvalidInputError):
    """The rule of the assessment allows no hint, or not yet."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a hint is wanted for: a question of an open attempt, or a lab."""

    id: UUID
    course_id: UUID
    lesson_id: UUID
    title: str  # what the record says was asked
    text: str
    secrets: tuple[str, ...]
    is_statement: bool = False
    author_says: str = ""  # the author's own hint
    attempt_id: UUID | None = None
    lab_session_id: UUID | None = None


def of_question(asked: AskedAbout) -> Subject:
    """A question as the ladder sees it."""
    text = plain_text.of_html(asked.text) if "<" in asked.text else asked.text
    return Subject(
        asked.question_id,
        asked.course_id,
        asked.lesson_id,
        one_line(text)[:300],
        text,
        asked.secrets,
        asked.is_statement,
        attempt_id=asked.attempt_id,
    )


def check_allowed(asked: AskedAbout, step: int) -> None:
    """Whether the assessment's rule allows the next hint.

    Raises:
        HintsOffError: it doesn't, or not before the learner has tried.
    """
    if asked.help == TutorHelp.NOTHING:
        raise HintsOffError(OFF)
    if step > 1 and not asked.has_answer and not asked.is_practice:
        raise HintsOffError(TRY_FIRST)


def of_lab(session: Session, viewer: Viewer, lesson_id: UUID) -> Subject | None:
    """The lab of a lesson as the ladder sees it: the author's hint is that of the first check that isn't passed yet.

    The caller says who may read the lesson. One query.
    """
    row = session.execute(
        select(Lab, Module.course_id, LabSession.id, LabSession.validation_result)
        .join(Lesson, Lesson.id == Lab.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .outerjoin(LabSession, (LabSession.lab_id == Lab.id) & (LabSession.user_id == viewer.id))
        .where(Lab.lesson_id == lesson_id)
        .order_by(LabSession.created_at.desc().nulls_last())
        .limit(1)
    ).first()
    if row is None:
        return None
    lab, course_id, session_id, checked = row
    passed = {one["id"] for one in (checked or {}).get("results", ()) if one["is_met"]}
    open_checks = [one for one in lab.success_criteria if one["id"] not in passed and one.get("hint")]
    lines = (line.strip() for text in (lab.solution_files or {}).values() for line in text.split("\n"))
    return Subject(
        lab.id,
        course_id,
        lesson_id,
        lab.title,
        "\n".join(filter(None, (lab.title, lab.description, lab.instructions))),
        tuple(line for line in lines if len(line) >= SHORTEST_LINE),
        author_says=open_checks[0]["hint"] if open_checks else "",
        lab_session_id=session_id,
    )


def has_lab(session: Session, lesson_id: UUID) -> bool:
    """Whether a lesson has a lab to give hints for. One query."""
    return session.scalar(select(Lab.id).where(Lab.lesson_id == lesson_id)) is not None


def material(session: Session, viewer: Viewer, subject: Subject, step: int, embedder: Embedder) -> Material:
    """One step of the ladder, without a model; the last one may be worded by one. Three queries."""
    found = retrieval.find(
        session,
        viewer,
        f"{subject.text[:1_500]}",
        course_ids=[subject.course_id],
        limit=retrieval.LOOKED_INTO,
        embedder=embedder,
    )
    lesson = session.execute(
        select(Lesson.title, Lesson.learning_objectives).where(Lesson.id == subject.lesson_id)
    ).one_or_none()
    title, objectives = (lesson.title, list(lesson.learning_objectives)) if lesson else ("the lesson", [])
    here = [one for one in found.passages if one.lesson_id == subject.lesson_id] or list(found.passages)
    if not here:
        return Material(opening=f"Read **{one_line(title)}** again, then try.")
    if step <= 1:
        return _point(here, subject, title)
    if step == STEPS - 1:
        return _idea(here, subject, objectives, title)
    return _example(found, here, subject, title)


def _point(here: Sequence[Passage], subject: Subject, title: str) -> Material:
    """Where to look."""
    place = _place(here[0], subject, title)
    return Material((Line(f"Look again at {place}.", here[0], is_quote=False),), about=here[0])


def _place(passage: Passage, subject: Subject, title: str) -> str:
    """Where a passage stands, unless its heading would give the key away."""
    for place in (citing.place(passage), title):
        if not gives_away(place, subject):
            return one_line(place)
    return "the lesson before this"


def _idea(here: Sequence[Passage], subject: Subject, objectives: list[str], title: str) -> Material:
    """What it is about: the author's hint, else the lesson's objective that is nearest to it."""
    if subject.author_says and not gives_away(subject.author_says, subject):
        return Material((Line(subject.author_says, here[0], is_quote=False),), about=here[0])
    safe = [one for one in objectives if not gives_away(one, subject)]
    if safe:
        asked, *vectors = built_in().embed([subject.text, *safe])
        nearest = max(zip(safe, vectors, strict=True), key=lambda pair: float(pair[1] @ asked))[0]
        said = f"It is about what this lesson is for: {nearest[:1].lower()}{nearest[1:].rstrip('.')}."
        return Material((Line(said, here[0], is_quote=False),), about=here[0])
    headings = [one for passage in here for one in passage.headings[1:] if not gives_away(one, subject)]
    if headings:
        said = f"Think of “{headings[0]}”: what does it do, and when do you need it?"
        return Material((Line(said, here[0], is_quote=False),), about=here[0])
    return _nothing(here[0], subject, title)


def _example(found: Evidence, here: Sequence[Passage], subject: Subject, title: str) -> Material:
    """Sentences of the course about the same idea that don't answer."""
    order = [*here, *(one for one in found.passages if one not in here)]
    weighed = sentences.weighed(subject.text, [sentences.Told(one.headings, one.text) for one in order], built_in())
    safe = [
        one
        for one in sorted(weighed, key=lambda one: -(one.overlap + 0.5 * one.cosine + 0.5 * order[one.place].score))
        if len(one.text) >= SHORTEST and not one.text.endswith((":", "?")) and not gives_away(one.text, subject)
    ]
    lines = list({one.text: Line(one.text, order[one.place]) for one in safe}.values())[:_SENTENCES]
    if not lines:
        return _nothing(here[0], subject, title)
    return Material(
        tuple(lines),
        opening="Your course says about it:",
        closing="What follows from that for the question?",
        sources=tuple(line.passage for line in lines),
        task=TASK,
        comparisons=1,
        about=here[0],
    )


def _nothing(passage: Passage, subject: Subject, title: str) -> Material:
    said = NOTHING_SAFE.format(place=_place(passage, subject, title))
    return Material((Line(said.replace("**", ""), passage, is_quote=False),), about=passage)


@dataclass(frozen=True, slots=True)
class Given:
    """A hint that was given, with the lessons that it leads to: (number, title, address)."""

    subject_id: UUID
    step: int
    text: str
    places: tuple[tuple[int, str, str], ...]


def given(session: Session, viewer_id: UUID, attempt_id: UUID) -> list[Given]:
    """The hints that the viewer had in an attempt, in order. One query."""
    rows = session.execute(
        select(AiInteraction.context, AiInteraction.output_text)
        .where(
            AiInteraction.user_id == viewer_id,
            AiInteraction.interaction_type == InteractionType.HINT,
            AiInteraction.context["attempt_id"].as_string() == str(attempt_id),
        )
        .order_by(AiInteraction.created_at, AiInteraction.id)
    )
    return [
        Given(UUID(told["object_id"]), int(told["step"]), said, tuple((n, t, a) for n, t, a in told["places"]))
        for told, said in rows
    ]


def next_step(session: Session, viewer_id: UUID, subject: Subject) -> int:
    """Which hint comes now; the last one comes again. One query."""
    wanted = select(func.count()).where(
        AiInteraction.user_id == viewer_id,
        AiInteraction.interaction_type == InteractionType.HINT,
        AiInteraction.context["object_id"].as_string() == str(subject.id),
    )
    if subject.attempt_id is not None:
        wanted = wanted.where(AiInteraction.context["attempt_id"].as_string() == str(subject.attempt_id))
    return min((session.scalar(wanted) or 0) + 1, STEPS)


def gives_away(text: str, subject: Subject) -> bool:
    """Whether a text says the key, or so much of it that it can be read off. Pure."""
    told = sentences.words(text)
    if subject.is_statement:
        asked = sentences.words(subject.text)
        return bool(asked) and len(told & asked) / len(asked) >= _SAME
    return any(_says(secret, text, told) for secret in subject.secrets)


def _says(secret: str, text: str, told: set[str]) -> bool:
    plain = " ".join(secret.split()).lower()
    if not any(letter.isalnum() for letter in plain):
        return False
    if plain in " ".join(text.split()).lower():
        return True
    every = sentences.words(secret)
    wanted = {word for word in every if len(word) > _LITTLE or not word.isalpha()} or every
    if not wanted:
        return False
    if len(wanted) < _LONG_SECRET:
        return wanted <= told
    return len(wanted & told) / len(wanted) >= _MOST_OF_IT


def without_secrets(pieces: Iterable[str], subject: Subject) -> Iterator[str]:
    """What a model says, sentence by sentence, less those that give the key away."""
    return (piece for piece in pieces if not gives_away(piece, subject))
