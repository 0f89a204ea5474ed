"""Text that others wrote, made harmless: it can be read, and can't lead, load or hide anything. Pure."""

from __future__ import annotations

import re
import unicodedata

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{1,20}:/{2,}|/{2,}(?=\w)|www\.", re.I)
_MAIL = re.compile(r"(?<=[\w.+-])@(?=[\w-]+\.[\w.-]+)")
_RUNNING = re.compile(r"\b(?:javascript|vbscript|data|mailto|xmpp)\s*:", re.I)
_TAG = re.compile(r"<!--.*?(?:-->|\Z)|</?[a-z!?][^<>]*(?:>|\Z)", re.I | re.S)
_LEADS = re.compile(
    r"[a-z]:/{2,}|www\.|\]\s*[(\[]\s*\S*[./:]|<\s*/?(?:img|a|script|iframe|svg|link|form|style)\b", re.I
)
_KEPT = "\n\t"


def inert(text: str) -> str:
    """Markdown without links, pictures, HTML and signs that nobody sees. Doing it twice changes nothing.

    A link needs a bracket that is followed at once by its address, so a space between them ends all links, also those
    hidden from us by escapes or half a code span. Addresses lose their scheme, or browsers' Markdown would link them.
    """
    seen = "".join(
        letter for letter in text if letter in _KEPT or unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co"}
    )
    before = None
    while before != seen:  # what is taken out may bring together what stood around it
        before = seen
        seen = _TAG.sub("", seen)
        seen = _MAIL.sub(" at ", _SCHEME.sub("", _RUNNING.sub("", seen)))
        seen = re.sub(r"!+(?=\s*\[)", "", seen)
        seen = re.sub(r"\](?=[(\[:])", "] ", seen)
    return seen


def leads(text: str) -> bool:
    """Whether a text tries to link, load or run something."""
    return bool(_LEADS.search(text))


def one_line(text: str) -> str:
    """A sentence for a list: inert, without marks of Markdown that would begin a block."""
    return re.sub(r"^[#>*+\-\s|]+", "", " ".join(inert(text).split()))
