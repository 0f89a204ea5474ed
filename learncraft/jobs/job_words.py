"""What jobs wrote of themselves, in the language of who reads it: it is kept in English, as jobs write it."""

from __future__ import annotations

from learncraft.language import _, noted
from learncraft.language.kept import Kept

_KNOWN = Kept(
    noted("Made anew: {months}"),
    noted("Written"),
    noted("Nothing to tell any more"),
    noted("backup {name} made"),
    noted("{count} learners counted"),
    noted("{done} of {all} letters"),
    noted("{done} of {all} changed courses"),
    noted("{done} of {all} links"),
    noted("{count} courses asked for"),
    noted("{count} ended"),
    noted("{uploads} uploads given up, {copies} copies removed"),
    noted("{count} jobs forgotten"),
    noted("{count} programs graded"),
    noted("{count} certificates given"),
    noted("{count} partitions archived, and {rows} rows of people who are away"),
    noted("{count} partitions archived"),
    noted("{count} partitions made, {rows} rows sorted into their month"),
    noted("{count} partitions made"),
    noted("{months} months and {batches} batches agree"),
    noted("{count} moved up"),
    noted("{count} rows removed"),
    noted("{chunks} chunks of {changed} changed texts written, {documents} looked at"),
    noted("Something unexpected ({name}). The log has the trace under reference {reference}."),
)


def said(words: str) -> str:
    """The words, or a whole sentence of an error, in the reader's language."""
    known = _KNOWN.said(words)
    return known if known != words else _(words)
