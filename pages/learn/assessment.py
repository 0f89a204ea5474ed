"""A quiz: answer, hand in, understand the result. What is typed is saved within a second (answer_sheet)."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

import streamlit as st

from learncraft.assessments import handed_in, marking, queries, reasons, service
from learncraft.assessments.code_shapes import CodeKey, CodeResponse
from learncraft.assessments.models import AttemptStatus, QuestionType
from learncraft.assessments.shapes import (
    AcceptedNumber,
    AcceptedPattern,
    AcceptedText,
    BlankKey,
    BlankResponse,
    RubricKey,
    TruthKey,
    TruthResponse,
    WrittenResponse,
)
from learncraft.assessments.views import AskedQuestion, AttemptResult, AttemptView, ReviewedQuestion
from learncraft.language import _, numbers
from pages.learn import answer_sheet, code_question, hints_beside
from pages.shared import frame, people, words
from pages.shared.addresses import uuid_of
from pages.shared.render import plain, prose

viewer = people.viewer()
attempt_id: UUID = frame.require(uuid_of(st.query_params.get("attempt")), what="attempt")
with frame.reading() as session:
    attempt = frame.require(queries.attempt_for(session, viewer, attempt_id), what="attempt")
    takes_files = any(question.upload for question in attempt.questions)
    files = handed_in.files_of(session, attempt_id) if takes_files else []
    had = hints_beside.had(session, viewer, attempt) if attempt.is_open else {}


def ask(question: AskedQuestion) -> None:
    """One question with the field of its type, holding what was saved."""
    with st.container(border=True):
        st.caption(
            _(
                "Question {place} · {counted_points}",
                place=question.place,
                counted_points=words.counted_points(question.points),
            )
        )
        text(question)
        if question.rubric:
            rubric(question)
        if question.code:
            code_question.asked(question.code)
        if question.question_type == QuestionType.MULTI_SELECT:
            st.caption(_("Tick all that are right."))
        if answer_sheet.has_formulas(question):
            for place, option in enumerate(question.options):
                st.markdown(f"**{answer_sheet.letter(place)}** · {option.text}")
        answer_sheet.field(attempt, question, files)
        hints_beside.of(viewer, attempt, question, had.get(question.id, []))


def rubric(question: AskedQuestion) -> None:
    """By what people will mark this answer."""
    with st.expander(_("How this is marked"), icon=":material/rule:"):
        for criterion in question.rubric:
            best = max(level.points for level in criterion.levels)
            st.markdown(_("**{title}** · up to {best}", title=plain(criterion.title), best=marking.plain(best)))
            if criterion.description:
                st.caption(plain(criterion.description))
            st.markdown(
                "\n".join(f"- {plain(level.title)} ({marking.plain(level.points)})" for level in criterion.levels)
            )


def text(question: AskedQuestion | ReviewedQuestion) -> None:
    """What is asked."""
    if question.content_format == "html":
        prose(question.content)
    else:
        st.markdown(question.content)


def under_way(attempt: AttemptView) -> None:
    """The questions, and the way to hand in. Nothing here runs while the learner writes."""
    facts = [
        words.counted(len(attempt.questions), "question"),
        _("pass with {percent} %", percent=numbers.number(attempt.passing_score)),
    ]
    if attempt.max_attempts:
        facts.append(_("attempt {number} of {all}", number=attempt.attempt_number, all=attempt.max_attempts))
    if attempt.extra_seconds:
        facts.append(_("{minutes} of extra time", minutes=words.minutes(round(attempt.extra_seconds / 60))))
    frame.head(plain(attempt.title), " · ".join(facts))
    answer_sheet.bar(attempt)
    if attempt.description:
        st.markdown(attempt.description)
    for question in attempt.questions:
        ask(question)
    answer_sheet.hand_in(attempt)
    back_to_lesson(attempt)


def back_to_lesson(attempt: AttemptView) -> None:
    """The way back; an open attempt goes on when the learner returns."""
    st.page_link(
        "pages/learn/lesson.py",
        label=_("Back to the lesson"),
        icon=":material/arrow_back:",
        query_params={"id": str(attempt.lesson_id)},
    )


def waiting(attempt: AttemptView) -> None:
    """Handed in, and the result is still to come."""
    frame.head(plain(attempt.title), _("Attempt {attempt_number}", attempt_number=attempt.attempt_number))
    st.success(_("Handed in. Everything that was saved counts."), icon=":material/check_circle:")
    if code_question.grade(attempt):
        st.rerun()
    if attempt.status == AttemptStatus.SUBMITTED:
        st.markdown(_("People mark some of the answers. You find the result here when they have."))
    else:
        st.markdown(_("The results are shown to everybody at once. You find yours here then."))
    back_to_lesson(attempt)


def close_overdue() -> None:
    """Grade an attempt whose time is over and whose learner comes back before the server has closed it."""
    with frame.action() as session:
        service.submit_attempt(session, learner_id=viewer.id, attempt_id=attempt_id)
    st.rerun()


def result(found: AttemptResult) -> None:
    """The score, why, and what comes next."""
    frame.head(plain(found.title), _("Result of attempt {attempt_number}", attempt_number=found.attempt_number))
    if found.is_passing:
        st.success(_("Passed with {percent} %.", percent=numbers.number(found.percent)), icon=":material/check_circle:")
    else:
        st.warning(
            _(
                "{percent} %, and {passing_score} % are needed to pass.",
                percent=numbers.number(found.percent),
                passing_score=numbers.number(found.passing_score),
            ),
            icon=":material/replay:",
        )
    first, second, third = st.columns(3)
    first.metric(
        _("Points"),
        _(
            "{score} of {total}",
            score=numbers.plain_number(found.score),
            total=numbers.plain_number(found.total_points),
        ),
        border=True,
    )
    second.metric(_("Result"), words.percent(found.percent / 100), border=True)
    third.metric(
        _("Time"),
        _("{minutes} min {seconds} s", minutes=found.time_taken_seconds // 60, seconds=found.time_taken_seconds % 60),
        border=True,
    )
    st.page_link(
        "pages/learn/lesson.py",
        label=_("Back to “{lesson_title}”", lesson_title=plain(found.lesson_title)),
        icon=":material/arrow_back:",
        query_params={"id": str(found.lesson_id)},
    )
    for grading in found.regradings:
        st.info(
            _(
                "Graded anew {when}: {reason} Before {counted_points} ({old_percent} %), "
                "now {new_score} ({new_percent} %).",
                when=words.when(grading.graded_at, viewer.time_zone),
                reason=plain(grading.reason),
                counted_points=words.counted_points(grading.old_score),
                old_percent=numbers.number(grading.old_percent),
                new_score=marking.plain(grading.new_score),
                new_percent=numbers.number(grading.new_percent),
            ),
            icon=":material/history:",
        )
    if found.answers_from is not None:
        closes = words.exact(found.answers_from, viewer.time_zone)
        st.info(
            _("The answers are shown once this assessment has closed: {closes}.", closes=closes),
            icon=":material/schedule:",
        )
    elif not found.shows_answers:
        st.info(_("The answers of this assessment are not shown."), icon=":material/visibility_off:")
    for question in found.questions:
        review(question)


def review(question: ReviewedQuestion) -> None:
    """One question with the answer, the key and the reason for its points."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.caption(_("Question {place}", place=question.place))
            if question.is_correct:
                st.badge(_("Right"), icon=":material/check:", color="green")
            elif question.earned > 0:
                st.badge(_("Partly right"), icon=":material/contrast:", color="orange")
            else:
                st.badge(_("Not right"), icon=":material/close:", color="red")
        text(question)
        for option in question.options:
            mark = (
                ":material/check:"
                if option.is_right
                else (":material/close:" if option.is_chosen else ":material/remove:")
            )
            said = " · " + _("your answer") if option.is_chosen else ""
            st.markdown(f"{mark} {option.text}{said}" + (f"  \n{option.feedback}" if option.feedback else ""))
        if not question.options:
            own_words(question)
        if isinstance(question.key, CodeKey):
            code_question.verdict(question.reason)
        else:
            for paragraph in question.reason.split("\n\n"):
                st.caption(plain(reasons.said(paragraph)))
        if question.explanation:
            with st.container(border=True):
                st.markdown(_("**Why**"))
                if question.content_format == "html":
                    prose(question.explanation)
                else:
                    st.markdown(question.explanation)


def own_words(question: ReviewedQuestion) -> None:
    """The answer and the key of a question without options."""
    if isinstance(question.response, TruthResponse):
        st.markdown(_("Your answer: **{value}**", value=question.response.value))
    elif isinstance(question.response, WrittenResponse):
        written(question.response)
    elif isinstance(question.response, CodeResponse):
        code_question.written(question.response)
    elif isinstance(question.response, BlankResponse) and question.response.text:
        st.markdown(_("Your answer: **{text}**", text=plain(question.response.text)))
    else:
        st.markdown(_("You gave no answer."))
    if isinstance(question.key, TruthKey):
        st.markdown(_("Right is: **{value}**", value=question.key.value))
    elif isinstance(question.key, CodeKey):
        code_question.solution(question.key)
    elif isinstance(question.key, RubricKey) and question.key.sample:
        st.markdown(_("**A good answer**"))
        st.markdown(question.key.sample)
    elif isinstance(question.key, BlankKey):
        st.markdown(_("Right is: {list}", list=_(" or ").join(accepted(one) for one in question.key.accepted)))


def written(response: WrittenResponse) -> None:
    """What was written, as it was typed, and the files given with it."""
    if response.text.strip():
        with st.container(border=True):
            st.text(response.text)
    for one in files:
        if one.id in response.files:
            st.markdown(
                f":material/attach_file: [{plain(one.name)}](/attempts/{attempt_id}/files/{one.id}/{quote(one.name)})"
            )


def accepted(one: AcceptedText | AcceptedNumber | AcceptedPattern) -> str:
    """One accepted answer in words."""
    match one:
        case AcceptedText():
            return f"**{plain(one.text)}**"
        case AcceptedNumber(tolerance=tolerance):
            return f"**{one.value}**" + (f" (± {tolerance})" if tolerance else "")
        case AcceptedPattern():
            return _("what matches `{pattern}`", pattern=one.pattern)


if attempt.is_open:
    under_way(attempt)
else:
    if attempt.is_overdue and attempt.status == AttemptStatus.IN_PROGRESS:
        close_overdue()
    with frame.reading() as session:
        found = queries.result_for(session, viewer.id, attempt_id)
    if found is None:
        waiting(attempt)
    else:
        result(found)
