"""A course from nothing: what is typed of it is kept for its writer until it is made."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import streamlit as st

from learncraft.accounts.viewer import Viewer
from learncraft.authoring import details as service
from learncraft.authoring.shapes import Details, Offer
from learncraft.courses.naming import slugify
from learncraft.language import _
from pages.shared import frame, unsent
from pages.teach import course_terms
from pages.teach.course_fields import ask_details, ask_offer

PLACE = "details of a new course"
_TYPED = ("title", "slug", "short_description", "description", "preview_video_url", "tags")
_LISTS = ("learning_objectives", "prerequisites")


def make(viewer: Viewer) -> None:
    """The fields, and the way to the builder."""
    frame.head(_("New course"), _("It begins as a draft that only you see. Everything here can be changed later."))
    with frame.reading() as session:
        choices = service.required_choices(session, viewer, None)
    kept = unsent.kept(viewer, PLACE).get(PLACE)
    unsent.as_it_is_typed()
    with st.container(border=True, key="writing-new-course"):
        given = ask_details(_known(kept), unsent.key(PLACE), live=True)
        with st.expander(_("Price, seats and certificate"), icon=":material/sell:"):
            terms = ask_offer(_known_terms(kept), choices, unsent.key(PLACE))
        typed_terms = course_terms.as_typed(terms, choices)
        is_begun = any(given[name] for name in (*_TYPED, *_LISTS)) or typed_terms != _usual(choices)
        words = json.dumps(given | {"terms": typed_terms}) if is_begun else ""
        if words != (kept or ""):
            unsent.keep(viewer, PLACE, words)
        if words:
            st.caption(f":material/cloud_done: {_('Kept for you until you create the course.')}")
        asked = st.button(_("Create the course"), type="primary", icon=":material/add:", key="create")
    if asked:
        with frame.action(_("The course is made. Add its first module.")) as session:
            slug = slugify(given["slug"]) or service.free_slug(session, given["title"])
            details = service.read_details(given | {"slug": slug})
            course_id = service.create(session, viewer, details, service.read_offer(terms))
            unsent.sent(session, viewer, PLACE)
        st.switch_page("pages/teach/builder.py", query_params={"course": str(course_id)})


def _usual(choices: dict[UUID, str]) -> dict[str, Any]:
    """The terms that nobody has touched."""
    return course_terms.as_typed(Offer().model_dump(), choices)


def _typed(kept: str | None) -> dict[str, Any]:
    try:
        typed: dict[str, Any] = json.loads(kept) if kept else {}
    except ValueError:
        return {}
    return typed


def _known(kept: str | None) -> Details | None:
    """What was typed before, checked or not."""
    typed = {name: words for name, words in _typed(kept).items() if name != "terms"}
    return Details.model_construct(**typed) if typed else None


def _known_terms(kept: str | None) -> Offer:
    """The terms that were typed before, or the usual ones."""
    terms = _typed(kept).get("terms")
    return course_terms.known(terms) if terms else Offer()
