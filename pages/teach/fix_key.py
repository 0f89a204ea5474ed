"""Correcting a key that was wrong: whose score changes and by how much, then all attempts are graded anew."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from learncraft.assessments import corrections, draft_questions, regrading
from learncraft.assessments.corrections import Correctable
from learncraft.assessments.draft_questions import ReadyQuestion
from learncraft.assessments.models import QuestionType
from learncraft.assessments.regrading import RegradePreview
from learncraft.errors import LearnCraftError
from learncraft.language import _, numbers
from pages.shared import frame, navigation, people, words
from pages.shared.addresses import of_assessment_editor, uuid_of
from pages.shared.render import plain, prose
from pages.teach.assessment_editor import fields
from pages.teach.assessment_editor.fields import Fields

viewer = people.viewer(*navigation.TEACHERS)
BY_HAND = {QuestionType.CODE, QuestionType.SHORT_ANSWER}


def change(found: Correctable) -> ReadyQuestion | None:
    """The key and the points as they should have been; None while they can't be read."""
    before = draft_questions.drafted(found)
    at = Fields(f"key-{found.id}-{found.corrections}")
    memory = f"key-now-{found.id}-{found.corrections}"
    current = st.session_state.setdefault(memory, before)
    with st.container(key=f"writing-key-{found.id}"):
        if found.question_type in BY_HAND:
            st.caption(
                _("What people or programs judged keeps its share of the points. Only the points can be corrected.")
            )
            now = current
        else:
            now = fields.key(at, current, is_fixed=True)
        now = now.model_copy(update={"points": fields.points(at, current)})
    if now != current:
        st.session_state[memory] = now
        st.rerun()
    made, problems = draft_questions.ready(now)
    for sentence in problems:
        st.caption(f":orange[:material/error:] {plain(sentence)}")
    return made


def preview(found: Correctable, made: ReadyQuestion) -> None:
    """What would change, for whom; and then the change itself, with its reason."""
    try:
        with frame.reading() as session:
            seen = regrading.preview_regrade(session, viewer, question_id=found.id, key=made.key, points=made.points)
            names = corrections.names_of(session, seen)
    except LearnCraftError as error:
        st.error(str(error), icon=":material/error:")
        return
    st.subheader(_("What this changes"), anchor=False)
    figures(seen)
    table(seen, names)
    reason = st.text_area(
        _("Why? Learners read it with their new result."), key=f"reason-{found.id}-{found.corrections}", max_chars=2000
    )
    label = _("Correct it and grade {attempts} anew", attempts=words.counted(seen.attempts, "attempt"))
    if st.button(label, type="primary", icon=":material/key:", key="regrade"):
        with frame.action() as session:
            done = regrading.regrade(
                session, viewer, question_id=found.id, key=made.key, points=made.points, reason=reason or ""
            )
        frame.notify(_("The key is corrected; {scores} changed", scores=words.counted(len(done.changed), "score")))
        st.rerun()


def figures(seen: RegradePreview) -> None:
    """How many, in four numbers."""
    for column, (label, number) in zip(
        st.columns(4),
        (
            (_("Get more"), seen.up),
            (_("Get less"), seen.down),
            (_("Pass now"), seen.now_passing),
            (_("No longer pass"), seen.no_longer_passing),
        ),
        strict=True,
    ):
        column.metric(label, number, border=True)


def table(seen: RegradePreview, names: dict[UUID, str]) -> None:
    """Each attempt whose score changes, the largest change first."""
    if not seen.changed:
        st.caption(
            _(
                "No score changes among {attempts} that were asked this.",
                attempts=words.counted(seen.attempts, "attempt"),
            )
        )
        return
    ordered = sorted(seen.changed, key=lambda one: abs(one.new_percent - one.old_percent), reverse=True)
    st.dataframe(
        [
            {
                _("Learner"): names.get(one.learner_id, ""),
                _("Before"): float(one.old_percent),
                _("After"): float(one.new_percent),
                _("Difference"): float(one.new_percent - one.old_percent),
                _("Passes"): _("Yes") if one.is_passing else _("No"),
            }
            for one in ordered[:1000]
        ],
        column_config={
            name: st.column_config.NumberColumn(format=form)
            for name, form in ((_("Before"), "%.0f %%"), (_("After"), "%.0f %%"), (_("Difference"), "%+.0f %%"))
        },
        hide_index=True,
        width="stretch",
    )


def history(found: Correctable) -> None:
    """The corrections so far."""
    for one in found.history:
        when = words.when(one.changed_at, viewer.time_zone)
        facts = [_("Corrected {when} by {name}.", when=when, name=plain(one.changed_by))]
        if one.old_points != one.new_points:
            before, after = numbers.plain_number(one.old_points), words.counted_points(one.new_points)
            facts.append(_("From {before} to {points}.", before=before, points=after))
        facts += [
            _("“{title}”", title=plain(one.reason)),
            _("{scores} changed.", scores=words.counted(one.regraded, "score")),
        ]
        st.info(" ".join(facts), icon=":material/history:")


question_id = uuid_of(st.query_params.get("question"))
with frame.reading() as session:
    question: Correctable = frame.require(
        corrections.correctable(session, viewer, question_id) if question_id else None, what="question"
    )
frame.head(
    _("Correct a key"),
    f"{plain(question.assessment)} · {_('version {version} of the question', version=question.version)}",
)
st.page_link(
    "pages/teach/assessment.py",
    label=_("Back to the assessment"),
    icon=":material/arrow_back:",
    query_params=of_assessment_editor(assessment_id=question.assessment_id),
)
history(question)
with st.container(border=True):
    if question.content_format == "html":
        prose(question.content)
    else:
        st.markdown(question.content)
ready = change(question)
if ready is not None:
    if ready.key == question.key and ready.points == question.points:
        st.caption(_("This is the key as it stands. Change it to see what that does."))
    else:
        preview(question, ready)
