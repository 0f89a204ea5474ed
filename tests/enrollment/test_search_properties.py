"""Whatever is typed into a search, it answers; and spelling keeps its promises."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy.orm import Session

from learncraft.accounts import queries
from learncraft.accounts.models import UserRole
from learncraft.accounts.viewer import Viewer
from learncraft.db import new_id
from learncraft.enrollment import dictionary, spelling
from learncraft.enrollment.catalogue import Sort, catalogue, record_search
from learncraft.enrollment.facets import Facet, Filters, read
from learncraft.enrollment.search_query import pieces
from tests.enrollment.test_search import viewer_of
from tests.factories import make_course, make_user

HOSTILE = [
    "'", '"', "\\", "' OR 1=1 --", "a & | ! ( ) <-> :*", "'); DROP TABLE courses; --", "\x00", "a\x00b", "\ud800",
    "%", "_", "x" * 10_000, "word " * 2_000, "😀🎉", "𝔘𝔫𝔦", "ﷺ", "İ", "ß", "ⅷ", "a:*", "!!a", "<->", "''''", "$1", ":q",
    "%(q)s", "{}", "\u202e\u200b", "١٢٣", "e\u0301", "<b>x</b>", "the", "the a of", "c++", "-1", "a'b", "a\\'b",
]  # fmt: skip
SETTINGS = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
anything = some.text(some.characters(), max_size=60) | some.sampled_from(HOSTILE)
words = some.text(some.sampled_from("abcdeäöß3"), min_size=1, max_size=12)


@pytest.mark.parametrize("typed", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_search_is_a_search(session: Session, typed: str) -> None:
    make_course(session, title=typed.replace("\x00", "").encode("utf-8", "ignore").decode()[:400] or "Empty")
    dictionary.refresh(session)
    person = make_user(session)
    catalogue(session, viewer_of(person), search=typed)
    queries.list_users(session, search=typed)
    record_search(session, person.id, query=typed, results=0)
    session.flush()


@SETTINGS
@given(typed=anything, tag=anything, sort=some.sampled_from(Sort), page=some.integers(-5, 10**9))
def test_anything_may_be_typed(session: Session, typed: str, tag: str, sort: Sort, page: int) -> None:
    viewer = Viewer(new_id(), "", "", "", UserRole.LEARNER, "en", "light", "UTC", new_id())
    filters = Filters({Facet.TAG: read(Facet.TAG, tag), Facet.SUBJECT: read(Facet.SUBJECT, tag)})
    with session.begin_nested():
        found = catalogue(session, viewer, search=typed, filters=filters, sort=sort, page=page)
        queries.list_users(session, search=typed, page=1)
    assert found.total >= len(found.cards)


@SETTINGS
@given(one=words, other=words)
def test_errors_are_counted_alike_from_both_sides(one: str, other: str) -> None:
    assert spelling.distance(one, other, 3) == spelling.distance(other, one, 3)
    assert spelling.distance(one, one, 0) == 0


@SETTINGS
@given(word=some.text(some.sampled_from("abcde"), min_size=3, max_size=14), data=some.data())
def test_a_word_with_one_error_is_always_found(word: str, data: some.DataObject) -> None:
    place = data.draw(some.integers(0, len(word) - 1))
    mistyped = data.draw(
        some.sampled_from(
            [
                word[:place] + word[place + 1 :],
                word[:place] + "x" + word[place:],
                word[:place] + "x" + word[place + 1 :],
                word[:place] + word[place + 1 : place + 2] + word[place] + word[place + 2 :],
            ]
        )
    )
    if mistyped != word and spelling.allowed_errors(mistyped):
        assert set(spelling.variants(word)) & set(spelling.variants(mistyped))
        assert spelling.best(mistyped, [(word, 1)]) == word


@SETTINGS
@given(marked=some.text(some.sampled_from("ab \x02\x03<"), max_size=30))
def test_a_headline_loses_nothing_but_its_marks(marked: str) -> None:
    assert "".join(part for part, _ in pieces(marked)) == marked.replace("\x02", "").replace("\x03", "")
