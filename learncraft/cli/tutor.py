"""`learncraft tutor`: what the tutor finds answers in, and how it would answer."""
# ruff: noqa: PLC0415  # heavy imports wait until the command that needs them runs

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from learncraft.cli import console
from learncraft.cli.options import HomeOption, JsonOption, settings_for
from learncraft.errors import NotFoundError

if TYPE_CHECKING:
    from learncraft.accounts.viewer import Viewer
    from learncraft.db import Database
    from learncraft.tutor.extracting import Extract
    from learncraft.tutor.retrieval import Evidence

PIECE = 50  # lessons of one transaction

app = typer.Typer(help="Index courses for the tutor, and ask it.", no_args_is_help=True)


@app.command()
def index(
    course: Annotated[str | None, typer.Option(help="Only the course with this name in its address.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Index what changed in all courses, or in one. Saved lessons are indexed by themselves; this is for a new model.

    Example: [bold]learncraft tutor index[/]
    """
    from learncraft.supervisor.opening import open_database
    from learncraft.tutor import embedding, queries, service
    from learncraft.tutor.indexing import Indexed

    settings = settings_for(home)
    with open_database(settings) as database, console.progress() as progress:
        embedder, done = embedding.of(settings), Indexed()
        with database.reading() as session:
            lessons = queries.lessons_to_index(session, course)
        for first in range(0, len(lessons), PIECE):
            progress("Indexing", first / len(lessons))
            part = lessons[first : first + PIECE]
            done += service.index_lessons(database, settings.files_dir, part, embedder)
        progress("Indexed", 1.0)
        with database.reading() as session:
            problems = queries.problems(session)
    if as_json:
        console.print_json({**asdict(done), "problems": [asdict(one) for one in problems]})
        return
    for problem in problems:
        console.out.print(f"  {problem.course} › {problem.lesson}: {problem.sentence}", markup=False)
    console.done(f"{len(lessons)} lessons looked at: {done.chunks} chunks of {done.changed} changed texts written.")


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="The question, in quotes.")],
    as_person: Annotated[str, typer.Option("--as", help="E-mail address of the person who asks.")],
    course: Annotated[str | None, typer.Option(help="Only the course with this name in its address.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer a question as the tutor would without a language model: from what that person may read.

    Example: [bold]learncraft tutor ask "What is a join?" --as robin@example.org[/]
    """
    from learncraft.supervisor.opening import open_database
    from learncraft.tutor import embedding, queries
    from learncraft.tutor.extracting import extract
    from learncraft.tutor.retrieval import find

    settings = settings_for(home)
    with open_database(settings) as database:
        viewer, embedder = _viewer(database, as_person), embedding.of(settings)
        with database.reading() as session:
            course_ids = [queries.course_named(session, course)] if course is not None else None
            found = find(session, viewer, question, course_ids=course_ids, embedder=embedder)
    answer = extract(found, embedder)
    if as_json:
        console.print_json({"evidence": asdict(found), "answer": asdict(answer)})
    else:
        _show(found, answer)


@app.command("eval")
def evaluate(
    questions: Annotated[Path, typer.Argument(help="A .csv file with the columns question, course and lesson.")],
    as_person: Annotated[str, typer.Option("--as", help="E-mail address of the person who asks.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask questions whose lesson is known, and tell how often it is found. No lesson: it should be refused.

    `course` is the name in its address, or empty for all of the person's courses; `lesson` is its title.

    Example: [bold]learncraft tutor eval questions.csv --as robin@example.org[/]
    """
    from learncraft.supervisor.opening import open_database
    from learncraft.tutor import embedding, evaluating

    asked = evaluating.read(questions)
    settings = settings_for(home)
    with open_database(settings) as database, console.progress() as progress:
        viewer = _viewer(database, as_person)
        result = evaluating.evaluate(database, viewer, asked, embedding.of(settings), progress=progress)
    if as_json:
        console.print_json(asdict(result))
        return
    for one in result.missed:
        console.out.print(f"  not found: {one.question} ({one.lesson})", markup=False)
    console.done(
        f"{result.asked} questions: the lesson came first for {result.first:.0%}, was among the first five for "
        f"{result.in_five:.0%}; {result.refused_answerable:.0%} of them were refused, and "
        f"{result.refused_unanswerable:.0%} of those without a lesson."
    )


def _viewer(database: Database, email: str) -> Viewer:
    from learncraft.tutor import queries

    with database.reading() as session:
        viewer = queries.viewer_by_email(session, email)
    if viewer is None:
        raise NotFoundError(f"Nobody has the address {email}. `learncraft user list` shows who is here.")
    return viewer


def _show(found: Evidence, answer: Extract) -> None:
    from learncraft.tutor import citing

    if not found.is_enough:
        near = f" The nearest is {citing.place(found.nearest)}." if found.nearest else ""
        console.out.print(f"I don't find this in your courses.{near}", markup=False)
        return
    for number, sentence in enumerate(answer.sentences, 1):
        console.out.print(f"{number}. {sentence.text}", markup=False)
        console.out.print(f"   {citing.place(sentence.passage)}", style="dim", markup=False)
