"""The reasons beside graded answers in the language of who reads them.

A reason is kept with its grade as English sentences, made by grading.py, marking.py and code_grading.py. What a person
wrote in it, and what a program said, stays as it is.
"""

from __future__ import annotations

import re

from learncraft import language
from learncraft.language import _, noted
from learncraft.language.kept import Kept

_POINTS = Kept(noted("{score} of {worth} points"), noted("{score} of {worth} point"))
_WHOLE = Kept(
    noted("{given} of {needed} marks given"),
    noted("Two people gave {first} and {second}; a third has to mark"),
)
_WHY = Kept(
    noted("Right"),
    noted("{passed} of {tests} tests passed"),
    noted("{passed} of {tests} test passed"),
    noted("Not answered"),
    noted("Not the right option"),
    noted("The statement is true"),
    noted("The statement is false"),
    noted("The answer is of another kind than the question"),
    noted("Not among the accepted answers"),
    noted("A number without a percent sign was asked for"),
    noted("Not the right number"),
    noted("The answer can't be read as a number"),
    noted("{hits} of {right} right options, {misses} wrong options"),
    noted("{hits} of {right} right options, {misses} wrong option"),
    noted("{hits} of {right} right option, {misses} wrong options"),
    noted("{hits} of {right} right option, {misses} wrong option"),
    noted("{hits} of {right} right options"),
    noted("{hits} of {right} right option"),
    noted("Two people gave {first} and {second}; the mean"),
    noted("Three people gave {first}, {second} and {third}; the middle one"),
)
_TITLE = Kept(noted("Hidden test {number}"))
_OF_PROGRAM = Kept(
    noted("Wrong result"),
    noted("It ended with an error"),
    noted("It ran for too long"),
    noted("It asked for too much memory"),
    noted("It printed too much"),
    noted("It ended the interpreter"),
    noted("Not run: the time was used up by the tests before"),
    noted("{expression} raised nothing; {exception} was expected"),
    noted("{expression} gave a value that can't be shown; {expected} was expected"),
    noted("{expression} gave {value}; {expected} was expected"),
    noted("It printed “{printed}”; “{expected}” was expected"),
    verbatim=True,
)
_LEVEL = re.compile(r"\((?P<points>[\d.]+) of (?P<best>[\d.]+)\)")


def said(reason: str) -> str:
    """The reason, line by line."""
    return reason if language.current() == language.SOURCE else "\n".join(map(_line, reason.split("\n")))


def of_test(title: str) -> str:
    """The title of a test: the author's, or 'Hidden test 2'."""
    return _TITLE.said(title)


def of_program(words: str) -> str:
    """Why a program didn't pass a test."""
    return _OF_PROGRAM.said(words)


def _line(line: str) -> str:
    """One line: what was found, and the points; or the points alone."""
    why, colon, points = line.rpartition(": ")
    told = _POINTS.said(points)
    if told == points:  # no points stand at its end
        return _WHOLE.said(line)
    if not colon:
        return told
    found = _WHY.said(why)
    if found == why:
        found = _LEVEL.sub(lambda level: _("({points} of {best})", **level.groupdict()), why)
    return f"{found}: {told}"
