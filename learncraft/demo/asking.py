"""What the demo's learners ask: the tutor about a lesson, and the catalogue by words."""

from __future__ import annotations

from random import Random

_QUESTIONS = (
    "Can you explain the main idea of “{title}” in other words?",
    "I don't get the second example of “{title}”. Why does it work?",
    "When would I use what “{title}” shows?",
    "Is there a shorter way to do the last step of “{title}”?",
)
_BEYOND = (
    "How does this compare with what my company uses?",
    "Will this be part of a job interview?",
    "Which book would you read next?",
)
# What is searched for, and how many of the demo's courses have it.
SEARCHES = (
    *(("python", 1), ("sql", 1), ("statistics", 1), ("joins", 1), ("regression", 1), ("functions", 1)),
    *(("javascript", 0), ("machine learning", 0), ("docker", 0), ("excel", 0), ("kubernetes", 0)),
)
_WEIGHTS = (30, 22, 16, 6, 6, 5, 9, 8, 4, 4, 2)


def question(random: Random, title: str) -> tuple[str, bool, int | None]:
    """A question in a lesson, whether its material has the answer, and the rating of the answer, if there is one."""
    is_beyond = random.random() < 0.17
    text = random.choice(_BEYOND if is_beyond else _QUESTIONS).format(title=title)
    rating = random.choices((1, 2, 3, 4, 5), (4, 3, 2, 1, 1) if is_beyond else (1, 1, 3, 6, 7))[0]
    return text, not is_beyond, rating if random.random() < 0.35 else None


def answer(title: str, *, answered: bool) -> str:
    """What the tutor said."""
    if answered:
        return f"The lesson “{title}” explains it in its own words; the passage is cited beside the answer."
    return "The material of this course doesn't answer that. Your instructor may know."


def search(random: Random) -> tuple[str, int]:
    """Words that somebody searched for, and how many courses were found."""
    return random.choices(SEARCHES, _WEIGHTS)[0]
