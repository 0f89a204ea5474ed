"""The questions of an assessment: the list beside the one that is written on."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from learncraft.accounts.viewer import Viewer
from learncraft.assessments import bank, code_running, comparing, corrections, draft_questions, drafting
from learncraft.assessments.checking import Problem
from learncraft.assessments.code_shapes import CodeKey
from learncraft.assessments.draft_shapes import DraftQuestion
from learncraft.assessments.drafting import OpenDraft
from learncraft.assessments.models import QuestionType
from learncraft.assessments.names import in_words
from learncraft.authoring import remarks as speaking
from learncraft.db import new_id
from learncraft.errors import UnavailableError
from learncraft.language import _
from learncraft.sandbox import current as sandbox
from pages.shared import folding, frame, remarks, words
from pages.shared.addresses import uuid_of
from pages.shared.render import plain, prose
from pages.teach.assessment_editor import fields, keeping
from pages.teach.assessment_editor.fields import TYPES, Fields


def show(viewer: Viewer, found: OpenDraft, problems: list[Problem], *, is_frozen: bool) -> None:
    """The list, and the question that is open; while a reviewer reads them, they are read alone."""
    listed, written = st.columns([2, 5], gap="medium")
    chosen = _chosen(found)
    with listed:
        _list(found, chosen, {one.draft_id for one in problems})
        if not is_frozen:
            _add(viewer, found)
        _others(found)
    with written:
        if chosen is None:
            frame.empty(_("No question yet"), _("Add one, or take one from the bank."), "quiz")
        elif is_frozen:
            _read(viewer, found, chosen)
        else:
            _write(viewer, found, chosen, problems)


def choose(draft_id: UUID | None) -> None:
    """Open a question; the address says which."""
    if draft_id is None:
        st.query_params.pop("question", None)
    else:
        st.query_params["question"] = str(draft_id)


def _chosen(found: OpenDraft) -> DraftQuestion | None:
    asked = uuid_of(st.query_params.get("question"))
    there = found.document.question(asked) if asked else None
    return there or next(iter(found.document.questions), None)


def _list(found: OpenDraft, chosen: DraftQuestion | None, faulty: set[UUID | None]) -> None:
    with st.container(key="question-list"):
        for place, one in enumerate(found.document.questions, 1):
            first = in_words(one.text)[:60] or _("No text yet")
            icon = "error" if one.id in faulty else TYPES[one.question_type][1]
            if st.button(
                f"{place}. {plain(first)}",
                key=f"pick-{one.id}",
                icon=f":material/{icon}:",
                type="secondary" if chosen is not None and one.id == chosen.id else "tertiary",
                width="stretch",
            ):
                choose(one.id)
                st.rerun()


def _add(viewer: Viewer, found: OpenDraft) -> None:
    _undo(viewer, found)
    kind = st.menu_button(
        _("Add a question"),
        list(TYPES),
        format_func=lambda one: f":material/{TYPES[one][1]}: {fields.type_name(one)}",
        icon=":material/add:",
        key="add-question",
        width="stretch",
    )
    if kind is not None:
        made = draft_questions.new_question(kind)
        with frame.action() as session:
            drafting.save_question(session, viewer, found.id, made)
        choose(made.id)
        st.rerun()


def _others(found: OpenDraft) -> None:
    """The ways to the keys of questions that stand in no list, but that learners were asked."""
    with frame.reading() as session:
        others = corrections.also_asked(session, found.id)
    if not others:
        return
    with st.expander(_("Also asked ({count})", count=len(others)), icon=":material/key:", key="also-asked"):
        st.caption(_("Drawn questions, and earlier versions. Correct a key here if it was wrong."))
        for one in others:
            state = _("taken out, or replaced") if one.is_retired else _("drawn")
            st.page_link(
                "pages/teach/fix_key.py",
                label=f"{plain(one.text) or _('No text')} ({_('version {version}', version=one.version)}, {state})",
                query_params={"question": str(one.id)},
            )


def _undo(viewer: Viewer, found: OpenDraft) -> None:
    """The question that was deleted last, until something else is deleted."""
    kept: tuple[DraftQuestion, int] | None = st.session_state.get(f"deleted-{found.id}")
    if kept is None or found.document.question(kept[0].id) is not None:
        return
    if st.button(_("Undo the deletion"), icon=":material/undo:", key="undo-delete", width="stretch"):
        with frame.action() as session:
            drafting.save_question(session, viewer, found.id, kept[0], at=kept[1])
        choose(kept[0].id)
        st.rerun()


def _title(found: OpenDraft, one: DraftQuestion) -> int:
    place = found.document.questions.index(one) + 1
    st.subheader(f"{_('Question {number}', number=place)}: {fields.type_name(one.question_type)}", anchor=False)
    return place


def _read(viewer: Viewer, found: OpenDraft, one: DraftQuestion) -> None:
    """What the question says, and what is said of it."""
    _title(found, one)
    if one.text_format == "html":
        prose(one.text)
    else:
        st.markdown(one.text)
    st.code("\n".join(comparing.said(one.model_copy(update={"text": ""}))), language=None, wrap_lines=True)
    _way_to_its_key(found, one)
    _remarks(viewer, found, one)


def _write(viewer: Viewer, found: OpenDraft, one: DraftQuestion, problems: list[Problem]) -> None:
    place = _title(found, one)
    if one.question_id in found.asked:
        st.caption(
            _(
                "Learners have answered this. What you change becomes a new version for those who start later; results "
                "stay as they are. To change results, correct the key."
            )
        )
    loaded = st.session_state.setdefault(f"loaded-{one.id}", 0)
    memory, name, at = f"seen-{one.id}-{loaded}", str(one.id), Fields(f"{one.id}-{loaded}")
    held = keeping.held(viewer, name, memory, one, is_open=at.key("text") in st.session_state)
    with st.container(key=f"writing-{one.id}"):
        now = fields.question(at, held.shown)

    def write(before: DraftQuestion) -> bool:
        is_kept = keeping.save(
            lambda session: drafting.save_question(session, viewer, found.id, now, seen=before), name=name
        )
        if is_kept:
            if held.is_set_aside:
                keeping.forget(viewer, name)
            st.session_state[memory] = keeping.Held(now, now)
        return is_kept

    def load() -> None:
        keeping.forget(viewer, name)
        st.session_state[f"loaded-{one.id}"] = loaded + 1

    if now != held.seen and f"conflict-{name}" not in st.session_state:
        if write(held.seen):
            st.rerun()  # the list, the rows and what is missing follow what is kept
    elif now == held.seen != one:
        load()  # a colleague changed it, and nothing of one's own would be lost
        st.rerun()
    if now != held.seen:
        st.session_state[memory] = keeping.set_aside(viewer, name, held, now)
    keeping.conflict(name, comparing.questions(one, now), load=load, keep=lambda: write(one))
    for problem in problems:
        if problem.draft_id == one.id:
            st.caption(f":orange[:material/error:] {plain(problem.sentence)}")
    if one.question_type == QuestionType.CODE:
        _run(viewer, now)
    _actions(viewer, found, now, held.seen, place - 1)
    _remarks(viewer, found, one)


def _remarks(viewer: Viewer, found: OpenDraft, one: DraftQuestion) -> None:
    """What reviewers and authors say of the question."""
    with frame.reading() as session:
        at_lesson = speaking.of_course(session, found.course_id, lesson_id=found.lesson_id)
    said = [each for each in at_lesson if each.question_now == one.id]
    is_open = sum(each.is_open for each in said)
    label = _("Remarks ({count} open)", count=is_open) if is_open else _("Remarks")
    begun = remarks.begun(viewer)
    is_begun = remarks.place_of(str(one.id)) in begun
    with st.expander(label, expanded=bool(is_open) or is_begun, icon=":material/forum:", key=f"remarks-{one.id}"):
        remarks.show(viewer, said, found.course_id, begun, with_place=False)
        anchor = speaking.Anchor(found.lesson_id, assessment_id=found.id, question_id=one.id)
        remarks.ask(viewer, [(_("The question"), anchor)], str(one.id), begun)


def _run(viewer: Viewer, one: DraftQuestion) -> None:
    """Run the solution with all tests, hidden ones too, in the sandbox that learners' programs run in."""
    sandbox.current().prepare()
    if not st.button(_("Run the solution"), icon=":material/play_arrow:", key=f"run-{one.id}"):
        return
    made, sentences = draft_questions.ready(one)
    if made is None or not isinstance(made.key, CodeKey):
        st.warning(" ".join(sentences), icon=":material/error:")
        return
    shown = tuple(test.model_copy(update={"is_hidden": False}) for test in made.key.tests)
    key = made.key.model_copy(update={"tests": shown})
    try:
        with st.spinner(_("Running…")):
            results = code_running.run_tests(sandbox.current(), key, key.solution, with_hidden=True, who=viewer.id)
    except UnavailableError as error:
        st.warning(str(error), icon=":material/hourglass:")
        return
    passed = sum(result.is_passed for result in results)
    tests = words.counted(len(results), "test")
    st.markdown(f"**{_('{passed} of {tests} passed.', passed=passed, tests=tests)}**")
    for result in results:
        mark = "check" if result.is_passed else "close"
        said = f"  \n:small[{plain(result.words)}]" if result.words else ""
        st.markdown(f":material/{mark}: {plain(result.title)}{said}")


def _actions(viewer: Viewer, found: OpenDraft, one: DraftQuestion, seen: DraftQuestion, place: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        for label, icon, by in ((_("Up"), "arrow_upward", -1), (_("Down"), "arrow_downward", 1)):
            if st.button(label, icon=f":material/{icon}:", key=f"move-{icon}-{one.id}", type="tertiary"):
                with frame.action() as session:
                    drafting.move_question(session, viewer, found.id, one.id, by=by)
                st.rerun()
        if st.button(_("Duplicate"), icon=":material/content_copy:", key=f"duplicate-{one.id}", type="tertiary"):
            copy = one.model_copy(update={"id": new_id(), "question_id": None})
            with frame.action() as session:
                drafting.save_question(session, viewer, found.id, copy, at=place + 1)
            choose(copy.id)
            st.rerun()
        with st.popover(_("Put into a bank"), icon=":material/inventory_2:", key=folding.key(f"bank-{one.id}")):
            _put_into_bank(viewer, one)
        _way_to_its_key(found, one)
        if st.button(_("Delete"), icon=":material/delete:", key=f"delete-{one.id}", type="tertiary"):
            with frame.action() as session:
                drafting.delete_question(session, viewer, found.id, seen)
            st.session_state[f"deleted-{found.id}"] = (one, place)
            choose(None)
            st.rerun()


def _way_to_its_key(found: OpenDraft, one: DraftQuestion) -> None:
    if one.question_id in found.asked:
        st.page_link(
            "pages/teach/fix_key.py",
            label=_("Correct the key"),
            icon=":material/key:",
            query_params={"question": str(one.question_id)},
        )


def _put_into_bank(viewer: Viewer, one: DraftQuestion) -> None:
    with frame.reading() as session:
        open_banks = bank.banks(session, viewer)
    titles = bank.names(open_banks)
    chosen = st.selectbox(
        _("Bank"), [*titles], format_func=lambda key: titles[key], key=f"into-{one.id}", placeholder=_("A new one")
    )
    title = "" if titles else st.text_input(_("Its title"), _("My questions"), key=f"bank-title-{one.id}")
    tags = st.text_input(_("Tags, with commas between"), key=f"tags-{one.id}")
    if st.button(_("Put it there"), key=f"put-{one.id}", type="primary"):
        with frame.action(_("The question is in the bank")) as session:
            target = chosen or bank.create(session, viewer, title=title or "")
            bank.save_item(session, viewer, target, one, (tags or "").split(","))
        folding.close(f"bank-{one.id}")
        st.rerun()
