"""`learncraft tutor`: index, ask, eval."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Run

COURSE = """
slug: birds
title: Birds
short_description: About birds.
description: About birds.
category: data_science
skill_level: beginner
language: en
modules:
  - {key: one, title: One, description: "", lessons: [owls.md]}
"""
LESSON = """---
title: Owls
type: reading
minutes: 5
---
Owls turn their heads by 270 degrees, since their eyes can't move.
"""


def test_a_course_is_indexed_asked_and_measured(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "birds"
    folder.mkdir()
    (folder / "course.yaml").write_text(COURSE)
    (folder / "owls.md").write_text(LESSON)
    run("user", "create", "tea@example.org", "--first-name", "Tea", "--role", "instructor")
    assert run("import", str(folder), "--instructor", "tea@example.org").code == 0
    indexed = run("tutor", "index", "--json")
    assert (indexed.code, indexed.data["changed"], indexed.data["problems"]) == (0, 1, [])
    assert run("tutor", "index", "--course", "birds", "--json").data["changed"] == 0

    asked = run("tutor", "ask", "How far do owls turn their heads?", "--as", "tea@example.org", "--json").data
    assert asked["evidence"]["is_enough"]
    assert asked["answer"]["sentences"][0]["text"].startswith("Owls turn their heads by 270 degrees")
    shown = run("tutor", "ask", "Who was the first president of Peru?", "--as", "tea@example.org")
    assert "I don't find this in your courses. The nearest is Owls" in " ".join(shown.out.split())
    assert run("tutor", "ask", "Owls?", "--as", "nobody@example.org").code == 1

    questions = tmp_path / "questions.csv"
    questions.write_text("question,course,lesson\nHow far do owls turn?,birds,Owls\nWho was Napoleon?,,\n")
    measured = run("tutor", "eval", str(questions), "--as", "tea@example.org", "--json").data
    assert (measured["first"], measured["refused_unanswerable"], measured["missed"]) == (1.0, 1.0, [])
    questions.write_text("nothing\n")
    assert "needs a first line" in run("tutor", "eval", str(questions), "--as", "tea@example.org").err
