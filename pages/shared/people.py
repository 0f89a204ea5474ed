"""Who is looking: found anew on every run, so that a revoked sign-in or a changed role holds at once."""

from __future__ import annotations

from typing import NoReturn

import streamlit as st

from learncraft import runtime
from learncraft.accounts import sessions
from learncraft.accounts.models import UserRole
from learncraft.accounts.viewer import Viewer
from learncraft.acting import NOBODY, SYSTEM, Acting
from learncraft.errors import UnavailableError
from learncraft.web.cookies import SESSION_COOKIES

_FAMILY = "_family"  # which sign-in this browser tab belongs to; tokens rotate beneath it
_VIEWER = "_viewer"

ROLE_NAMES = {
    UserRole.LEARNER: "Learner",
    UserRole.INSTRUCTOR: "Instructor",
    UserRole.CONTENT_ADMIN: "Content admin",
    UserRole.SYSTEM_ADMIN: "System admin",
}


def arrive() -> Viewer:
    """The person of this run, or a page that asks them to sign in. Called once per run, by app.py."""
    try:
        found = _find()
    except UnavailableError as error:
        st.error(str(error), icon=":material/cloud_off:")
        st.stop()
    if found is None:
        ask_to_sign_in()
    st.session_state[_VIEWER] = found
    return found


def viewer(*roles: UserRole) -> Viewer:
    """The person of this run. With `roles`, anybody else is shown who may see the page, and the run ends."""
    found: Viewer = st.session_state[_VIEWER]
    if roles and found.role not in roles:
        named = " or ".join(sorted(ROLE_NAMES[role].lower() for role in roles))
        st.title("This page is not for your role", anchor=False)
        st.markdown(f"It is for the roles {named}. You are signed in as {found.full_name}, {ROLE_NAMES[found.role]}.")
        st.page_link("pages/learn/home.py", label="Go to my learning", icon=":material/arrow_back:")
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
    st.title("You are signed out", anchor=False)
    st.markdown("Your work is saved. Sign in to go on.")
    st.markdown("[Sign in](/auth/sign-in)")
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
