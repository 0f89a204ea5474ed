"""Finding courses and lessons by their words."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from learncraft.accounts.models import User, UserRole
from learncraft.accounts.viewer import Viewer
from learncraft.courses.models import CourseCategory, CourseStatus, SkillLevel
from learncraft.db import new_id
from learncraft.enrollment import dictionary, taught
from learncraft.enrollment.catalogue import Sort, catalogue, record_search
from learncraft.enrollment.facets import Facet, Filters, read
from learncraft.events import LearningEvent
from tests.factories import make_course, make_enrollment, make_lesson, make_user


def viewer_of(user: User) -> Viewer:
    return Viewer(user.id, user.email, user.first_name, user.full_name, user.role, "en", "light", "UTC", new_id())


@pytest.fixture
def learner(session: Session) -> Viewer:
    return viewer_of(make_user(session))


def titles(session: Session, viewer: Viewer, search: str, **options: object) -> list[str]:
    return [card.title for card in catalogue(session, viewer, search=search, **options).cards]  # type: ignore[arg-type]


def prose(words: str, kind: str = "markdown") -> dict:
    key = "html" if kind == "html" else "text"
    return {"version": 1, "blocks": [{"id": "p", "type": kind, key: words}]}


def test_a_hit_in_the_title_comes_before_one_in_the_description(session: Session, learner: Viewer) -> None:
    make_course(session, title="Cooking", description="<p>With a chapter on fermentation.</p>", enrollment_count=900)
    make_course(session, title="Fermentation at home", enrollment_count=1)
    make_course(session, title="Bread", short_description="Fermentation and heat.")
    assert titles(session, learner, "fermentation") == ["Fermentation at home", "Bread", "Cooking"]


def test_words_are_found_in_any_of_their_forms(session: Session, learner: Viewer) -> None:
    make_course(session, title="Indexing databases")
    for form in ("index", "indexes", "database indexing", "DATABASES"):
        assert titles(session, learner, form) == ["Indexing databases"], form


@pytest.mark.parametrize(
    ("language", "title", "search"),
    [
        ("de", "Bäume und Wälder zählen", "Baum Wald"),
        ("fr", "Les chevaux sauvages", "sauvage cheval"),
        ("es-MX", "Aprendiendo canciones", "canción"),
        ("tlh", "Qapla batleth", "qapla"),
    ],
)
def test_words_are_read_in_the_language_of_the_course(
    session: Session, learner: Viewer, language: str, title: str, search: str
) -> None:
    make_course(session, title=title, language=language)
    make_course(session, title="Something English")
    found = titles(session, learner, search)
    assert found == [title]


def test_lessons_follow_their_course_into_another_language(session: Session, learner: Viewer) -> None:
    made = make_course(session, language="en", lessons=0)
    lesson = make_lesson(session, made.modules[0], order_index=0, title="Die Häuser der Nachbarn")
    stems = text("SELECT tsvector_to_array(search_vector) FROM lessons WHERE id = :id")
    assert "häuser" in session.scalar(stems, {"id": lesson.id})
    session.execute(text("UPDATE courses SET language = 'de' WHERE id = :id"), {"id": made.id})
    assert "haus" in session.scalar(stems, {"id": lesson.id})
    assert "die" not in session.scalar(stems, {"id": lesson.id})


def test_an_enrollment_does_not_compute_the_words_again(session: Session) -> None:
    made = make_course(session, title="Indexes")
    session.execute(text("ALTER TABLE courses DISABLE TRIGGER keep_vector"))
    session.execute(text("UPDATE courses SET search_vector = 'marker' WHERE id = :id"), {"id": made.id})
    session.execute(text("ALTER TABLE courses ENABLE TRIGGER keep_vector"))
    stored = text("SELECT search_vector::text FROM courses WHERE id = :id")
    session.execute(text("UPDATE courses SET enrollment_count = 5 WHERE id = :id"), {"id": made.id})
    assert session.scalar(stored, {"id": made.id}) == "'marker'"
    session.execute(text("UPDATE courses SET title = 'Joins' WHERE id = :id"), {"id": made.id})
    assert session.scalar(stored, {"id": made.id}) == "'join':1A"


def test_the_last_word_may_be_typed_in_part(session: Session, learner: Viewer) -> None:
    make_course(session, title="Organizations that learn")
    assert titles(session, learner, "organ") == ["Organizations that learn"]
    assert titles(session, learner, "learn organi") == []  # the stem is "organ", and nobody has told the dictionary
    dictionary.refresh(session)
    assert titles(session, learner, "learn organi") == ["Organizations that learn"]


def test_a_whole_word_comes_before_a_beginning(session: Session, learner: Viewer) -> None:
    make_course(session, title="JavaScript", enrollment_count=500)
    make_course(session, title="Java")
    assert titles(session, learner, "java") == ["Java", "JavaScript"]


@pytest.mark.parametrize("mistyped", ["kuberentes", "kubrnetes", "kubbernetes", "kubernotes", "cubernetes"])
def test_a_mistyped_word_is_put_right_and_said(session: Session, learner: Viewer, mistyped: str) -> None:
    make_course(session, title="Kubernetes in production")
    dictionary.refresh(session)
    found = catalogue(session, learner, search=f"{mistyped} production")
    assert [card.title for card in found.cards] == ["Kubernetes in production"]
    assert found.corrected == "kubernetes production"


def test_words_of_drafts_are_not_given_away(session: Session, learner: Viewer) -> None:
    make_course(session, title="Zymurgy", status=CourseStatus.DRAFT)
    dictionary.refresh(session)
    found = catalogue(session, learner, search="zymurgi")
    assert (found.total, found.corrected) == (0, None)
    assert session.scalar(text("SELECT count(*) FROM search_words WHERE word = 'zymurgy'")) == 0


def words_with_numbers(session: Session) -> dict[str, int]:
    return {row.word: row.documents for row in session.execute(text("SELECT word, documents FROM search_words"))}


def test_words_are_collected_where_something_changed_and_nowhere_else(session: Session) -> None:
    first, second = make_course(session, title="Zymurgy", lessons=2), make_course(session, title="Yeast")
    assert dictionary.refresh(session) == 2
    assert dictionary.refresh(session) == 0
    session.execute(text("UPDATE courses SET enrollment_count = 5 WHERE id = :id"), {"id": first.id})
    assert dictionary.refresh(session) == 0
    session.execute(text("UPDATE lessons SET title = 'Barley' WHERE id = :id"), {"id": first.lessons[0].id})
    assert dictionary.changed(session) == [first.id]
    assert dictionary.refresh(session) == 1
    assert words_with_numbers(session)["barley"] == 1
    assert second.id not in dictionary.changed(session)


def test_the_numbers_after_changes_are_those_of_a_new_count(session: Session) -> None:
    made = [make_course(session, title=f"Zymurgy of {name}", lessons=2) for name in ("ale", "beer", "cider")]
    dictionary.refresh(session)
    session.execute(text("UPDATE courses SET title = 'Brewing ale' WHERE id = :id"), {"id": made[0].id})
    session.execute(text("DELETE FROM lessons WHERE id = :id"), {"id": made[1].lessons[1].id})
    session.execute(text("UPDATE courses SET status = 'draft' WHERE id = :id"), {"id": made[2].id})
    assert dictionary.refresh(session) == 3
    counted = words_with_numbers(session)
    assert (counted["zymurgy"], counted["brewing"], "cider" in counted) == (1, 1, False)
    session.execute(text("DELETE FROM search_words"))
    session.execute(text("DELETE FROM search_course_words"))
    dictionary.refresh(session)
    assert words_with_numbers(session) == counted


def test_the_words_of_a_deleted_course_are_taken_out_of_the_count(session: Session) -> None:
    made = make_course(session, title="Zymurgy", lessons=0)
    dictionary.refresh(session)
    session.execute(text("DELETE FROM courses WHERE id = :id"), {"id": made.id})
    dictionary.refresh(session)
    assert "zymurgy" not in words_with_numbers(session)


def test_a_snippet_marks_the_hits_in_plain_text(session: Session, learner: Viewer) -> None:
    make_course(session, title="A", description='<p>Why <b>joins</b> &amp; <script>alert("x")</script> matter</p>')
    [card] = catalogue(session, learner, search="join").cards
    assert ("joins", True) in card.snippet
    assert "<" not in "".join(words for words, _ in card.snippet)


def test_a_lesson_one_may_read_is_shown_and_another_only_named(session: Session, learner: Viewer) -> None:
    mine, other = make_course(session, lessons=0), make_course(session, lessons=0)
    for made in (mine, other):
        make_lesson(
            session, made.modules[0], order_index=0, title="Trees", content=prose("A spanning tree of a graph.")
        )
    make_enrollment(session, mine.course, session.get_one(User, learner.id))
    first, second = catalogue(session, learner, search="spanning").lessons
    assert (first.course_slug, first.is_readable) == (mine.course.slug, True)
    assert ("spanning", True) in first.snippet
    assert (second.course_slug, second.is_readable, second.snippet) == (other.course.slug, False, ())


def test_hidden_lessons_and_drafts_are_not_found(session: Session, learner: Viewer) -> None:
    made = make_course(session, lessons=0)
    make_lesson(session, made.modules[0], order_index=0, title="Secret", is_published=False)
    draft = make_course(session, lessons=0, title="Secret", status=CourseStatus.DRAFT)
    make_lesson(session, draft.modules[0], order_index=0, title="Secret")
    found = catalogue(session, learner, search="secret")
    assert (found.total, found.lessons) == (0, ())


def test_every_number_of_a_facet_is_what_choosing_it_leaves(session: Session, learner: Viewer) -> None:
    for number in range(24):
        make_course(
            session,
            category=list(CourseCategory)[number % 3],
            skill_level=list(SkillLevel)[number % 4],
            price=Decimal((0, 20, 80)[number % 3]),
            duration_minutes=(30, 300, 3000)[number % 2],
            tags=["even", "all"] if number % 2 == 0 else ["all"],
        )
    for filters in (
        Filters(),
        Filters({Facet.LEVEL: ("beginner", "expert")}),
        Filters({Facet.TAG: ("even",), Facet.PRICE: ("free",)}),
    ):
        found = catalogue(session, learner, filters=filters)
        assert found.total == catalogue(session, learner, filters=filters, page=2).total
        for facet, choices in found.choices.items():
            for choice in choices:
                if facet == Facet.TAG:
                    chosen = (*[one for one in filters.of(facet) if one != choice.value], choice.value)
                else:
                    chosen = (choice.value,)
                alone = Filters({**filters.chosen, facet: chosen})
                assert catalogue(session, learner, filters=alone).total == choice.courses, (facet, choice)


def counted(session: Session) -> tuple[set[object], set[object]]:
    """What the triggers keep."""
    cells = "SELECT category, skill_level, length, price, courses FROM catalogue_cells WHERE courses > 0"
    return set(session.execute(text(cells))), set(session.execute(text("SELECT tag, courses FROM catalogue_tags")))


def counted_anew(session: Session) -> tuple[set[object], set[object]]:
    """The same, from the courses."""
    courses = "courses WHERE status = 'published' AND deleted_at IS NULL"
    cells = (
        "SELECT category, skill_level, course_length(duration_minutes, estimated_duration), course_price(price), "
        f"count(*) FROM {courses} GROUP BY 1, 2, 3, 4"
    )
    tags = (
        f"SELECT tag, count(DISTINCT id) FROM (SELECT id, jsonb_array_elements_text(tags) AS tag FROM {courses}) AS t "
        "GROUP BY tag"
    )
    return set(session.execute(text(cells))), set(session.execute(text(tags)))


CHANGES = (
    "INSERT INTO courses (instructor_id, title, slug, category, skill_level, status, published_at, tags) "
    "SELECT instructor_id, 'New', 'new', 'cloud', 'expert', 'published', now(), '[\"b\", \"b\", \"c\"]' "
    "FROM courses LIMIT 1",
    "UPDATE courses SET tags = '[\"a\"]', price = 10 WHERE slug = 'new'",
    "UPDATE courses SET tags = '[]' WHERE slug <> 'new'",
    "UPDATE courses SET duration_minutes = 700, skill_level = 'beginner', enrollment_count = 3",
    "UPDATE courses SET title = 'Renamed', is_featured = true, published_at = now() - interval '1 day'",
    "UPDATE courses SET status = 'draft' WHERE slug = 'new'",
    "UPDATE courses SET status = 'published' WHERE slug = 'new'",
    "UPDATE courses SET deleted_at = now() WHERE slug = 'new'",
    "DELETE FROM courses",
)


def test_the_catalogue_counts_right_whatever_happens_to_courses(session: Session) -> None:
    for number in range(3):
        make_course(session, lessons=0, tags=["a", "b"], price=Decimal(number * 30))
    for change in CHANGES:
        session.execute(text(change))
        assert counted(session) == counted_anew(session), change
        listed = "SELECT course_id, title, learners, is_featured, published_at FROM course_listings"
        courses = (
            "SELECT id, title, enrollment_count, is_featured, published_at FROM courses "
            "WHERE status = 'published' AND deleted_at IS NULL"
        )
        assert set(session.execute(text(listed))) == set(session.execute(text(courses))), change


def test_order_is_by_relevance_popularity_or_age(session: Session, learner: Viewer) -> None:
    for title, learners, age in (("Data", 1, "1 day"), ("About data", 9, "9 days"), ("More data", 5, "2 hours")):
        made = make_course(session, title=title, enrollment_count=learners)
        session.execute(
            text("UPDATE courses SET published_at = now() - CAST(:age AS interval) WHERE id = :id"),
            {"age": age, "id": made.id},
        )
    assert titles(session, learner, "data", sort=Sort.POPULARITY) == ["About data", "More data", "Data"]
    assert titles(session, learner, "data", sort=Sort.NEWEST) == ["More data", "Data", "About data"]


def test_pages_hold_every_course_once(session: Session, learner: Viewer) -> None:
    made = {make_course(session, title=f"Number {number}").course.title for number in range(30)}
    shown = [title for page in (1, 2, 3) for title in titles(session, learner, "number", page=page)]
    assert sorted(shown) == sorted(made)


def test_an_address_with_nonsense_narrows_by_nothing() -> None:
    assert read(Facet.LEVEL, "beginner,,guru,beginner,'; DROP TABLE") == ("beginner",)
    assert read(Facet.TAG, "a\x00,b") == ("a", "b")


def test_a_search_is_told_with_what_it_found(session: Session) -> None:
    person = make_user(session)
    record_search(session, person.id, query="  joins \x00 and\n unions \ud800", results=3)
    session.flush()
    event = session.scalars(select(LearningEvent).where(LearningEvent.event_type == "search_made")).one()
    assert event.event_data == {"query": "joins and unions", "results": 3}


def test_reviewers_find_every_course_and_instructors_their_own_drafts_too(session: Session) -> None:
    teacher = make_user(session, role=UserRole.INSTRUCTOR)
    make_course(session, instructor=teacher, title="Organizations that learn", status=CourseStatus.DRAFT)
    make_course(session, title="How organizations grow")
    own, reviewer = viewer_of(teacher), viewer_of(make_user(session, role=UserRole.CONTENT_ADMIN))
    assert [one.title for one in taught.find(session, own, search="organi").courses] == []
    assert [one.title for one in taught.find(session, own, search="organ").courses] == ["Organizations that learn"]
    assert taught.find(session, reviewer, search="organizations").total == 2
    assert taught.find(session, reviewer, search="grow").courses[0].title == "How organizations grow"
    assert taught.find(session, own, search="!!!").total == 0
    assert taught.find(session, own).total == 1


def test_people_are_found_by_an_index(session: Session) -> None:
    session.execute(
        text(
            "INSERT INTO users (email, first_name, last_name) "
            "SELECT 'p' || n || '@example.org', 'First' || n, 'Last' || n FROM generate_series(1, 3000) n"
        )
    )
    session.execute(text("ANALYZE users"))
    plan = session.execute(
        text("EXPLAIN SELECT id FROM users WHERE deleted_at IS NULL AND search_vector @@ '''last77'':*'::tsquery")
    ).scalars()
    assert "ix_users_search_vector" in "\n".join(plan)


def test_the_indexes_of_search_serve_it(session: Session) -> None:
    make_course(session)
    session.execute(text("SET LOCAL enable_seqscan = off"))
    for table in ("courses", "lessons"):
        plan = session.execute(
            text(f"EXPLAIN SELECT id FROM {table} WHERE search_vector @@ to_tsquery('english', 'word')")
        ).scalars()
        assert f"ix_{table}_search_vector" in "\n".join(plan)
    plan = session.execute(text("EXPLAIN SELECT word FROM search_words WHERE variants && '{databas}'")).scalars()
    assert "ix_search_words_variants" in "\n".join(plan)


def test_an_instructor_finds_lessons_of_their_own_without_a_place(session: Session) -> None:
    teacher = make_user(session, role=UserRole.INSTRUCTOR)
    made = make_course(session, lessons=0, instructor=teacher)
    make_lesson(session, made.modules[0], order_index=0, title="Monads")
    [hit] = catalogue(session, viewer_of(teacher), search="monads").lessons
    assert hit.is_readable
