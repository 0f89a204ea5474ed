"""Invented courses with their modules, lessons, quizzes and questions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg import Connection

from learncraft.courses.models import CourseCategory, LessonType, SkillLevel
from learncraft.demo.scale import texts
from learncraft.demo.scale.copying import IdMaker, Ids, copy_columns

QUIZ_EVERY = 4  # lessons
QUESTIONS = 3
_MODULE = 5  # lessons
_LANGUAGES = ("en",) * 17 + ("de", "de", "en-GB")

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What learners can do: lessons and quizzes by position. `first` is where a course's lessons begin."""

    courses: Ids
    lessons: Ids
    quizzes: Ids
    questions: Ids
    sizes: Ints  # lessons of each course
    first: Ints
    quiz_of: Ints  # the quiz of each lesson, -1 without
    minutes: Ints
    modules: Ids
    module_of: Ints


def fill(
    connection: Connection[Any], ids: IdMaker, random: np.random.Generator, *, count: int, lessons: int, teachers: Ids
) -> Catalogue:
    """Store `count` courses of `lessons` lessons on average; few are long."""
    sizes = np.clip(np.round(random.lognormal(0, 0.45, count) * lessons * 0.9), 3, 80).astype(np.int64)
    first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    total = int(sizes.sum())
    minutes = np.clip(np.round(random.lognormal(2.7, 0.6, total)), 3, 120).astype(np.int64)
    course_of = np.repeat(np.arange(count), sizes)
    place = np.arange(total) - first[course_of]
    modules_each = -(-sizes // _MODULE)
    first_module = np.concatenate([[0], np.cumsum(modules_each)[:-1]])
    module_of = first_module[course_of] + place // _MODULE
    has_quiz = place % QUIZ_EVERY == QUIZ_EVERY - 1
    quiz_of = np.where(has_quiz, np.cumsum(has_quiz) - 1, -1)
    made = Catalogue(
        courses=ids.make(count),
        lessons=ids.make(total),
        quizzes=ids.make(int(has_quiz.sum())),
        questions=ids.make(int(has_quiz.sum()) * QUESTIONS),
        sizes=sizes,
        first=first,
        quiz_of=quiz_of,
        minutes=minutes,
        modules=ids.make(int(modules_each.sum())),
        module_of=module_of,
    )
    subjects = _courses(connection, random, made, teachers)
    _modules(connection, made, np.repeat(np.arange(count), modules_each), first_module)
    _lessons(connection, random, made, course_of, place, subjects)
    _quizzes(connection, random, made, course_of[has_quiz], subjects)
    return made


def _courses(
    connection: Connection[Any], random: np.random.Generator, made: Catalogue, teachers: Ids
) -> list[tuple[str, bool]]:
    """Store the courses; returns the subject of each, and whether it is in German."""
    count = len(made.courses)
    categories = [list(CourseCategory)[place] for place in random.integers(0, len(CourseCategory), count)]
    names, titles, languages, briefs, descriptions, tags = [], [], [], [], [], []
    for category in categories:
        choices = texts.SUBJECTS[category].split(",")
        subject = choices[int(random.integers(0, len(choices)))]
        language = _LANGUAGES[int(random.integers(0, len(_LANGUAGES)))]
        german = language == "de"
        names.append((subject, german))
        titles.append(texts.TITLES[int(random.integers(0, len(texts.TITLES)))].format(subject))
        languages.append(language)
        briefs.append(texts.paragraph(random, subject, count=1, german=german)[:500])
        told = (texts.paragraph(random, subject, count=int(random.integers(2, 6)), german=german) for _ in range(3))
        descriptions.append("".join(f"<p>{paragraph}</p>" for paragraph in told))
        others = [choices[place].lower() for place in random.integers(0, len(choices), 2)]
        tags.append(json.dumps(sorted({subject.lower(), category.value.replace("_", " "), *others})))
    totals = np.add.reduceat(made.minutes, made.first)
    published = np.datetime64("now") - random.integers(1, 900, count).astype("timedelta64[D]")
    prices = np.where(random.random(count) < 0.7, 0, random.choice([9, 19, 29, 49, 79, 149], count))
    is_draft = random.random(count) < 0.04
    columns = {
        "id": made.courses,
        "instructor_id": teachers[(random.random(count) ** 2 * len(teachers)).astype(int)],
        "title": titles,
        "slug": [f"scale-{number}" for number in range(count)],
        "short_description": briefs,
        "description": descriptions,
        "category": [one.value for one in categories],
        "skill_level": [list(SkillLevel)[place].value for place in random.choice(4, count, p=[0.45, 0.35, 0.15, 0.05])],
        "status": np.where(is_draft, "draft", "published").tolist(),
        "language": languages,
        "duration_minutes": totals,
        "price": prices,
        "is_featured": random.random(count) < 0.01,
        "learning_objectives": [
            json.dumps([texts.paragraph(random, subject, count=1, german=german)]) for subject, german in names
        ],
        "tags": tags,
        "published_at": np.ma.masked_array(published, mask=is_draft),
        "created_at": published - np.timedelta64(20, "D"),
    }
    copy_columns(connection, "courses", columns)
    return names


def _modules(connection: Connection[Any], made: Catalogue, course_of: Ints, first: Ints) -> None:
    order = np.arange(len(course_of)) - first[course_of]
    columns = {
        "id": made.modules,
        "course_id": made.courses[course_of],
        "title": [f"Part {place + 1}" for place in order],
        "order_index": order,
    }
    copy_columns(connection, "modules", columns)


def _lessons(
    connection: Connection[Any],
    random: np.random.Generator,
    made: Catalogue,
    course_of: Ints,
    place: Ints,
    subjects: list[tuple[str, bool]],
) -> None:
    total, names = len(made.lessons), texts.terms()
    rare = (np.minimum(random.pareto(0.35, (total, 3)) * 3, 1e12)).astype(np.int64) % len(names)
    lengths = np.clip(random.lognormal(1.9, 0.6, total), 3, 40).astype(int)
    titles, contents = [], []
    for number in range(total):
        subject, german = subjects[course_of[number]]
        titles.append(texts.LESSON_TITLES[int(place[number]) % len(texts.LESSON_TITLES)].format(subject))
        blocks: list[dict[str, Any]] = [{"id": "s1", "type": "section", "title": titles[-1]}]
        known = ", ".join(names[term] for term in rare[number])
        for part in range(2):
            told = texts.paragraph(random, subject, count=int(lengths[number]), german=german)
            blocks.append({"id": f"p{part}", "type": "markdown", "text": f"{told} See {known}."})
        if made.quiz_of[number] >= 0:
            quiz = made.quizzes[made.quiz_of[number]].decode()
            blocks.append({"id": "q", "type": "quiz", "assessment_id": quiz})
        contents.append(json.dumps({"version": 1, "blocks": blocks}))
    columns = {
        "id": made.lessons,
        "module_id": made.modules[made.module_of],
        "title": titles,
        "slug": [f"lesson-{number + 1}" for number in place],
        "lesson_type": np.where(made.quiz_of >= 0, LessonType.MIXED.value, LessonType.READING.value).tolist(),
        "order_index": place % _MODULE,
        "duration_minutes": made.minutes,
        "is_free": place == 0,
        "content": contents,
    }
    copy_columns(connection, "lessons", columns)


def _quizzes(
    connection: Connection[Any],
    random: np.random.Generator,
    made: Catalogue,
    course_of: Ints,
    subjects: list[tuple[str, bool]],
) -> None:
    count = len(made.quizzes)
    columns: dict[str, Any] = {
        "id": made.quizzes,
        "lesson_id": made.lessons[made.quiz_of >= 0],
        "title": [f"Questions about {subjects[course][0]}" for course in course_of],
        "passing_score": np.full(count, 60),
        "max_attempts": np.full(count, 5),
    }
    copy_columns(connection, "assessments", columns)
    of_quiz = np.repeat(np.arange(count), QUESTIONS)
    order = np.tile(np.arange(QUESTIONS), count)
    options = json.dumps([{"id": key, "text": f"Answer {key.upper()}", "feedback": ""} for key in "abcd"])
    columns = {
        "id": made.questions,
        "assessment_id": made.quizzes[of_quiz],
        "question_type": ["multiple_choice"] * len(of_quiz),
        "content": [
            f"What is true of {subjects[course_of[quiz]][0]}? {texts.sentences()[place]}"
            for quiz, place in zip(of_quiz, random.integers(0, len(texts.sentences()), len(of_quiz)), strict=True)
        ],
        "options": [options] * len(of_quiz),
        "correct_answer": ['{"option": "a"}'] * len(of_quiz),
        "order_index": order,
    }
    copy_columns(connection, "questions", columns)
