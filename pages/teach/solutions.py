"""The authors' own solutions of programs, run before learners get them: points that they can't reach, nobody can."""

from __future__ import annotations

import streamlit as st

from learncraft.accounts.viewer import Viewer
from learncraft.assessments import code_running, draft_questions
from learncraft.assessments.code_shapes import CodeKey
from learncraft.assessments.draft_shapes import DraftDocument
from learncraft.authoring.going_out import Drafts
from learncraft.errors import UnavailableError
from learncraft.language import _
from learncraft.sandbox import current as sandbox
from pages.shared.render import plain


def failing(viewer: Viewer, document: DraftDocument) -> list[str]:
    """The tests that the solutions in a draft fail, each as a sentence."""
    failed = []
    for place, question in enumerate(document.questions, 1):
        made, _problems = draft_questions.ready(question)
        if made is None or not isinstance(made.key, CodeKey):
            continue
        if not made.key.solution.strip():
            failed.append(
                _("Question {place} has no solution, so nobody knows whether its tests can be passed.", place=place)
            )
            continue
        try:
            with st.spinner(_("Running the solution of question {place}…", place=place)):
                sentences = code_running.check_solution(sandbox.current(), made.key, who=viewer.id)
        except UnavailableError as error:
            return [str(error)]
        failed += [
            _("Question {place}: the solution fails {test}", place=place, test=sentence) for sentence in sentences
        ]
    return failed


def are_sound(viewer: Viewer, drafts: Drafts) -> bool:
    """Run the solutions of all drafts that go out with a course; what fails is said, and then it doesn't go out."""
    failed = [
        f"“{plain(one.title)}”: {plain(' '.join(sentences))}"
        for one, document in drafts.going_out
        if (sentences := failing(viewer, document))
    ]
    if failed:
        st.error("  \n".join([_("It is not published."), *failed]), icon=":material/error:")
    return not failed
