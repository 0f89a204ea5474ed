"""Fields that a press saves: what is typed there is kept until then, and put over nobody else's words unseen.

What somebody else wrote meanwhile is shown beside one's own, with the choice between both.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, Literal, NoReturn, TypeVar
from zlib import crc32

import streamlit as st
from sqlalchemy.orm import Session

from learncraft import runtime
from learncraft.accounts.viewer import Viewer
from learncraft.errors import ChangedSinceError, LearnCraftError
from learncraft.language import _
from pages.shared import differences, frame, people, unsent

T = TypeVar("T")

PLACE = "typed "  # what the places of such fields begin with


@dataclass(frozen=True, slots=True)
class Opened(Generic[T]):
    """Fields that a press saves: what was there, what they began with, and what was meant when another was faster."""

    name: str
    writer: Viewer
    seen: T
    loading: str
    began: Any  # what was there as the fields say it: plain JSON
    typed: Any  # what the fields began with: the same, or what their writer had typed before, checked or not
    in_dialog: bool = False
    is_behind: bool = False  # that was typed over something else than what is there now
    meant: T | None = None

    @property
    def place(self) -> str:
        """Where what is typed is kept."""
        return f"{PLACE}{self.name}"

    @property
    def is_begun(self) -> bool:
        """Whether something was typed before, so that a place which is folded should be open."""
        return bool(self.typed != self.began)

    def key(self, field: str) -> str:
        """The key of a field; another one, once the fields were filled anew."""
        return f"{field}-{self.loading}"


def opened(
    viewer: Viewer,
    name: str,
    there: T,
    began: Any,
    *,
    field: str,
    known: Mapping[str, str] | None = None,
    in_dialog: bool = False,
) -> Opened[T]:
    """What this tab's fields began with when they were opened: what is there, or what was typed and not saved.

    A press must be measured by that. What is there in its run may be somebody else's already. `began` is what is there
    as the fields give it, `field` one of them; `known` holds what was typed at places whose names begin with `PLACE`.
    """
    found: Opened[T] | None = st.session_state.get(f"opened-{name}")
    if found is None or found.key(field) not in st.session_state:
        found = Opened(name, viewer, there, _loading(name, there), began, began, in_dialog)
        words = (unsent.kept(viewer, found.place) if known is None else known).get(found.place, "")
        found = st.session_state[f"opened-{name}"] = _taken_up(found, words)
        st.session_state[f"given-{found.loading}"] = words
    return found


def _taken_up(found: Opened[T], words: str) -> Opened[T]:
    try:
        parts = json.loads(words)
        typed, over = parts["typed"], parts["over"]
    except (ValueError, KeyError, TypeError):
        return found  # nothing was typed, or another version wrote it
    if typed == found.began or not _fits(typed, found.began):
        return found  # it is there by now; or there were other fields when it was typed
    return replace(found, typed=typed, is_behind=over != _sign(found.seen))


def _fits(typed: Any, began: Any) -> bool:
    """Whether fields can begin with what was typed, as they can with what is there."""
    if isinstance(began, dict):
        return isinstance(typed, dict) and typed.keys() == began.keys()
    return isinstance(typed, type(began))


def _loading(name: str, there: object) -> str:
    """A name for fields of what is there: what a browser typed in them fits when it comes back to another process."""
    times = st.session_state[f"times-{name}"] = st.session_state.get(f"times-{name}", -1) + 1
    return f"{name}-{_sign(there)}-{times}"


def _sign(there: object) -> str:
    return f"{crc32(repr(there).encode()):08x}"


def keep(found: Opened[T], given: Any) -> None:
    """Keep what the fields give now, plain JSON, until it is saved or isn't wanted any more; say so in words.

    Areas and lines in a container whose key begins with `writing` give it at each pause (`unsent.as_it_is_typed`).
    """
    memory = f"given-{found.loading}"
    is_new = given != found.began
    words = json.dumps({"typed": given, "over": _over(found)}, ensure_ascii=False) if is_new else ""
    if words != st.session_state.get(memory, ""):
        unsent.keep(found.writer, found.place, words)
        st.session_state[memory] = words
    if not is_new:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f":material/cloud_done: {_('Kept for you until you save it.')}", width="content")
        help_ = _("The fields say again what is there.")
        if st.button(_("Discard what I typed"), key=f"discard-{found.name}", type="tertiary", help=help_):
            _let_go(found)
    if found.is_behind and found.meant is None:
        said = _("Somebody else has changed this since you typed. Nothing is overwritten: save it to compare both.")
        st.info(said, icon=":material/group:")


def _over(found: Opened[T]) -> str:
    return "" if found.is_behind else _sign(found.seen)


def _let_go(found: Opened[T]) -> None:
    """What was typed isn't wanted: the fields say what is there."""
    with frame.action() as session:
        unsent.sent(session, found.writer, found.place)
    st.session_state.pop(f"opened-{found.name}", None)
    st.rerun(scope=_scope(found))


def save(found: Opened[T], meant: T, write: Callable[[Session, T, T], object], done: str) -> None:
    """Write what is meant over what was seen, unless somebody else was faster: then `settle` asks.

    The run ends with it, but for an error, which leaves the fields as they stand.
    """
    if found.is_behind:
        _ask(found, meant)
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
        _let_go(found)


def anew(found: Opened[T]) -> None:
    """Fill the fields with what is there."""
    st.session_state.pop(f"opened-{found.name}", None)
    st.rerun()


def _save(found: Opened[T], meant: T, seen: T, write: Callable[[Session, T, T], object], done: str) -> None:
    try:
        with runtime.current().database.transaction(people.acting()) as session:
            write(session, meant, seen)
            unsent.sent(session, found.writer, found.place)
    except ChangedSinceError:
        _ask(found, meant)
    except LearnCraftError as error:
        st.error(str(error), icon=":material/error:")
    else:
        frame.notify(done)
        anew(found)


def _ask(found: Opened[T], meant: T) -> NoReturn:
    """Let the next run show both."""
    st.session_state[f"opened-{found.name}"] = replace(found, meant=meant)
    st.rerun(scope=_scope(found))


def _scope(found: Opened[T]) -> Literal["app", "fragment"]:
    return "fragment" if found.in_dialog else "app"  # a run of the whole page closes a dialog


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
