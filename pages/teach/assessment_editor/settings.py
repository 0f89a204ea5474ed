"""The settings of an assessment: kept as they are changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from learncraft import differing
from learncraft.accounts.viewer import Viewer
from learncraft.assessments import drafting, live
from learncraft.assessments.draft_shapes import DraftSettings, ShowAnswers
from learncraft.assessments.drafting import OpenDraft
from learncraft.assessments.models import AssessmentType
from learncraft.language import Spoken, _
from pages.shared import frame, moments, tutor_help, words
from pages.teach.assessment_editor import keeping

TYPES = Spoken(
    {
        AssessmentType.QUIZ: "Quiz",
        AssessmentType.PRACTICE: "Practice",
        AssessmentType.EXAM: "Exam",
        AssessmentType.CERTIFICATION: "Certification",
        AssessmentType.PROJECT: "Project",
        AssessmentType.ASSIGNMENT: "Assignment",
    }
)
SHOWN = Spoken[ShowAnswers](
    {
        "with_result": "With the result",
        "after_close": "After it has closed",
        "never": "Never",
    }
)


def show(viewer: Viewer, found: OpenDraft, *, is_frozen: bool) -> None:
    """All settings: to write, or, while a reviewer reads them, to read."""
    if is_frozen:
        st.code("\n".join(said(found.document.settings, viewer.time_zone)), language=None, wrap_lines=True)
    else:
        _write(viewer, found)
    # Not part of the draft: whoever has an attempt open is helped by the rule that holds now.
    with frame.reading() as session:
        rules = live.help_rules(session, found.course_id, assessment_id=found.id)
    for one in rules:
        tutor_help.rule(viewer, one, _("While somebody writes it, the tutor gives"))


def _write(viewer: Viewer, found: OpenDraft) -> None:
    """A change is in the draft before this run ends."""
    loaded = st.session_state.setdefault(f"settings-loaded-{found.id}", 0)
    memory, there, name = f"settings-seen-{found.id}-{loaded}", found.document.settings, f"{found.id} settings"
    held = keeping.held(viewer, name, memory, there, is_open=f"title-{found.id}-{loaded}" in st.session_state)
    with st.container(key=f"writing-settings-{found.id}"):
        now = _fields(held.shown, f"{found.id}-{loaded}", viewer.time_zone)

    def write(before: DraftSettings) -> bool:
        is_kept = keeping.save(
            lambda session: drafting.save_settings(session, viewer, found.id, seen=before, settings=now), name=name
        )
        if is_kept:
            if held.is_set_aside:
                keeping.forget(viewer, name)
            st.session_state[memory] = keeping.Held(now, now)
        return is_kept

    def load() -> None:
        keeping.forget(viewer, name)
        st.session_state[f"settings-loaded-{found.id}"] = loaded + 1

    if now != held.seen and f"conflict-{name}" not in st.session_state and write(held.seen):
        st.caption(f":material/cloud_done: {_('Kept in the draft')}")
    elif now != held.seen:
        st.session_state[memory] = keeping.set_aside(viewer, name, held, now)
    elif now == held.seen != there:
        load()  # a colleague changed them, and nothing of one's own would be lost
        st.rerun()
    lines = differing.lines(said(there, viewer.time_zone), said(now, viewer.time_zone))
    keeping.conflict(name, lines, load=load, keep=lambda: write(there))


def _fields(seen: DraftSettings, name: str, time_zone: str) -> DraftSettings:
    title = st.text_input(_("Title"), seen.title, key=f"title-{name}", max_chars=500, live=True) or ""
    kind = st.segmented_control(
        _("Kind"), list(TYPES), default=seen.assessment_type, format_func=TYPES.__getitem__, key=f"type-{name}"
    )
    description = st.text_area(_("What learners read before they start"), seen.description, key=f"about-{name}")
    left, right = st.columns(2)
    with left:
        limit = _or_none(_("Time limit"), seen.time_limit_minutes, f"limit-{name}", _("Minutes"), 60, 10_000)
        attempts = _or_none(_("Limited attempts"), seen.max_attempts, f"attempts-{name}", _("Attempts"), 3, 1_000)
        passing = st.number_input(_("Passed with, in %"), 0, 100, seen.passing_score, key=f"passing-{name}")
        opens = _moment(_("Opens at a time"), seen.available_from, f"opens-{name}", time_zone)
        closes = _moment(_("Closes at a time"), seen.available_until, f"closes-{name}", time_zone, usual_days=7)
    with right:
        questions = st.toggle(_("Shuffle the questions"), seen.shuffle_questions, key=f"shuffle-{name}")
        options = st.toggle(_("Shuffle the options"), seen.shuffle_options, key=f"shuffle-options-{name}")
        shown = st.radio(
            _("Answers and explanations are shown"),
            list(SHOWN),
            list(SHOWN).index(seen.show_answers),
            format_func=SHOWN.__getitem__,
            key=f"shown-{name}",
        )
        proctored = st.toggle(
            _("Proctored"),
            seen.is_proctored,
            key=f"proctored-{name}",
            help=_("It is written in one window at a time; leaving it, pasting and full screen are noted as facts."),
        )
        held = st.toggle(_("Hold the results until you release them"), seen.grades_held, key=f"held-{name}")
        double = st.toggle(_("Two people mark, apart from each other"), seen.graders_needed > 1, key=f"double-{name}")
        gap = seen.mark_gap_percent
        if double:
            gap = int(
                st.number_input(
                    _("A third person marks when they differ by more than, in %"), 0, 100, gap, key=f"gap-{name}"
                )
            )
    return DraftSettings(
        title=title,
        description=description or "",
        assessment_type=kind or seen.assessment_type,
        passing_score=int(passing),
        time_limit_minutes=limit,
        max_attempts=attempts,
        shuffle_questions=questions,
        shuffle_options=options,
        show_answers=shown,
        is_proctored=proctored,
        graders_needed=2 if double else 1,
        mark_gap_percent=gap,
        grades_held=held,
        available_from=opens,
        available_until=closes,
    )


def _or_none(label: str, value: int | None, key: str, unit: str, usual: int, most: int) -> int | None:
    if not st.toggle(label, value is not None, key=f"has-{key}"):
        return None
    return int(st.number_input(unit, 1, most, value or usual, key=key, width=180))


def _moment(label: str, value: datetime | None, key: str, time_zone: str, *, usual_days: int = 0) -> datetime | None:
    """A moment in the author's time zone; so many days from now until another is chosen."""
    if not st.toggle(label, value is not None, key=f"has-{key}"):
        return None
    usual = datetime.now(ZoneInfo(time_zone)).replace(minute=0, second=0, microsecond=0) + timedelta(days=usual_days)
    said = _("Day and time ({time_zone})", time_zone=time_zone)
    return moments.field(said, value or usual.astimezone(UTC), key, time_zone)


def said(settings: DraftSettings, time_zone: str) -> Iterator[str]:
    """The settings as lines that people can compare."""

    def moment(value: datetime | None) -> str:
        return _("No") if value is None else words.exact(value, time_zone)

    def number(value: int | None) -> str:
        return _("No") if value is None else str(value)

    def chosen(is_on: bool) -> str:
        return _("Yes") if is_on else _("No")

    yield f"{_('Title')}: {settings.title}"
    yield f"{_('Kind')}: {TYPES[settings.assessment_type]}"
    yield from (f"{_('What learners read before they start')}: {line}" for line in settings.description.splitlines())
    yield f"{_('Time limit')}: {number(settings.time_limit_minutes)}"
    yield f"{_('Limited attempts')}: {number(settings.max_attempts)}"
    yield f"{_('Passed with, in %')}: {settings.passing_score}"
    yield f"{_('Opens at a time')}: {moment(settings.available_from)}"
    yield f"{_('Closes at a time')}: {moment(settings.available_until)}"
    yield f"{_('Shuffle the questions')}: {chosen(settings.shuffle_questions)}"
    yield f"{_('Shuffle the options')}: {chosen(settings.shuffle_options)}"
    yield f"{_('Answers and explanations are shown')}: {SHOWN[settings.show_answers]}"
    yield f"{_('Proctored')}: {chosen(settings.is_proctored)}"
    yield f"{_('Hold the results until you release them')}: {chosen(settings.grades_held)}"
    yield f"{_('Two people mark, apart from each other')}: {chosen(settings.graders_needed > 1)}"
    yield f"{_('A third person marks when they differ by more than, in %')}: {settings.mark_gap_percent}"
