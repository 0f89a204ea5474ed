"""The assessment editor: what is asked, by which rules, and when learners see it. Everything typed is in a draft."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import streamlit as st

from learncraft.assessments import checking, drafting, pools, publishing, teaching
from learncraft.assessments.checking import Pool, Problem
from learncraft.assessments.draft_shapes import DraftDraw
from learncraft.assessments.drafting import OpenDraft
from learncraft.assessments.models import AssessmentType
from learncraft.authoring import placing
from learncraft.authoring.placing import Place, Standing
from learncraft.courses import publication
from learncraft.language import Spoken, _
from pages.shared import frame, navigation, people, unsent, words
from pages.shared.addresses import uuid_of
from pages.shared.render import plain
from pages.teach import solutions
from pages.teach.assessment_editor import from_banks, questions, settings, trying

viewer = people.viewer(*navigation.TEACHERS)
PARTS = Spoken({"questions": "Questions", "bank": "From the bank", "settings": "Settings", "try": "Try it"})


def all_of_mine() -> None:
    """Without an address: what there is, and the way to a new one."""
    frame.head(_("Assessments"), _("Quizzes, exams and assignments of your courses. Learners see what is published."))
    with frame.reading() as session:
        lesson_id = uuid_of(st.query_params.get("lesson"))
        lessons = teaching.lessons_of(session, viewer)
        rows = teaching.assessments_of(session, viewer, search=st.session_state.get("assessments-q", ""))
    if not lessons:
        frame.empty(_("No lesson yet"), _("An assessment belongs to a lesson. Make a course first."), "co_present")
        return
    with st.popover(_("New assessment"), icon=":material/add:", type="primary", key="new-assessment"):
        new(lessons, lesson_id)
    st.text_input(_("Search"), key="assessments-q", icon=":material/search:", live=True, width=360)
    if not rows:
        frame.empty(_("None found"), _("Make one, or search for other words."), "quiz")
    for row in rows:
        with st.container(border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            state = "" if row.is_published else f" :gray-badge[:material/edit: {_('Not published')}]"
            drafted = f" :blue-badge[:material/edit_note: {_('Unpublished changes')}]" if row.has_changes else ""
            where = f"{settings.TYPES[row.kind]} · {plain(row.course)} · {plain(row.lesson)}"
            st.markdown(f"**{plain(row.title)}**{state}{drafted}  \n:small[{where}]")
            # A link to the same page leads nowhere.
            if st.button(_("Open"), icon=":material/edit:", key=f"open-{row.id}"):
                st.query_params.from_dict({"id": str(row.id)})
                st.rerun()
    if len(rows) == teaching.MOST_LISTED:
        st.caption(_("The {count} that were changed last. Search for others.", count=len(rows)))


def new(lessons: dict[UUID, str], lesson_id: UUID | None) -> None:
    """Title, kind and place of a new assessment."""
    names = [*lessons]
    with st.form("new-assessment-form", border=False):  # so that Enter makes it
        chosen = st.selectbox(
            _("Lesson"),
            names,
            names.index(lesson_id) if lesson_id in lessons else 0,
            format_func=lessons.__getitem__,
            key="new-lesson",
        )
        kind = st.selectbox(_("Kind"), list(settings.TYPES), format_func=settings.TYPES.__getitem__, key="new-type")
        title = st.text_input(_("Title"), key="new-title", max_chars=500)
        is_sent = st.form_submit_button(_("Make it"), type="primary", key="new-make")
    if is_sent:
        with frame.action(_("Write the first question")) as session:
            made = drafting.create(
                session,
                viewer,
                lesson_id=chosen,
                title=title or "",
                assessment_type=kind or AssessmentType.QUIZ,
            )
        st.query_params.from_dict({"id": str(made)})
        st.rerun()


def one(found: OpenDraft, problems: list[Problem], where: Place, free: Mapping[DraftDraw, Pool]) -> None:
    """One assessment: its state, what keeps it from being published, and the part that is open."""
    title = found.document.settings.title.strip() or _("No title yet")
    frame.head(plain(title), f"{plain(found.course)} · {plain(found.lesson)}")
    unsent.as_it_is_typed()
    frame.show_kept_error()
    state(found, problems, where)
    part = st.segmented_control(
        _("Part"),
        list(PARTS),
        default="questions",
        format_func=PARTS.__getitem__,
        key="part",
        label_visibility="collapsed",
        required=True,
        bind="query-params",
    )
    if part == "settings":
        settings.show(viewer, found, is_frozen=where.is_in_review)
    elif part == "bank":
        from_banks.show(viewer, found, free, is_frozen=where.is_in_review)
    elif part == "try":
        trying.show(viewer, found)
    else:
        questions.show(viewer, found, problems, is_frozen=where.is_in_review)


def state(found: OpenDraft, problems: list[Problem], where: Place) -> None:
    """Whether learners see it, and the ways to change that."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if found.is_published:
            st.badge(_("Published"), icon=":material/public:", color="green")
        else:
            st.badge(_("Not published"), icon=":material/edit:", color="gray")
        if found.has_changes and found.edited_at is not None:
            when = words.when(found.edited_at, viewer.time_zone)
            is_own = found.edited_by == viewer.full_name
            st.caption(
                _("Draft kept {when}", when=when)
                if is_own
                else _("Draft kept {when} by {name}", when=when, name=plain(found.edited_by))
            )
        if not where.is_in_review:
            ways(found, problems, where)
        if found.is_published or found.asked:
            st.page_link(
                "pages/teach/grading.py",
                label=_("Attempts"),
                icon=":material/assignment_turned_in:",
                query_params={"assessment": str(found.id)},
            )
    placed(found, where)
    if problems:
        with st.expander(
            _("{things} to mend before publishing", things=words.counted(len(problems), "thing")),
            icon=":material/checklist:",
        ):
            for problem in problems:
                place = f"{_('Question {number}', number=problem.place)}: " if problem.place else ""
                st.markdown(f"- {place}{plain(problem.sentence)}")


def ways(found: OpenDraft, problems: list[Problem], where: Place) -> None:
    """Publish it by itself, where that is open to the viewer; back to what is published; hide it."""
    is_new = found.has_changes or not found.is_published
    if is_new and not publication.needs_review(viewer):
        if st.button(
            _("Publish"),
            type="primary",
            icon=":material/public:",
            key="publish",
            disabled=bool(problems),
            help=_("Learners get it at once, without the rest of the course."),
        ):
            publish(found)
    elif not is_new and where.standing == Standing.SEEN:
        st.caption(_("Learners have what you see here."))
    if found.has_changes and found.is_published:
        with st.popover(_("Discard changes"), icon=":material/undo:", key="discard"):
            st.markdown(_("What isn't published is forgotten. Learners notice nothing."))
            st.button(_("Forget my changes"), key="discard-sure", on_click=discard, args=(found.id, found.edited_at))
    if found.is_published:
        again = _("To show it again takes a review.") if publication.needs_review(viewer) else None
        if st.button(_("Unpublish"), key="unpublish", type="tertiary", help=again):
            with frame.action(_("Learners don't see it any more")) as session:
                publishing.unpublish(session, viewer, found.id)
            st.rerun()


def placed(found: OpenDraft, where: Place) -> None:
    """When learners get what is written; or what is missing until they find it."""
    if where.standing == Standing.NOWHERE:
        nowhere(found, where)
        return
    said = when_out(found, where)
    if said is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(said)
        st.page_link(
            "pages/teach/review.py",
            label=_("Checklist and review"),
            icon=":material/fact_check:",
            query_params={"course": str(found.course_id)},
        )
        if where.is_hidden and not where.is_in_review and publication.needs_review(viewer):
            show_again(found)


def show_again(found: OpenDraft) -> None:
    """Bring a hidden assessment back, by way of a review."""
    if st.button(_("Show it again"), icon=":material/visibility:", key="show-again"):
        with frame.action(_("Learners get it with the course, once a review has approved it")) as session:
            placing.show_again(session, viewer, found.id)
        st.rerun()


def when_out(found: OpenDraft, where: Place) -> str | None:
    """When learners get what is written; None when they have it."""
    said = None
    if where.is_in_review:
        frozen = _("The course is in review, so this stays as it is. Take it out of the review to change it.")
        return f":material/hourglass: {frozen}"
    if where.is_hidden:
        said = (
            _("It is hidden from learners, and stays hidden until you publish it here."),
            _("It is hidden from learners, and stays hidden until you show it again."),
        )
    elif where.standing == Standing.NEXT or not found.is_published:
        said = (
            _("Learners get it with the next publication of the course."),
            _("Learners get it with the course, once a review has approved it."),
        )
    elif found.has_changes:
        said = (
            _("Your changes go out with the next publication of the course, or by themselves."),
            _("Your changes go out with the course, once a review has approved it."),
        )
    return said and said[publication.needs_review(viewer)]


def nowhere(found: OpenDraft, where: Place) -> None:
    """No block shows it: the way to put it into its lesson."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f":orange[:material/visibility_off:] {_('No block of its lesson shows it, so learners do not find it.')}"
        )
        if not where.is_in_review and st.button(
            _("Put it into the lesson"), icon=":material/add:", key="put-into-lesson"
        ):
            with frame.action(
                _("It stands at the end of the lesson. Learners see it once the course is published")
            ) as session:
                placing.put(session, viewer, found.id)
            st.rerun()


def discard(found_id: UUID, seen: datetime | None) -> None:
    """Forget the draft as it was shown: this run may find it changed by somebody else already."""
    with frame.saving() as session:
        if session is not None:
            drafting.discard(session, viewer, found_id, seen=seen)
            frame.notify(_("Back to what is published"))


def publish(found: OpenDraft) -> None:
    """First run each solution: points that the author's own program can't reach, nobody can."""
    if failed := solutions.failing(viewer, found.document):
        st.error(" ".join([_("It is not published."), *failed]), icon=":material/error:")
        return
    with frame.action() as session:
        done = publishing.publish(session, viewer, found.id)
    said = [
        told
        for number, told in (
            (done.added, words.counted(done.added, "new question")),
            (done.new_versions, words.counted(done.new_versions, "new version")),
            (done.removed, words.counted(done.removed, "removed question")),
        )
        if number
    ]
    frame.notify(": ".join(filter(None, [_("Published"), ", ".join(said)])))
    for name in [name for name in st.session_state if str(name).startswith(("seen-", "loaded-", "settings-"))]:
        del st.session_state[name]
    st.rerun()


assessment_id = uuid_of(st.query_params.get("id"))
if assessment_id is None and "id" not in st.query_params:
    all_of_mine()
else:
    with frame.reading() as session:
        draft = frame.require(
            drafting.open_draft(session, viewer, assessment_id) if assessment_id else None, what="assessment"
        )
        free = pools.pools_of(session, draft.document.draws)
        todo = checking.problems_of(draft.document, free)
        place = placing.place_of(session, draft.id)
    one(draft, todo, place, free)
