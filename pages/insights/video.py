"""Video: which ones are watched, where do they hold attention, and what is watched again?"""

from __future__ import annotations

import streamlit as st

from learncraft.analytics import video
from learncraft.courses import queries as courses
from learncraft.language import _
from pages.insights import behind, video_charts
from pages.shared import charts, frame, insight
from pages.shared.addresses import uuid_of

view = insight.of_course("Video")
uses = view.ask(video.videos_watched)
with frame.reading() as session:
    names = courses.video_names(session, view.course.id)

charts.show(uses, lambda rows: video_charts.videos(names, rows), as_of=view.as_of)
watched = {one.video_id: one for one in insight.rows_or_none(uses) or []}
choice = {one.id: one for one in names if one.id in watched}
if choice:
    asked = uuid_of(st.query_params.get("video"))
    if st.session_state.get("insight_video") not in choice:
        st.session_state["insight_video"] = asked if asked in choice else next(iter(choice))
    chosen = st.selectbox(
        _("Video"),
        list(choice),
        format_func=lambda key: f"{choice[key].title} ({choice[key].lesson})",
        key="insight_video",
    )
    st.query_params["video"] = str(chosen)
    step = video.step_of(max(choice[chosen].seconds or 0, watched[chosen].furthest))
    charts.show(
        view.ask(video.video_attention, video_id=chosen, step=step),
        lambda rows: video_charts.attention(choice[chosen], watched[chosen].viewers, step, rows),
        as_of=view.as_of,
    )
    if st.toggle(_("Show who watched it"), key="video_people"):
        behind.of_object(view, chosen, choice[chosen].title)
