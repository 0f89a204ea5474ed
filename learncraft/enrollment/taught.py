"""Finding a course among those that one teaches or reviews, drafts too."""

from __future__ import annotations

from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.courses import queries
from learncraft.courses.models import Course
from learncraft.courses.queries import TaughtPage
from learncraft.enrollment import search_query
from learncraft.enrollment.spelling import words_of


def find(session: Session, viewer: Viewer, *, search: str = "", page: int = 1) -> TaughtPage:
    """The courses that have all words of `search`, the best first; without one, the latest changed. Three queries."""
    words = words_of(search)
    if not words:
        found = queries.taught_courses(session, viewer, page=page)
        return found if not search.strip() else TaughtPage((), 0, 1)
    query = search_query.read(session, words)
    vector = Course.search_vector
    return queries.taught_courses(session, viewer, page=page, matches=query.matches(vector), rank=query.rank(vector))
