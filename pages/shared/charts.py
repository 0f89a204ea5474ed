"""How every chart of the product looks: the question, how it is counted, the picture, the table, the downloads."""

from __future__ import annotations

import html
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from learncraft.analytics.asking import Answer
from learncraft.errors import UnavailableError
from learncraft.language import _, numbers
from pages.shared import chart_locale, columns, frame

Row = TypeVar("Row")

# Okabe and Ito's palette; the same thing has the same colour on every chart of the product.
LEARNERS = "#0072B2"
OPENED = "#56B4E9"
COMPLETED = "#009E73"
CORRECT = "#009E73"
WARNING = "#D55E00"
EXPECTED = "#CC79A7"
MONEY = "#E69F00"
BEFORE = "#7A7F8C"
QUALITATIVE = (LEARNERS, MONEY, COMPLETED, EXPECTED, OPENED, WARNING, "#B8A600", BEFORE)
# Colour never stands alone: lines differ in dashes and markers, bars in patterns.
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "solid", "dash")
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x", "cross", "star", "hexagon")
# From little to much in the colour of learners; opaque, so that numbers on it are readable in both themes.
SEQUENTIAL = ((0.0, "#E3EFF8"), (0.5, "#5AA5D6"), (1.0, "#00507D"))
STRIPES = {"shape": "/", "fillmode": "overlay", "fgopacity": 0.35}

TEMPLATE = go.layout.Template(
    layout={
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "height": 320,
        "hovermode": "x unified",
        "bargap": 0.25,
        "legend": {"orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0},
        "xaxis": {"showgrid": False, "zeroline": False, "automargin": True},
        "yaxis": {"zeroline": False, "automargin": True, "rangemode": "tozero"},
        "dragmode": False,  # a finger that scrolls the page doesn't move the chart
    }
)
_UNUSED = ["zoom2d", "pan2d", "select2d", "lasso2d", "zoomIn2d", "zoomOut2d", "autoScale2d", "resetScale2d"]
_READ_ALOUD = 60  # rows of the table for screen readers


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers behind a picture: headings, and rows as wide as these."""

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]

    def frame(self) -> pd.DataFrame:
        """The same for showing and downloading."""
        return pd.DataFrame(list(self.rows), columns=list(self.columns))


@dataclass(frozen=True, slots=True)
class Drawn:
    """The answer to a question as a picture and a table; without a figure, `nothing` says why."""

    figure: go.Figure | None
    table: Table
    nothing: str
    note: str = ""  # what else the reader should know, such as how many are not shown


def figure(*traces: Any, **layout: object) -> go.Figure:
    """A figure with the product's template."""
    made = go.Figure(data=traces)
    made.update_layout(template=TEMPLATE, separators=numbers.separators(), **layout)
    made.update_traces(textangle=0, selector={"type": "bar"})
    return made


def show(
    answer: Answer[Row],
    draw: Callable[[list[Row]], Drawn],
    *,
    as_of: str,
    key: str = "",
    title: str = "",
    counted: str = "",
    can_pick: bool = False,
) -> list[Any]:
    """Draw a chart with all that belongs to it; returns what was picked in it, as the figure's customdata says.

    A store that is slow or away costs this chart alone; a sentence says so.
    """
    question = answer.question
    key = key or question.key
    st.subheader(title or _(question.title), anchor=False)
    try:
        drawn = draw(answer.rows())
    except UnavailableError as error:
        st.warning(f"{error} {_('The numbers come back by themselves.')} {as_of}", icon=":material/cloud_off:")
        return []
    st.caption(" ".join(filter(None, (counted or _(question.counted), drawn.note, as_of))))
    if drawn.figure is None:
        frame.empty(_("Nothing to show yet"), drawn.nothing, "monitoring")
        return []
    picked: list[Any] = []
    name = key.replace("_", "-")
    config = {
        "displaylogo": False,
        "modeBarButtonsToRemove": _UNUSED,
        "responsive": True,
        **chart_locale.config(),
        "toImageButtonOptions": {"filename": name, "format": st.session_state.get(f"picture-{key}") or "png"},
    }
    said = title or _(question.title)
    if can_pick:
        state = st.plotly_chart(
            drawn.figure, key=f"chart-{key}", config=config, alt=said, on_select="rerun", selection_mode="points"
        )
        picked = [point.get("customdata") for point in state["selection"]["points"]]
    else:
        st.plotly_chart(drawn.figure, key=f"chart-{key}", config=config, alt=said)
    _below(answer, drawn, key, name)
    return picked


def table(
    answer: Answer[Row],
    draw: Callable[[list[Row]], Drawn],
    *,
    as_of: str,
    settings: dict[str, Any] | None = None,
    can_pick: bool = False,
) -> list[int]:
    """Like `show`, for answers that are best read as a table; returns the rows that were picked."""
    question = answer.question
    st.subheader(_(question.title), anchor=False)
    try:
        drawn = draw(answer.rows())
    except UnavailableError as error:
        st.warning(f"{error} {_('The numbers come back by themselves.')} {as_of}", icon=":material/cloud_off:")
        return []
    st.caption(" ".join(filter(None, (_(question.counted), drawn.note, as_of))))
    if not drawn.table.rows:
        frame.empty(_("Nothing to show yet"), drawn.nothing, "monitoring")
        return []
    picked: list[int] = []
    shown = drawn.table.frame()
    if can_pick:
        state = st.dataframe(
            shown,
            hide_index=True,
            column_config=columns.of(shown, settings),
            key=f"rows-{question.key}",
            on_select="rerun",
            selection_mode="single-row",
        )
        picked = list(state["selection"]["rows"])
    else:
        st.dataframe(shown, hide_index=True, column_config=columns.of(shown, settings), key=f"rows-{question.key}")
    _below(answer, drawn, question.key, question.key.replace("_", "-"), is_table=True)
    return picked


def _below(answer: Answer[Any], drawn: Drawn, key: str, name: str, *, is_table: bool = False) -> None:
    """The row under a chart. What is folded away is made only when somebody unfolds it."""
    with st.container(horizontal=True, gap="small"):
        if not is_table:
            folded = _fold(_("Table"), "table", f"table-{key}")
            if folded.open:
                numbers_shown = drawn.table.frame()
                folded.dataframe(numbers_shown, hide_index=True, column_config=columns.of(numbers_shown))
        sql = _fold(_("Query"), "code", f"sql-{key}")
        if sql.open:
            sql.code(answer.sql(), language="sql")
        st.download_button(
            "CSV",
            lambda: drawn.table.frame().to_csv(index=False).encode(),
            f"{name}.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
            key=f"csv-{key}",
            type="tertiary",
        )
        st.download_button(
            "Parquet",
            lambda: _parquet(drawn.table),
            f"{name}.parquet",
            "application/vnd.apache.parquet",
            icon=":material/download:",
            on_click="ignore",
            key=f"parquet-{key}",
            type="tertiary",
        )
        if not is_table:
            picture = _fold(_("Picture"), "image", f"image-{key}")
            if picture.open:
                picture.segmented_control(_("Format"), ["png", "svg"], default="png", key=f"picture-{key}")
                picture.caption(_("Then press the camera above the chart, on the right."))
    if not is_table:
        st.html(_for_screen_readers(_(answer.question.title), drawn.table))


def _fold(label: str, icon: str, key: str) -> Any:
    return st.popover(label, icon=f":material/{icon}:", type="tertiary", on_change="rerun", key=key)


def _parquet(content: Table) -> bytes:
    frame_ = content.frame()
    for name in frame_.columns:  # a column of identifiers or of mixed values is text
        if frame_[name].map(lambda value: isinstance(value, UUID)).any():
            frame_[name] = frame_[name].map(str)
    made = io.BytesIO()
    frame_.to_parquet(made, index=False)
    return made.getvalue()


def _for_screen_readers(question: str, content: Table) -> str:
    """The table again, for those who can't see the picture. It takes no room."""

    def cells(row: Sequence[object], kind: str) -> str:
        return "".join(f"<{kind}>{html.escape('' if value is None else str(value))}</{kind}>" for value in row)

    rows = "".join(f"<tr>{cells(row, 'td')}</tr>" for row in content.rows[:_READ_ALOUD])
    return (
        f'<table class="lc-read-aloud"><caption>{html.escape(question)}</caption>'
        f"<thead><tr>{cells(content.columns, 'th')}</tr></thead><tbody>{rows}</tbody></table>"
    )


def numbered(labels: Sequence[str], longest: int = 34) -> list[str]:
    """Labels that fit beside a bar, numbered so that no two are the same."""
    short = (label if len(label) <= longest else label[: longest - 1].rstrip() + "…" for label in labels)
    return [f"{place}. {label}" for place, label in enumerate(short, start=1)]


def percent(share: float | None) -> float | None:
    """A share from 0 to 1 as a percentage with one decimal."""
    return None if share is None else round(100 * share, 1)


def change(now: float, before: float) -> str | None:
    """How much a number grew against the period before, such as '+12 %'; None when there was nothing before."""
    if not before:
        return None
    # Against almost nothing a percentage says nothing.
    sign = "+" if now >= before else "-"
    grown = abs(now - before)
    return f"{sign}{numbers.number(grown) if now > 3 * before else numbers.percent(grown / before)}"
