"""What can be wrong with a course archive as a whole. A single bad part of it is a line of the report."""

from __future__ import annotations

from learncraft.errors import InvalidInputError


class CourseArchiveError(InvalidInputError):
    """The archive can't be read at all; the message says what is wrong with it and what to do."""
