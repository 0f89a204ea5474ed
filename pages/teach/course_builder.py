"""The outline and the editor of a course: one part of the page that works on its own in the browser.

What is typed or moved goes straight to /authoring/..., without a run of the page. The scripts lie in
learncraft/web/static/builder; here is what they are told.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import streamlit as st

from pages.shared import navigation, scripts

_mount = scripts.component("builder", "builder.js")

# Whom other words may be for; further ones that a lesson has stay as they are.
PERSONAS = ("sports", "music", "cooking", "visual_learner", "step_by_step", "big_picture", "in_a_hurry")


def show(outline: dict[str, Any], lesson: UUID | None, block: str | None, *, questions: str | None) -> None:
    """The builder, with a lesson open if there is one, and one of its blocks marked.

    `questions`: where the editor of questions is.
    """
    _mount(
        key="course-builder",
        data={
            "course": outline["course"],
            "outline": outline,
            "lesson": str(lesson) if lesson else None,
            "block": block,
            "formulas": _formulas(),
            "personas": list(PERSONAS),
            "questions": questions,
            "lab": navigation.address_of("pages/teach/lab.py"),
            "review": navigation.address_of("pages/teach/review.py"),
            "preview": navigation.address_of("pages/teach/preview.py"),
            "revisions": navigation.address_of("pages/teach/revisions.py"),
        },
    )


@cache
def _formulas() -> str | None:
    """Where browsers get what draws formulas for learners, which comes with Streamlit; None where it isn't found."""
    folder = Path(st.__file__).parent / "static" / "static" / "js"
    found = sorted(one.name for one in folder.glob("katex.*.js"))
    return f"/static/js/{found[0]}" if len(found) == 1 else None
