"""Trying an assessment as a learner would: answered and graded by the same rules, kept nowhere, counted nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import streamlit as st

from learncraft.accounts.viewer import Viewer
from learncraft.assessments import bank, code_running, draft_questions, grading, ordering, pools, reasons
from learncraft.assessments.code_shapes import CodeKey, CodeResponse
from learncraft.assessments.draft_questions import ReadyQuestion
from learncraft.assessments.drafting import OpenDraft
from learncraft.assessments.grading import Grade
from learncraft.assessments.models import QuestionType
from learncraft.assessments.shapes import Response
from learncraft.db import new_id
from learncraft.errors import UnavailableError
from learncraft.language import _, numbers
from learncraft.sandbox import current as sandbox
from pages.shared import frame, words
from pages.shared.render import plain, prose
from pages.teach.assessment_editor.fields import TRUTHS


@dataclass(frozen=True, slots=True)
class Tried:
    """A question as this try asks it."""

    id: UUID
    ready: ReadyQuestion


def show(viewer: Viewer, found: OpenDraft) -> None:
    """The questions that can be asked so far, with a grade for what is answered."""
    seed: UUID = st.session_state.setdefault(f"try-{found.id}", new_id())
    asked = _asked(found, seed)
    if not asked:
        frame.empty(_("Nothing to try yet"), _("Finish a question first."), "quiz")
        return
    st.caption(_("This counts nowhere and is kept nowhere. The order is one that a learner could get."))
    given = {one.id: _field(found, one, seed, place) for place, one in enumerate(asked, 1)}
    with st.container(horizontal=True):
        is_graded = st.button(_("Grade this"), type="primary", icon=":material/check:", key="try-grade")
        if st.button(_("Begin anew"), icon=":material/replay:", key="try-anew"):
            st.session_state[f"try-{found.id}"] = new_id()
            st.rerun()
    if is_graded:
        _grade(viewer, found, asked, given)


def _asked(found: OpenDraft, seed: UUID) -> list[Tried]:
    own = [(one.id, draft_questions.ready(one)[0]) for one in found.document.questions]
    asked = [Tried(name, ready) for name, ready in own if ready is not None]
    draws = found.document.draws
    if not draws:
        return _ordered(found, asked, seed)
    with frame.reading() as session:
        own_items = {one.bank_item_id for one in found.document.questions}
        there = bank.all_of(session, {draw.bank_id for draw in draws})
    items = {one.id: one for one in there if one.id not in own_items}
    pool = [pools.Drawable(one.id, one.bank_id, one.tags) for one in items.values()]
    chosen = pools.choose([(draw.bank_id, draw.tag, draw.count) for draw in draws], pool, seed)
    drawn = [(name, draft_questions.ready(items[name].draft)[0]) for name in chosen]
    return _ordered(found, asked + [Tried(name, ready) for name, ready in drawn if ready is not None], seed)


def _ordered(found: OpenDraft, asked: list[Tried], seed: UUID) -> list[Tried]:
    is_shuffled = found.document.settings.shuffle_questions
    return ordering.shuffled(asked, seed, lambda one: str(one.id)) if is_shuffled else asked


def _field(found: OpenDraft, one: Tried, seed: UUID, place: int) -> Response | None:
    ready, key = one.ready, f"try-{seed}-{one.id}"
    with st.container(border=True):
        st.caption(f"{_('Question {number}', number=place)} · {words.counted_points(ready.points)}")
        if ready.text_format == "html":
            prose(ready.text)
        else:
            st.markdown(ready.text)
        options = list(ready.options)
        if found.document.settings.shuffle_options:
            options = ordering.shuffled(options, ordering.mixed(seed, one.id), lambda option: option.id)
        texts = {option.id: option.text for option in options}
        raw: dict[str, Any] | None = None
        match ready.question_type:
            case QuestionType.MULTIPLE_CHOICE:
                chosen = st.radio(_("Your answer"), [*texts], index=None, format_func=texts.__getitem__, key=key)
                raw = {"option": chosen} if chosen else None
            case QuestionType.MULTI_SELECT:
                ticked = [name for name, text in texts.items() if st.checkbox(text, key=f"{key}-{name}")]
                raw = {"options": ticked} if ticked else None
            case QuestionType.TRUE_FALSE:
                said = st.radio(
                    _("Your answer"), list(TRUTHS), index=None, format_func=TRUTHS.__getitem__, key=key, horizontal=True
                )
                raw = {"value": said == "true"} if said else None
            case QuestionType.CODE if isinstance(ready.key, CodeKey):
                raw = {"code": st.text_area(_("Your program"), ready.key.starter, key=key, height=160)}
            case QuestionType.FILL_BLANK:
                typed = st.text_input(_("Your answer"), key=key)
                raw = {"text": typed} if typed else None
            case _:
                written = st.text_area(_("Your answer"), key=key)
                raw = {"text": written} if written else None
    return grading.parse_response(ready.question_type, raw) if raw else None


def _grade(viewer: Viewer, found: OpenDraft, asked: list[Tried], given: dict[UUID, Response | None]) -> None:
    earned = worth = grading.NO_POINTS
    lines, for_people = [], 0
    for place, one in enumerate(asked, 1):
        ready, response = one.ready, given[one.id]
        worth += ready.points
        if grading.needs_person(ready.key, response):
            for_people += 1
            lines.append(f":material/rate_review: **{place}** · {_('People mark this.')}")
            continue
        grade = _grade_of(viewer, ready, response)
        if grade is None:
            words_now = _("The program can't be run now. Try again in a moment.")
            lines.append(f":material/hourglass: **{place}** · {words_now}")
            continue
        earned += grade.points
        mark = "check" if grade.is_correct else "close"
        lines.append(f":material/{mark}: **{place}** · {plain(reasons.said(grade.reason.splitlines()[0]))}")
    percent = grading.percent(earned, worth)
    is_passed = grading.is_passing(percent, Decimal(found.document.settings.passing_score))
    result = _(
        "{earned} of {points}, {percent} %",
        earned=numbers.plain_number(earned),
        points=words.counted_points(worth),
        percent=numbers.number(percent),
    )
    verdict = _("passed") if is_passed else _("not passed")
    open_words = _("{count} for people to mark", count=for_people) if for_people else ""
    st.info(f"{result}: {', '.join(filter(None, [verdict, open_words]))}.", icon=":material/grading:")
    for line in lines:
        st.markdown(line)


def _grade_of(viewer: Viewer, ready: ReadyQuestion, response: Response | None) -> Grade | None:
    if isinstance(ready.key, CodeKey) and isinstance(response, CodeResponse) and grading.needs_run(ready.key, response):
        try:
            with st.spinner(_("Running the program…")):
                results = code_running.run_tests(
                    sandbox.current(), ready.key, response.code, with_hidden=True, who=viewer.id
                )
        except UnavailableError:
            return None
        return code_running.grade_of(ready.points, results)
    return grading.grade(grading.GradedQuestion(ready.key, ready.points), response)
