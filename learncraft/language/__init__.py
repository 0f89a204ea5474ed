"""The language of who reads: messages, dates and numbers, said in it where they are shown.

Messages in the code are English sentences; other languages are gettext catalogues in locale/. docs/language.md says
how to write messages, and how to add a language.
"""

from learncraft.language.choosing import OFFERED, SOURCE, ask, current, known, name_of, preferred, speak, speaking
from learncraft.language.messages import Spoken, _, _n, noted, several

__all__ = [
    "OFFERED",
    "SOURCE",
    "Spoken",
    "_",
    "_n",
    "ask",
    "current",
    "known",
    "name_of",
    "noted",
    "preferred",
    "several",
    "speak",
    "speaking",
]
