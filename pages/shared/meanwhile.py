"""What somebody else wrote meanwhile, beside one's own, and the choice between both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, Literal, TypeVar
from zlib import crc32

import streamlit as st
from sqlalchemy.orm import Session

from learncraft import runtime
from learncraft.errors import ChangedSinceError, LearnCraftError
from learncraft.language import _
from pages.shared import differences, frame, people

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Opened(Generic[T]):
    """Fields that a press saves: what they began with, and what was meant when somebody else was faster."""

    name: str
    seen: T
    loading: str
    meant: T | None = None

    def key(self, field: str) -> str:
        """The key of a field; another one, once the fields were filled anew."""
        return f"{field}-{self.loading}"


def opened(name: str, there: T, *, field: str) -> Opened[T]:
    """What this tab's fields began with, which is what is there when they are opened; `field` is one of them.

    A press must be measured by that. What is there in its run may be somebody else's already.
    """
    found: Opened[T] | None = st.session_state.get(f"opened-{name}")
    if found is None or found.key(field) not in st.session_state:
        found = st.session_state[f"opened-{name}"] = Opened(name, there, _loading(name, there))
    return found


def _loading(name: str, there: object) -> str:
    """A name for fields that begin so: what a browser has typed there fits when it comes back to another process."""
    times = st.session_state[f"times-{name}"] = st.session_state.get(f"times-{name}", -1) + 1
    return f"{name}-{crc32(repr(there).encode()):08x}-{times}"


def save(found: Opened[T], meant: T, write: Callable[[Session, T, T], object], done: str) -> None:
    """Write what is meant over what was seen, unless somebody else was faster: then `settle` asks.

    The run ends with it, but for an error, which leaves the fields as they stand.
    """
    _save(found, meant, found.seen, write, done)


def settle(
    found: Opened[T],
    there: T,
    compare: Callable[[T, T], Sequence[str]],
    write: Callable[[Session, T, T], object],
    done: str,
) -> None:
    """Where somebody else was faster: both sides, and what the viewer wants to stand."""
    if found.meant is None:
        return
    choice = choose(str(ChangedSinceError()), compare(there, found.meant), name=found.name)
    if choice == "mine":
        _save(found, found.meant, there, write, done)
    elif choice == "theirs":
        anew(found)


def anew(found: Opened[T]) -> None:
    """Fill the fields with what is there."""
    st.session_state.pop(f"opened-{found.name}", None)
    st.rerun()


def _save(found: Opened[T], meant: T, seen: T, write: Callable[[Session, T, T], object], done: str) -> None:
    try:
        with runtime.current().database.transaction(people.acting()) as session:
            write(session, meant, seen)
    except ChangedSinceError:
        st.session_state[f"opened-{found.name}"] = replace(found, meant=meant)
        st.rerun()
    except LearnCraftError as error:
        st.error(str(error), icon=":material/error:")
    else:
        frame.notify(done)
        anew(found)


def choose(said: str, lines: Sequence[str], *, name: str, mine: str = "") -> Literal["theirs", "mine"] | None:
    """Theirs beside one's own, line by line, and what the viewer wants to stand; None until they have said."""
    with st.container(border=True):
        st.warning(said, icon=":material/group:")
        st.caption(_("Theirs, marked −, and yours, marked +"))
        if lines:
            differences.show(lines)
        else:
            st.caption(_("Both say the same."))
        with st.container(horizontal=True):
            help_ = _("What you typed is gone then.")
            theirs = st.button(_("Load theirs"), key=f"theirs-{name}", icon=":material/download:", help=help_)
            if st.button(mine or _("Keep mine"), key=f"mine-{name}", icon=":material/check:"):
                return "mine"
    return "theirs" if theirs else None
