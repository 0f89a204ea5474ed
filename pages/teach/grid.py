"""Lessons in a grid: titles, lengths and who may see them, changed for many lessons at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pandas as pd
import streamlit as st

from learncraft.authoring import bulk, queries
from learncraft.authoring.block_names import BLOCKS
from learncraft.authoring.bulk import Row
from learncraft.language import _
from pages.shared import building, frame, navigation, people, words
from pages.shared.addresses import uuid_of
from pages.shared.render import plain
from pages.teach.grid_memory import Memory

viewer = people.viewer(*navigation.TEACHERS)
course = building.course_of_address(viewer)
MEMORY, GENERATION = f"grid-{course.id}", f"grid-generation-{course.id}"
COLUMNS = {
    "why": st.column_config.TextColumn(_("To mend"), width="medium", disabled=True),
    "module": st.column_config.TextColumn(_("Module"), width=110, disabled=True),
    "title": st.column_config.TextColumn(_("Title"), width=230, required=True, max_chars=500),
    "kind": st.column_config.TextColumn(
        _("Contains"), width=90, disabled=True, help=_("The kinds of its blocks; change them in the lesson itself.")
    ),
    "minutes": st.column_config.NumberColumn(_("Minutes"), width=95, format="%d"),
    "is_free": st.column_config.CheckboxColumn(_("Free preview"), width=120, help=_("Everybody may read it.")),
    "is_published": st.column_config.CheckboxColumn(_("Visible"), width=85, help=_("Whether learners will see it.")),
    "changed": st.column_config.CheckboxColumn(
        _("Unpublished"), width=105, disabled=True, help=_("Learners see another version, or none yet.")
    ),
    "open": st.column_config.LinkColumn(_("Lesson"), display_text=_("Open"), width=70, disabled=True),
}


def chosen_module() -> UUID | None:
    """The module whose lessons are shown; the address keeps it. A long course begins with its first module."""
    with frame.reading() as session:
        modules = queries.modules(session, course.id)
    everything = f"{_('All modules')} ({sum(one.lessons for one in modules)})"
    names = {one.id: f"{place}. {one.title} ({one.lessons})" for place, one in enumerate(modules, 1)}
    choices: list[UUID | None] = [None, *names]
    asked = uuid_of(st.query_params.get("module"))
    is_long = sum(one.lessons for one in modules) > 200 and "module" not in st.query_params
    first = modules[0].id if is_long and modules else None
    chosen = st.selectbox(
        _("Module"),
        choices,
        index=choices.index(asked) if asked in names else choices.index(first),
        format_func=lambda key: names.get(key, everything) if key else everything,
        key="grid-module",
        width=420,
    )
    if "module" in st.query_params or chosen != first:  # else "back" would lead to the same view once more
        st.query_params["module"] = str(chosen) if chosen else "all"
    return chosen


def shown(rows: list[Row], refused: dict[UUID, tuple[str, dict[str, Any]]]) -> pd.DataFrame:
    """The rows as the grid has them; what was refused keeps what was typed, and says why."""
    address = navigation.address_of("pages/teach/builder.py")
    lines = []
    for one in rows:
        why, typed = refused.get(one.id, ("", {}))
        line = {
            "why": why,
            "module": one.module,
            "title": one.title,
            "kind": ", ".join(BLOCKS.get(name, name) for name in one.blocks) or _("nothing yet"),
            "minutes": one.minutes,
            "is_free": one.is_free,
            "is_published": one.is_published,
            "changed": one.is_changed,
            "open": f"{address}?course={course.id}&lesson={one.id}",
        }
        lines.append(line | typed)
    return pd.DataFrame(lines, columns=list(COLUMNS))


def save(memory: Memory, key: str) -> None:
    """Keep each row that was typed into since the last time."""
    changes: dict[int, dict[str, Any]] = st.session_state[key]["edited_rows"]
    edits = memory.edits(changes)
    if not edits:
        return
    with frame.saving() as session:
        if session is not None:
            memory.take(changes, edits, bulk.apply(session, viewer, course.id, edits))


def rows_key() -> str:
    """The key of the grid itself; another one is a grid into which nothing was typed."""
    return f"grid-rows-{course.id}-{st.session_state.get(GENERATION, 0)}"


def remembered(module: UUID | None) -> Memory:
    """What this grid shows and has saved; begun anew for another module, after something was refused, and on return.

    Whoever has been on another page finds the grid without what was typed into it: its rows must be those of now.
    """
    memory: Memory | None = st.session_state.get(MEMORY)
    if memory is not None and memory.module == module and not memory.is_stale and rows_key() in st.session_state:
        return memory
    with frame.reading() as session:
        rows = bulk.rows(session, course.id, module)
    st.session_state[GENERATION] = st.session_state.get(GENERATION, 0) + 1
    memory = Memory(module, rows, refused=memory.refused if memory is not None else {})
    st.session_state[MEMORY] = memory
    return memory


def show(memory: Memory) -> None:
    """The grid, and what could not be kept."""
    rows, refused = memory.rows, memory.refused
    key = rows_key()
    modules = len({one.module_id for one in rows})
    columns = [name for name in COLUMNS if (name != "why" or refused) and (name != "module" or modules > 1)]
    table = shown(rows, refused)
    st.data_editor(
        table,
        key=key,
        column_config=COLUMNS,
        column_order=columns,
        hide_index=True,
        disabled=course.is_in_review,
        height=min(35 * (len(rows) + 1) + 3, 640),
        on_change=save,
        args=(memory, key),
        alt=_("The lessons of the course, one a row"),
    )
    places = {one.id: place for place, one in enumerate(rows, 1)}
    for lesson_id, (why, _typed) in refused.items():
        if lesson_id in places:
            title = plain(rows[places[lesson_id] - 1].title)
            st.warning(
                _("Row {place}, “{title}”: {why}", place=places[lesson_id], title=title, why=plain(why)),
                icon=":material/error:",
            )
    saved = len(memory.versions)
    said = f":material/cloud_done: {_('{lessons} saved.', lessons=words.counted(saved, 'lesson'))} " if saved else ""
    st.caption(said + _("What you change is saved at once, as a revision of its lesson."))


frame.show_kept_error()
building.head(course, "grid")
if course.is_in_review:
    st.info(_("The course is in review; until it is decided, nothing of it changes."), icon=":material/hourglass:")
module = chosen_module()
memory = remembered(module)
if memory.rows:
    show(memory)
    if st.button(
        _("Load it anew"), icon=":material/refresh:", type="tertiary", help=_("See what colleagues have changed.")
    ):
        del st.session_state[MEMORY]
        st.rerun()
else:
    frame.empty(_("No lesson yet"), _("Add a module and a lesson in the outline first."), "table_rows")
