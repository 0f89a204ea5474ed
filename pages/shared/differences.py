"""A difference between two texts: what went, what came, and the words that changed inside a line."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from functools import lru_cache

import streamlit as st

from learncraft import differing
from learncraft.differing import BETWEEN, Line, Piece

_LABEL = re.compile(r"^( *[^:<]{1,60}:)(?= )")  # what the rest of the line is about
_LOOKS = {"-": ("lc-gone", "−", "del"), "+": ("lc-came", "+", "ins"), " ": ("lc-stays", " ", "span")}


def show(lines: Sequence[str]) -> None:
    """Lines as `learncraft.differing` gives them: each with its sign; colours only say it again."""
    st.html(_drawn(tuple(lines)))


@lru_cache(maxsize=512)
def _drawn(lines: tuple[str, ...]) -> str:
    return f'<div class="lc-diff">{"".join(map(_line, differing.marked(lines)))}</div>'


def _line(line: Line) -> str:
    look, sign, mark = _LOOKS.get(line.sign, _LOOKS[" "])
    said = _LABEL.sub(r'<span class="lc-label">\1</span>', "".join(_piece(piece, mark) for piece in line.pieces))
    if line.sign == " " and said == BETWEEN.strip():
        return f'<div class="lc-between">{said}</div>'
    return f'<div class="{look}"><span class="lc-sign">{sign}</span><span>{said}</span></div>'


def _piece(piece: Piece, mark: str) -> str:
    said = html.escape(piece.text)
    if not piece.is_changed:
        return said
    words = said.lstrip() or said  # a space before a word isn't struck through with it
    return f"{said.removesuffix(words)}<{mark}>{words}</{mark}>"
