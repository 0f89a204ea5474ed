"""Keeping what is typed: what somebody else changed meanwhile is said, and never overwritten unseen."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import streamlit as st
from sqlalchemy.orm import Session

from learncraft import runtime
from learncraft.accounts.viewer import Viewer
from learncraft.assessments.draft_shapes import DraftQuestion, DraftSettings
from learncraft.assessments.errors import DraftChangedError
from learncraft.errors import LearnCraftError
from learncraft.language import _
from pages.shared import frame, meanwhile, people, unsent

Part = TypeVar("Part", DraftQuestion, DraftSettings)


@dataclass(frozen=True, slots=True)
class Held(Generic[Part]):
    """What stands in the fields of a part, and what the draft said when they were filled."""

    shown: Part
    seen: Part
    is_set_aside: bool = False  # what stands there waits beside the draft, which somebody else changed


def held(viewer: Viewer, name: str, memory: str, there: Part, *, is_open: bool) -> Held[Part]:
    """What this tab works on; when it was just opened, what the viewer couldn't keep before, or what is there."""
    if not is_open or memory not in st.session_state:
        st.session_state.pop(f"conflict-{name}", None)
        st.session_state[memory] = _taken_up(viewer, name, there)
    found: Held[Part] = st.session_state[memory]
    return found


def _taken_up(viewer: Viewer, name: str, there: Part) -> Held[Part]:
    place = f"assessment {name}"
    if kept := unsent.kept(viewer, place).get(place):
        try:
            shown, seen = (type(there).model_validate(each) for each in json.loads(kept))
            return Held(shown, seen, is_set_aside=True)
        except ValueError:
            pass  # written by another version
    return Held(there, there)


def set_aside(viewer: Viewer, name: str, held: Held[Part], now: Part) -> Held[Part]:
    """Keep beside the draft what can't be in it before somebody has chosen."""
    if held.is_set_aside and held.shown == now:
        return held
    both = [now.model_dump(mode="json"), held.seen.model_dump(mode="json")]
    unsent.keep(viewer, f"assessment {name}", json.dumps(both))
    return Held(now, held.seen, is_set_aside=True)


def forget(viewer: Viewer, name: str) -> None:
    """What was set aside is kept, or isn't wanted any more; so is what was said about it."""
    st.session_state.pop(f"conflict-{name}", None)
    with frame.action() as session:
        unsent.sent(session, viewer, f"assessment {name}")


def save(write: Callable[[Session], None], *, name: str) -> bool:
    """Keep a change; says whether it is kept. What stands in the fields stays there when it isn't."""
    try:
        with runtime.current().database.transaction(people.acting()) as session:
            write(session)
    except DraftChangedError as error:
        st.session_state[f"conflict-{name}"] = str(error)
    except LearnCraftError as error:
        st.error(_("{error} What you typed still stands here.", error=error), icon=":material/error:")
    else:
        st.session_state.pop(f"conflict-{name}", None)
        return True
    return False


def conflict(name: str, lines: Sequence[str], *, load: Callable[[], None], keep: Callable[[], object]) -> None:
    """What to do about a part that somebody else changed meanwhile; `lines` tell theirs from one's own."""
    if words := st.session_state.get(f"conflict-{name}"):
        choice = meanwhile.choose(words, lines, name=name)
        if choice is not None:
            del st.session_state[f"conflict-{name}"]
            if choice == "theirs":
                load()
            else:
                keep()
            st.rerun()
