"""How every chart of the product looks: the question, how it is counted, the picture, the table, the download."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from learncraft import sql
from pages.shared import frame

# Okabe and Ito's palette; the same thing has the same colour on every chart of the product.
LEARNERS = "#0072B2"
OPENED = "#56B4E9"
COMPLETED = "#009E73"
CORRECT = "#009E73"
WARNING = "#D55E00"

TEMPLATE = go.layout.Template(
    layout={
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "height": 320,
        "hovermode": "x unified",
        "bargap": 0.25,
        "legend": {"orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0},
        "xaxis": {"showgrid": False, "zeroline": False, "automargin": True},
        "yaxis": {"zeroline": False, "automargin": True, "rangemode": "tozero"},
        "separators": ".,",
    }
)
CONFIG = {"displaylogo": False, "displayModeBar": False, "responsive": True}


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers behind a picture: headings, and rows as wide as these."""

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]

    def frame(self) -> pd.DataFrame:
        """The same for showing and downloading."""
        return pd.DataFrame(list(self.rows), columns=list(self.columns))


@dataclass(frozen=True, slots=True)
class Chart:
    """One question and its answer; without a figure, `nothing` says why."""

    key: str
    question: str
    counted: str
    figure: go.Figure | None
    table: Table
    sql_name: str
    nothing: str


def figure(*traces: go.Scatter | go.Bar, **layout: object) -> go.Figure:
    """A figure with the product's template."""
    made = go.Figure(data=traces)
    made.update_layout(template=TEMPLATE, **layout)
    return made


def show(chart: Chart, *, as_of: str) -> None:
    """Draw a chart with all that belongs to it."""
    st.subheader(chart.question, anchor=False)
    st.caption(f"{chart.counted} {as_of}")
    if chart.figure is None:
        frame.empty("Nothing to show yet", chart.nothing, "monitoring")
        return
    st.plotly_chart(chart.figure, key=f"chart-{chart.key}", config=CONFIG, alt=chart.question)
    with st.container(horizontal=True):
        # What is folded away is made only when somebody unfolds it.
        numbers = st.popover(
            "Table", icon=":material/table:", type="tertiary", on_change="rerun", key=f"table-{chart.key}"
        )
        if numbers.open:
            numbers.dataframe(chart.table.frame(), hide_index=True)
        question = st.popover(
            "How it is asked", icon=":material/code:", type="tertiary", on_change="rerun", key=f"sql-{chart.key}"
        )
        if question.open:
            question.code(sql.text(chart.sql_name), language="sql")
        st.download_button(
            "CSV",
            lambda: chart.table.frame().to_csv(index=False).encode(),
            f"{chart.key}.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
            key=f"csv-{chart.key}",
            type="tertiary",
        )


def numbered(labels: Sequence[str], longest: int = 34) -> list[str]:
    """Labels that fit beside a bar, numbered so that no two are the same."""
    short = (label if len(label) <= longest else label[: longest - 1].rstrip() + "…" for label in labels)
    return [f"{place}. {label}" for place, label in enumerate(short, start=1)]
