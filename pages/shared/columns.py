"""How tables write numbers and days: as the reader's language does."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from pages.shared import words

# Numbers are written by the browser, in the language that learncraft/web/own_words.py tells it.
LOCALIZED = "localized"


def percent() -> Any:
    """A column of percentages with bars."""
    return st.column_config.ProgressColumn(min_value=0, max_value=100, format=LOCALIZED)


def of(shown: pd.DataFrame, given: dict[str, Any] | None = None) -> dict[str, Any]:
    """The settings of a table's columns: those that are given, and of the others by what is in them."""
    found = {str(name): _of_values(shown[name]) for name in shown.columns}
    return {name: settings for name, settings in found.items() if settings is not None} | (given or {})


def _of_values(values: pd.Series) -> Any:
    if pd.api.types.is_bool_dtype(values):
        return None
    if pd.api.types.is_numeric_dtype(values):
        return st.column_config.NumberColumn(format=LOCALIZED)
    known = values.dropna()
    if len(known) and type(known.iloc[0]) is date:
        return st.column_config.DateColumn(format=words.day_format())
    return None
