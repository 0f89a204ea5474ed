"""What each kind of block is called, to those who write lessons."""

from __future__ import annotations

from learncraft.language import Spoken

BLOCKS = Spoken(
    {
        "markdown": "Text",
        "html": "HTML",
        "section": "New part",
        "image": "Image",
        "video": "Video",
        "file": "File",
        "code": "Code",
        "callout": "Callout",
        "quiz": "Quiz",
        "lab": "Lab",
        "embed": "Embed",
    }
)
CALLOUTS = Spoken({"note": "Note", "tip": "Tip", "warning": "Warning"})
