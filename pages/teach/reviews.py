"""Reviews: which courses wait for a decision?"""

from __future__ import annotations

import streamlit as st

from learncraft.authoring import reviewing
from learncraft.language import _
from pages.shared import frame, navigation, people, words
from pages.shared.render import plain

viewer = people.viewer(*navigation.REVIEWERS)
frame.head(_("Course reviews"), _("Courses that wait for a decision; who waits longest comes first."))
with frame.reading() as session:
    waiting = reviewing.queue(session, viewer)
if not waiting:
    frame.empty(_("No course waits"), _("When an author asks for a review, the course appears here."), "task_alt")
for one in waiting:
    with st.container(border=True):
        st.page_link(
            "pages/teach/review.py",
            label=f"**{plain(one.title)}**",
            icon=":material/rate_review:",
            query_params={"course": str(one.course_id)},
        )
        seen = _("learners see an earlier version meanwhile") if one.is_seen else _("not published yet")
        facts = [
            _("by {name}", name=plain(one.instructor)),
            _("sent {when}", when=words.when(one.since, viewer.time_zone)),
            seen,
        ]
        if one.remarks:
            facts.append(f":orange[:material/forum: {words.counted(one.remarks, 'open remark')}]")
        st.caption(" · ".join(facts))
