"""Profile: how others see me, and how I like the platform."""

from __future__ import annotations

from zoneinfo import available_timezones

import streamlit as st

from learncraft import language, runtime
from learncraft.accounts import letters, public_profiles, queries, service
from learncraft.accounts.letters import FOR_TEACHERS, KINDS, LetterKind
from learncraft.courses import pictures
from learncraft.language import Spoken, _
from pages.shared import frame, people, portraits

viewer = people.viewer()
with frame.reading() as session:
    profile = queries.profile(session, viewer.id)

THEMES = Spoken({"system": "As your system has it", "light": "Light", "dark": "Dark"})
_LOAD_ANEW = "_load_anew"
# Streamlit reads its theme when a page is loaded, and the page's own language stands in its first line.
_loaded = st.components.v2.component("learncraft_load_anew", js="export default () => location.reload();")


def load_anew() -> None:
    """Have the browser load the page again on the next run."""
    st.session_state[_LOAD_ANEW] = True


def public_profile() -> None:
    """What those who teach tell everybody of themselves."""
    with frame.reading() as session:
        told = public_profiles.of(session, viewer.id)
    st.header(_("What learners see of you"), anchor=False)
    st.page_link(
        "pages/learn/instructor.py",
        label=_("See it as learners do"),
        icon=":material/visibility:",
        query_params={"id": str(viewer.id)},
    )
    with st.form("public-profile", enter_to_submit=False):
        headline = st.text_input(_("One line under your name"), told.headline, max_chars=200)
        subjects = st.text_input(_("What you teach, separated by commas"), ", ".join(told.subjects))
        website = st.text_input(_("Your own page"), told.website, max_chars=500, placeholder="https://")
        is_public = st.checkbox(
            _("Show all of this"), told.is_public, help=_("Otherwise learners see your name and your courses.")
        )
        if st.form_submit_button(_("Save what learners see"), type="primary", icon=":material/check:"):
            with frame.action(_("Learners see it now")) as session:
                public_profiles.save(
                    session,
                    viewer.id,
                    headline=headline,
                    subjects=subjects.split(","),
                    website=website,
                    is_public=is_public,
                )
            st.rerun()
    portrait()


def portrait() -> None:
    """The picture, and a new one."""
    with st.container(horizontal=True, vertical_alignment="center"):
        portraits.show(viewer.full_name, profile.picture, large=True)
        if profile.picture and st.button(_("Remove the picture"), key="portrait-remove", icon=":material/delete:"):
            with frame.action(_("Your picture is gone")) as session:
                pictures.remove_portrait(session, viewer)
            st.rerun()
    given = st.file_uploader(_("A picture of you"), ["png", "jpg", "jpeg", "webp"], key="portrait", max_upload_size=5)
    if given is not None and st.button(_("Show this picture"), key="portrait-save", icon=":material/check:"):
        with frame.action(_("Learners see your picture now")) as session:
            pictures.set_portrait(
                session,
                viewer,
                files_dir=runtime.current().settings.files_dir,
                name=given.name,
                data=given.getvalue(),
            )
        del st.session_state["portrait"]
        st.rerun()


if st.session_state.pop(_LOAD_ANEW, False):
    _loaded(key="load-anew")
    st.stop()
frame.head(_("Profile"), f"{profile.email} · {people.ROLE_NAMES[viewer.role]}")

with st.form("profile"):
    first, last = st.columns(2)
    first_name = first.text_input(_("First name"), profile.first_name, max_chars=100)
    last_name = last.text_input(_("Last name"), profile.last_name, max_chars=100)
    bio = st.text_area(
        _("About you"), profile.bio or "", max_chars=2000, help=_("Learners see it on the courses you teach.")
    )
    zones = sorted(available_timezones())
    time_zone = st.selectbox(
        _("Time zone"),
        zones,
        index=zones.index(viewer.time_zone) if viewer.time_zone in zones else zones.index("UTC"),
        help=_("Days in charts and dates on pages are those of this zone."),
    )
    spoken = st.selectbox(
        _("Language"),
        language.OFFERED,
        index=language.OFFERED.index(language.known(viewer.language)),
        format_func=language.name_of,
        help=_("Of pages and letters. Courses stay in the language that they are written in."),
    )
    theme = st.selectbox(
        _("Theme"), list(THEMES), index=list(THEMES).index(viewer.theme), format_func=THEMES.__getitem__
    )
    st.markdown(_("**Letters to me**"))
    st.caption(_("What you need to come in, and what you asked for, is written in any case."))
    offered = [kind for kind in LetterKind if viewer.teaches or kind not in FOR_TEACHERS]
    wanted = {
        kind
        for kind in offered
        if st.checkbox(KINDS[kind], kind not in profile.letters_stopped, key=f"letter-{kind.value}")
    }
    if st.form_submit_button(_("Save"), type="primary", icon=":material/check:"):
        with frame.action(_("Your profile is saved")) as session:
            service.update_profile(session, viewer.id, first_name=first_name, last_name=last_name, bio=bio)
            service.update_preferences(
                session,
                viewer.id,
                time_zone=time_zone,
                language=spoken,
                theme=theme,
            )
            letters.choose(session, viewer.id, wanted | (set(LetterKind) - set(offered)))
        if (spoken, theme) != (viewer.language, viewer.theme):
            load_anew()
        st.rerun()

if viewer.teaches:
    public_profile()

st.header(_("Password"), anchor=False)
with st.form("password", clear_on_submit=True):
    current = st.text_input(_("Current password"), type="password", autocomplete="current-password")
    new = st.text_input(
        _("New password"),
        type="password",
        autocomplete="new-password",
        help=_("At least 10 characters; long is better."),
    )
    if st.form_submit_button(_("Change password"), icon=":material/key:"):
        with frame.action(_("Your password is changed; other sign-ins have ended")) as session:
            service.change_password(session, viewer.id, current=current, new=new, keep_family=viewer.family_id)
        st.rerun()
