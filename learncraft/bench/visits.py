"""Who opens which page: people, courses, lessons and attempts as they are met, the large ones most often."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from learncraft.accounts import sessions
from learncraft.accounts.models import User, UserSession
from learncraft.db import Database, new_id


@dataclass(frozen=True, slots=True)
class Visit:
    """One page, opened by the person of a sign-in, with what its address says."""

    name: str
    file: str
    family: UUID
    query: dict[str, str] = field(default_factory=dict)


# A draw of rows as often as they are met, and the greatest of each kind, which are met most.
_PLACES = """
    (SELECT e.user_id, c.slug, c.id FROM enrollments e JOIN courses c ON c.id = e.course_id
     WHERE e.status IN ('active', 'completed') AND c.deleted_at IS NULL ORDER BY random() LIMIT :most)
    UNION ALL
    (SELECT e.user_id, c.slug, c.id FROM enrollments e JOIN courses c ON c.id = e.course_id
     WHERE e.user_id = (SELECT user_id FROM enrollments GROUP BY user_id ORDER BY count(*) DESC LIMIT 1)
       AND e.status IN ('active', 'completed') LIMIT 2)
"""
_LESSONS = """
    SELECT p.user_id, p.lesson_id FROM (SELECT * FROM lesson_progress TABLESAMPLE SYSTEM (:share)) AS p
    JOIN lessons l ON l.id = p.lesson_id JOIN modules m ON m.id = l.module_id
    JOIN enrollments e ON e.user_id = p.user_id AND e.course_id = m.course_id
    WHERE e.status IN ('active', 'completed') ORDER BY random() LIMIT :most
"""
_ATTEMPTS = """
    SELECT user_id, id FROM (SELECT * FROM assessment_attempts TABLESAMPLE SYSTEM (:share)) AS drawn
    ORDER BY random() LIMIT :most
"""
_INSIGHTS = ["course", "engagement", "lessons", "video", "items", "practice", "tutor", "cohorts", "at_risk", "learner"]
_EXAMINERS = """
SELECT c.instructor_id, a.id FROM assessments a
JOIN lessons l ON l.id = a.lesson_id JOIN modules m ON m.id = l.module_id JOIN courses c ON c.id = m.course_id
ORDER BY a.id LIMIT :most
"""
_BUILT = """
SELECT c.instructor_id, c.id, (array_agg(l.id ORDER BY l.id))[1] FROM courses c
JOIN modules m ON m.course_id = c.id JOIN lessons l ON l.module_id = m.id
WHERE c.deleted_at IS NULL GROUP BY c.id ORDER BY c.id LIMIT :most
"""
_KEYS = """
SELECT c.instructor_id, q.id FROM questions q JOIN assessments a ON a.id = q.assessment_id
JOIN lessons l ON l.id = a.lesson_id JOIN modules m ON m.id = l.module_id JOIN courses c ON c.id = m.course_id
ORDER BY q.id LIMIT :most
"""
_TEACHERS = """
    SELECT instructor_id, (array_agg(id))[1] FROM courses WHERE deleted_at IS NULL
    GROUP BY instructor_id ORDER BY count(*) DESC LIMIT :most
"""
_OFFERINGS = """
    SELECT c.instructor_id, o.id FROM course_offerings o JOIN courses c ON c.id = o.course_id
    WHERE c.deleted_at IS NULL ORDER BY o.id LIMIT :most
"""
_ADMINS = "SELECT id FROM users WHERE role = 'system_admin' AND is_active AND deleted_at IS NULL LIMIT 1"
_REVIEWERS = "SELECT id FROM users WHERE role = 'content_admin' AND is_active AND deleted_at IS NULL LIMIT 1"
_TITLES = "SELECT title FROM courses WHERE status = 'published' AND deleted_at IS NULL ORDER BY random() LIMIT :most"
_WORDS = "SELECT word FROM search_words ORDER BY random() LIMIT :most"
_COMMON = "SELECT word FROM search_words WHERE length(word) > 3 ORDER BY documents DESC LIMIT 10"
_NAMES = "SELECT first_name, last_name, email FROM users ORDER BY random() LIMIT :most"


class Guests:
    """Sign-ins for the visits, made before and ended after them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._families: dict[UUID, UUID] = {}
        self._tokens: dict[UUID, str] = {}

    def family(self, session: Session, user_id: UUID) -> UUID:
        """The sign-in of a person."""
        if user_id not in self._families:
            token = sessions.open_session(session, session.get_one(User, user_id))
            viewer = sessions.viewer_for_token(session, token)
            assert viewer is not None
            self._families[user_id] = viewer.family_id
            self._tokens[viewer.family_id] = token
        return self._families[user_id]

    def token(self, family: UUID) -> str:
        """What a browser of this sign-in presents."""
        return self._tokens[family]

    def leave(self) -> None:
        """Take the sign-ins away again."""
        with self._database.transaction() as session:
            session.execute(delete(UserSession).where(UserSession.family_id.in_(self._families.values())))


def choose(session: Session, guests: Guests, *, each: int, seed: int = 1) -> list[Visit]:
    """`each` visits of every page, more of the catalogue, by different people."""
    random = Random(seed)  # noqa: S311  # chance, not secrecy
    session.execute(text("SET LOCAL statement_timeout = 0"))
    session.execute(text("SELECT setseed(0.5)"))

    def rows(statement: str, **given: Any) -> list[Any]:
        return list(session.execute(text(statement), {"most": each} | given))

    # A part of a large table is enough to draw from.
    rough = session.scalar(text("SELECT greatest(reltuples, 1) FROM pg_class WHERE relname = 'lesson_progress'")) or 1
    share = min(100.0, 5_000_000 / rough)
    visits: list[Visit] = []

    def add(name: str, file: str, user_id: UUID, **query: object) -> None:
        family = guests.family(session, user_id)
        visits.append(Visit(name, f"pages/{file}.py", family, {key: str(value) for key, value in query.items()}))

    places = rows(_PLACES)
    for user_id, slug, course_id in places:
        add("my learning", "learn/home", user_id)
        add("discussion", "learn/discussion", user_id, course=course_id)
        add("course", "learn/course", user_id, course=slug)
        add("catalogue", "learn/catalogue", user_id)
    for user_id, slug, _ in zip(
        (place[0] for place in places), reversed([place[1] for place in places]), places, strict=True
    ):
        add("course of others", "learn/course", user_id, course=slug)
    for user_id, lesson_id in rows(_LESSONS, share=share):
        add("lesson", "learn/lesson", user_id, id=lesson_id)
    for user_id, attempt_id in rows(_ATTEMPTS, share=share):
        add("quiz", "learn/assessment", user_id, attempt=attempt_id)
    _of_themselves([place[0] for place in places[:10]], random, add)
    searchers = [place[0] for place in places]
    for name, query in _queries(random, rows):
        add(name, "learn/catalogue", random.choice(searchers), q=query)
    _of_teachers(rows, add)
    _of_the_platform(rows, add)
    return visits


def _of_themselves(learners: list[UUID], random: Random, add: Callable[..., None]) -> None:
    """The pages that are about who looks at them."""
    for number, user_id in enumerate(learners):
        add("certificates", "learn/certificates", user_id)
        add("profile", "account/profile", user_id)
        add("sign-ins", "account/sign_ins", user_id)
        add("my grades", "learn/grades", user_id)
        add("my notes", "learn/notes", user_id)
        add("review", "learn/review", user_id)
        add("how I learn", "account/learning", user_id)
        add("tutor", "learn/tutor", user_id)
        add("cart", "account/cart", user_id)
        add("subscription", "account/subscription", user_id)
        narrowed = random.choice(
            ({"level": "beginner"}, {"subject": "databases,cloud"}, {"price": "free", "tag": "sql"})
        )
        add("catalogue, narrowed", "learn/catalogue", user_id, **narrowed, sort=("Newest", "Most learners")[number % 2])


def _of_the_platform(rows: Callable[..., list[Any]], add: Callable[..., None]) -> None:
    """The pages of those who look after all of it."""
    [[admin]] = rows(_ADMINS)
    for first_name, last_name, email in rows(_NAMES):
        for query in ("", first_name, f"{first_name[:3]} {last_name[:4]}", email, last_name[:1]):
            add("people", "admin/people", admin, q=query)
    add("health", "admin/health", admin)
    add("jobs", "admin/jobs", admin)
    add("orders", "admin/orders", admin)
    add("outbox", "admin/outbox", admin)
    add("audit trail", "admin/audit", admin)
    add("overview", "insights/overview", admin)
    for [reviewer] in rows(_REVIEWERS):
        add("all courses", "teach/courses", reviewer)
        add("courses in review", "teach/reviews", reviewer)


def _of_teachers(rows: Callable[..., list[Any]], add: Callable[..., None]) -> None:
    """The pages that are about what somebody teaches."""
    for user_id, course_id in rows(_TEACHERS):
        add("my courses", "teach/courses", user_id)
        add("who teaches", "learn/instructor", user_id, id=user_id)
        for page in _INSIGHTS:
            add(f"insight: {page}", f"insights/{page}", user_id, course=course_id)
        add("certificates of a course", "teach/certificates", user_id, course=course_id)
        add("gradebook", "teach/gradebook", user_id, course=course_id)
        add("flashcards of a course", "teach/flashcards", user_id, course=course_id)
        add("files and video", "teach/files", user_id, course=course_id)
        add("course builder", "teach/builder", user_id, course=course_id)
        add("lessons in a grid", "teach/grid", user_id, course=course_id)
        add("details of a course", "teach/details", user_id, course=course_id)
        add("review of a course", "teach/review", user_id, course=course_id)
        add("the tutor in a course", "teach/tutor", user_id, course=course_id)
        add("grading", "teach/grading", user_id)
        add("offerings", "teach/offerings", user_id)
        add("assessments", "teach/assessment", user_id)
        add("question bank", "teach/question_bank", user_id)
    for user_id, assessment_id in rows(_EXAMINERS):
        add("accommodations", "teach/accommodations", user_id, assessment=assessment_id)
        add("assessment editor", "teach/assessment", user_id, id=assessment_id)
    for user_id, _, lesson_id in rows(_BUILT):
        add("revisions of a lesson", "teach/revisions", user_id, lesson=lesson_id)
        add("preview of a lesson", "teach/preview", user_id, lesson=lesson_id)
        add("lab of a lesson", "teach/lab", user_id, lesson=lesson_id)
    for user_id, question_id in rows(_KEYS):
        add("correct a key", "teach/fix_key", user_id, question=question_id)
    # Where nothing is offered, the pages of an offering say that it isn't there.
    for user_id, offering_id in rows(_OFFERINGS) or [(row[0], new_id()) for row in rows(_TEACHERS)]:
        add("sign up", "learn/registration", user_id, offering=offering_id)
        add("who signed up", "teach/registrations", user_id, offering=offering_id)


def _queries(random: Random, rows: Any) -> list[tuple[str, str]]:
    """Searches: words of titles, half a word, a mistyped one, rare words and the most common ones."""
    queries = []
    for [title] in rows(_TITLES):
        words = [word for word in title.split() if len(word) > 3] or [title]
        word = random.choice(words)
        place = random.randrange(1, max(2, len(word) - 1))
        mistyped = word[: place - 1] + word[place : place + 1] + word[place - 1] + word[place + 1 :]
        queries += [
            ("search", title),
            ("search", word),
            ("search, half a word", word[: max(2, len(word) // 2)]),
            ("search, mistyped", mistyped),
        ]
    queries += [("search, rare word", word) for [word] in rows(_WORDS)]
    queries += [("search, common word", word) for [word] in rows(_COMMON)]
    return queries
