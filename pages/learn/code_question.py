"""What a code question shows beside its field: its tests before, its verdict and a solution after."""

from __future__ import annotations

import streamlit as st

from learncraft import runtime
from learncraft.assessments import code_running, reasons
from learncraft.assessments.code_shapes import CodeKey, CodeResponse, CodeTest
from learncraft.assessments.models import AttemptStatus
from learncraft.assessments.views import AskedCode, AttemptView
from learncraft.errors import UnavailableError
from learncraft.language import _
from learncraft.sandbox import current as sandbox
from pages.shared import people, words
from pages.shared.render import plain

PASSED, FAILED = "Passed: ", "Not passed: "


def asked(code: AskedCode) -> None:
    """What will be tested; the sandbox gets ready meanwhile."""
    sandbox.current().prepare()
    with st.expander(_announced(code), icon=":material/checklist:"):
        for test in code.tests:
            st.markdown(f"**{plain(test.title)}**")
            st.code(_asks(test), language="python")
        if code.hidden:
            st.caption(
                _(
                    "{tests} you don't see: you learn only whether your program passes.",
                    tests=words.counted(code.hidden, "more test"),
                )
            )
    st.caption(_("Each test has its share of the points. All tests are run once more when you hand in."))


def written(response: CodeResponse) -> None:
    """The program that was handed in."""
    st.markdown(_("**Your program**"))
    st.code(response.code, language="python", line_numbers=True)


def solution(key: CodeKey) -> None:
    """One way to do it."""
    if key.solution:
        st.markdown(_("**One solution**"))
        st.code(key.solution, language="python")


def verdict(reason: str) -> None:
    """The points, and each test with its result."""
    whole, *lines = reason.splitlines()
    st.markdown(f"**{plain(reasons.said(whole))}**")
    for line in lines:
        if line.startswith(PASSED):
            st.markdown(f":material/check: {plain(reasons.of_test(line.removeprefix(PASSED)))}")
        else:
            title, _dot, why = line.removeprefix(FAILED).partition(". ")
            st.markdown(
                f":material/close: {plain(reasons.of_test(title))}"
                + (f"  \n:small[{plain(reasons.of_program(why))}]" if why else "")
            )


def grade(attempt: AttemptView) -> bool:
    """Run the programs of an attempt that was handed in; says whether something was graded.

    When they can't be run now, it is said in words, and a job does it later.
    """
    if attempt.status != AttemptStatus.SUBMITTED or not any(question.code for question in attempt.questions):
        return False
    try:
        with st.spinner(_("Your programs are being tested…")):
            database, who = runtime.current().database, people.acting()
            return code_running.grade_waiting(database, sandbox.current(), attempt.id, who=who) > 0
    except UnavailableError as error:
        st.info(_("{error} The result comes by itself.", error=plain(str(error))), icon=":material/hourglass:")
        return False


def _announced(code: AskedCode) -> str:
    seen = words.counted(len(code.tests), "test")
    return _("{seen}, and {hidden} more that you don't see", seen=seen, hidden=code.hidden) if code.hidden else seen


def _asks(test: CodeTest) -> str:
    """A test as somebody would try it at a prompt."""
    if test.evaluate:
        lines = [*test.arrange.splitlines(), test.evaluate.strip()]
        shown = "\n".join(f">>> {line}" if not line.startswith((" ", "\t")) else f"... {line}" for line in lines)
        return f"{shown}\n{test.raises or test.expected.strip()}"
    given = f"# {_('Input')}\n{test.stdin.rstrip()}\n\n" if test.stdin else ""
    return f"{given}# {_('Printed')}\n{test.expected.rstrip()}"
