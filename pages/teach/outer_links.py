"""How the links of a course to other sites stand: below the checklist, with the way to have them checked again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import streamlit as st
from sqlalchemy.orm import Session

from learncraft import runtime
from learncraft.accounts.viewer import Viewer
from learncraft.authoring import checklist
from learncraft.authoring.checklist import Looked
from learncraft.authoring.links import service, telling
from learncraft.authoring.links.telling import OuterLinks, Told
from learncraft.language import _, _n
from learncraft.language.numbers import number
from pages.shared import frame, words
from pages.teach import checked

MOST = 100  # lines of what wants a look


def look(session: Session, course_id: UUID) -> tuple[Looked, OuterLinks | None]:
    """What the checklist read, with the links that are broken; and how all of them stand, where they are checked."""
    settings = runtime.current().settings
    if not settings.link_check:
        return checklist.look(session, course_id), None
    looked = checklist.look(session, course_id, own_host=service.own_host(settings))
    links = telling.of_course(session, course_id, looked.links)
    return replace(looked, found=looked.found + links.broken), links


def show(viewer: Viewer, links: OuterLinks | None, course_id: UUID) -> None:
    """One line, what wants a look, and the button. It says what is known now: a job asks, and nobody waits for it."""
    if links is None:
        st.caption(_("Links to other sites are not checked on this server."))
        return
    if not links.count:
        st.caption(_("The course has no links to other sites."))
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_summary(viewer, links), width="stretch")
        _button(viewer, links, course_id)
    for listed, label in (
        (links.unreached, _("Could not be reached ({count})", count=number(len(links.unreached)))),
        (links.unchecked, _("Not checked ({count})", count=number(len(links.unchecked)))),
    ):
        if listed:
            with st.expander(label, icon=":material/link_off:"):
                _lines(viewer, listed, course_id)


def _summary(viewer: Viewer, links: OuterLinks) -> str:
    """How many there are, how they stand, and as of when."""
    said = [_n("{count} link to another site.", "{count} links to other sites.", links.count)]
    if links.checked_at is not None:
        said.append(_n("{count} answered.", "{count} answered.", links.well))
        said.append(_("Last asked {when}.", when=words.when(links.checked_at, viewer.time_zone)))
    if links.not_yet:
        said.append(_n("{count} was not asked yet.", "{count} were not asked yet.", links.not_yet))
    if links.too_many:
        said.append(
            _(
                "{count} are never asked: of one course, {most} are checked.",
                count=number(links.too_many),
                most=number(service.MOST),
            )
        )
    if links.is_running:
        said.append(_("They are being checked; this page doesn't wait for it."))
    return " ".join(said)


def _button(viewer: Viewer, links: OuterLinks, course_id: UUID) -> None:
    """Ask again, or look again while it is being done: the same course isn't asked twice within minutes."""
    if not links.may_ask:
        st.button(_("Look again"), icon=":material/refresh:", type="tertiary")
        return
    label = _("Check the links") if links.checked_at is None else _("Check the links again")
    if st.button(label, icon=":material/link:", help=_("Links that answered in the last 7 days are not asked again.")):
        with frame.action(_("The links are being checked")) as session:
            service.ask_again(session, viewer, course_id)
        st.rerun()


def _lines(viewer: Viewer, listed: Sequence[Told], course_id: UUID) -> None:
    for one in listed[:MOST]:
        tried = _("Last tried {when}.", when=words.when(one.checked_at, viewer.time_zone))
        checked.line(one.found, course_id, "link_off", tried)
    if len(listed) > MOST:
        st.caption(_("And {count} more.", count=number(len(listed) - MOST)))
