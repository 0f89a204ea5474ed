"""What a part of a lesson looks like: drawn by one code for who learns, and for who writes and wants to see it so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import streamlit as st

from learncraft.assessments.models import AssessmentType
from learncraft.assessments.views import LessonAssessment
from learncraft.courses.blocks import Block
from learncraft.courses.shapes import Resource
from learncraft.enrollment.queries import LessonView
from learncraft.language import _, numbers
from pages.shared import words
from pages.shared.render import plain

Parts = list[tuple[str, list[Block]]]


def facts(lesson: LessonView) -> str:
    """Where the lesson stands, and how long it takes where its author has said so."""
    takes = [words.minutes(lesson.duration_minutes)] if lesson.duration_minutes else []
    return " · ".join([plain(lesson.module_title), *takes])


def part(lesson: LessonView, parts: Parts, number: int, show: Callable[[Block], None]) -> None:
    """A part's head, what the lesson is for, and the part's blocks, each as `show` draws it."""
    title, blocks = parts[number - 1]
    if len(parts) > 1:
        st.caption(_("Part {number} of {parts}", number=number, parts=len(parts)))
    if title:
        st.subheader(plain(title), anchor=False)
    if lesson.description.strip() and number == 1:
        st.markdown(plain(lesson.description.strip()))
    if lesson.learning_objectives and number == 1:
        lines = "\n".join(f"- {plain(line)}" for line in lesson.learning_objectives)
        st.markdown(_("After this lesson you can\n{lines}", lines=lines))
    for one in blocks:
        with st.container(key=f"block-{one.id}"):
            show(one)
    if lesson.resources and number == len(parts):
        st.markdown(f"**{_('To read beside it')}**\n" + "\n".join(f"- {_resource(one)}" for one in lesson.resources))


def _resource(one: Resource) -> str:
    """A resource as a link, if it has an address that a link may have."""
    if not one.url.startswith(("https://", "http://", "mailto:", "/")):
        return plain(one.title)
    return f"[{plain(one.title)}](<{one.url.replace('<', '%3C').replace('>', '%3E')}>)"


def quiz_window(quiz: LessonAssessment, time_zone: str, now: datetime) -> str:
    """When it can be taken, as the learner's clocks show it; nothing where it always can."""
    opens, closes = quiz.available_from, quiz.available_until
    if closes is not None and now >= closes:
        return _("It closed on {closes}.", closes=words.exact(closes, time_zone))
    said = []
    if opens is not None and now < opens:
        said.append(_("It opens on {opens}.", opens=words.exact(opens, time_zone)))
    if closes is not None:
        said.append(_("It closes on {closes}.", closes=words.exact(closes, time_zone)))
    return " ".join(said)


def quiz_facts(quiz: LessonAssessment, time_zone: str) -> None:
    """What a quiz asks of the learner, and the best result so far."""
    st.markdown(f":material/quiz: **{plain(quiz.title)}**")
    facts = [words.counted(quiz.questions, "question")]
    if quiz.assessment_type == AssessmentType.PRACTICE:
        facts.append(_("practice, doesn't count"))
    else:
        facts.append(_("pass with {percent} %", percent=numbers.number(quiz.passing_score)))
    if quiz.time_limit_minutes:
        facts.append(words.minutes(quiz.time_limit_minutes))
    if quiz.attempts_left is not None:
        facts.append(_("{attempts} left", attempts=words.counted(quiz.attempts_left, "attempt")))
    st.caption(" · ".join(facts))
    if window := quiz_window(quiz, time_zone, datetime.now(UTC)):
        st.caption(f":material/schedule: {window}")
    if quiz.best_percent is not None:
        is_passed = quiz.best_percent >= quiz.passing_score
        st.badge(
            _(
                "Best result: {best_percent} %{passed}",
                best_percent=numbers.number(quiz.best_percent),
                passed=" · " + _("passed") if is_passed else "",
            ),
            icon=":material/check_circle:" if is_passed else ":material/replay:",
            color="green" if is_passed else "orange",
        )
