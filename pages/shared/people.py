"""Who is looking: found anew on every run, so that a revoked sign-in or a changed role holds at once."""

from __future__ import annotations

from typing import NoReturn

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from learncraft import language, runtime
from learncraft.accounts import sessions
from learncraft.accounts.models import UserRole
from learncraft.accounts.viewer import Viewer
from learncraft.acting import NOBODY, SYSTEM, Acting
from learncraft.errors import UnavailableError
from learncraft.language import Spoken, _
from learncraft.web.cookies import LANGUAGE, SESSION_COOKIES

_FAMILY = "_family"  # which sign-in this browser tab belongs to; tokens rotate beneath it
_VIEWER = "_viewer"

ROLE_NAMES = Spoken(
    {
        UserRole.LEARNER: "Learner",
        UserRole.INSTRUCTOR: "Instructor",
        UserRole.CONTENT_ADMIN: "Content admin",
        UserRole.SYSTEM_ADMIN: "System admin",
    }
)


def _language() -> str | None:
    """The language of the person of this run, for parts of a page that run again alone, in a thread of their own."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return None
    found: Viewer | None = st.session_state.get(_VIEWER)
    return None if found is None else found.language


language.ask(_language)


def arrive() -> Viewer:
    """The person of this run, or a page that asks them to sign in. Called once per run, by app.py."""
    language.speak(
        language.preferred(st.context.headers.get("Accept-Language"), chosen=st.context.cookies.get(LANGUAGE))
    )
    try:
        found = _find()
    except UnavailableError as error:
        st.error(str(error), icon=":material/cloud_off:")
        st.stop()
    if found is None:
        ask_to_sign_in()
    language.speak(found.language)
    st.session_state[_VIEWER] = found
    return found


def viewer(*roles: UserRole) -> Viewer:
    """The person of this run. With `roles`, anybody else is shown who may see the page, and the run ends."""
    found: Viewer = st.session_state[_VIEWER]
    if roles and found.role not in roles:
        named = ", ".join(sorted(ROLE_NAMES[role] for role in roles))
        st.title(_("This page is not for your role"), anchor=False)
        st.markdown(
            _(
                "It is for: {roles}. You are signed in as {name}, {role}.",
                roles=named,
                name=found.full_name,
                role=ROLE_NAMES[found.role],
            )
        )
        st.page_link("pages/learn/home.py", label=_("Go to my learning"), icon=":material/arrow_back:")
        st.stop()
    return found


def acting() -> Acting:
    """In whose name this run reads and writes: nobody's before somebody has arrived."""
    found: Viewer | None = st.session_state.get(_VIEWER)
    if found is None:
        return NOBODY
    agent = st.context.headers.get("User-Agent")
    return found.acting(address=st.context.ip_address, agent=agent)


def ask_to_sign_in() -> NoReturn:
    """Say that nobody is signed in, with the way to do it."""
    st.session_state.clear()
    st.title(_("You are signed out"), anchor=False)
    st.markdown(_("Your work is saved. Sign in to go on."))
    st.markdown(f"[{_('Sign in')}](/auth/sign-in)")
    st.stop()


def _find() -> Viewer | None:
    family = st.session_state.get(_FAMILY)
    with runtime.current().database.reading(SYSTEM) as session:  # who looks is yet to be found
        if family is not None:
            return sessions.viewer_for_family(session, family)
        for name in SESSION_COOKIES:
            if token := st.context.cookies.get(name):
                found = sessions.viewer_for_token(session, token)
                if found is not None:
                    st.session_state[_FAMILY] = found.family_id
                return found
    return None
