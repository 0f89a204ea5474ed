"""The links to other sites on the review page: what is broken leads to its block, and who may asks again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from learncraft import runtime
from learncraft.accounts.models import UserRole
from learncraft.analytics.store import EventStore
from learncraft.assessments.models import AssessmentDraw, QuestionBank, QuestionBankItem
from learncraft.authoring import queries, saving
from learncraft.authoring.links import kept
from learncraft.authoring.links.answers import Answer, Outcome
from learncraft.authoring.saving import Save
from learncraft.authoring.shapes import DraftBlock
from learncraft.db import new_id
from learncraft.runtime import Runtime
from learncraft.settings import Settings
from tests.pages.conftest import World, session_viewer
from tests.pages.test_every_page import PAGE_QUERIES, said

PAGE = "pages/teach/review.py"
ANSWERS = {
    "https://well.example/": (Answer.WELL, 200),
    "https://gone.example/": (Answer.GONE, 404),
    "https://away.example/": (Answer.SILENT, None),
    "https://inside.example/": (Answer.PRIVATE, None),
}


@pytest.fixture
def checking(world: World, event_store: EventStore, tmp_path: Path) -> Iterator[World]:
    """The world on a server that checks links."""
    runtime.use(Runtime(Settings(home=tmp_path, link_check=True), world.database, event_store))
    yield world


def write_links(world: World) -> tuple[UUID, UUID]:
    """The course and its lesson, which names all of them."""
    world.open(PAGE, UserRole.INSTRUCTOR)  # begins the working copy
    course_id, lesson_id = (UUID(one.partition("=")[2]) for one in world.queries["pages/teach/builder.py"].split("&"))
    teacher = session_viewer(world, UserRole.INSTRUCTOR)
    with world.database.transaction() as session:
        found = queries.lesson(session, teacher, lesson_id)
        assert found is not None
        named = DraftBlock(id="l", type="markdown", text=" ".join(f"[a]({one})" for one in ANSWERS))
        blocks = found.text.model_copy(update={"blocks": (*found.text.blocks, named)})
        saving.save(session, teacher, lesson_id, Save(found.version, new_id(), 1, blocks))
    return course_id, lesson_id


def test_where_links_are_not_checked_one_line_says_so(looked_at: World) -> None:
    app = looked_at.open(PAGE, UserRole.INSTRUCTOR)
    assert "Links to other sites are not checked on this server." in said(app)
    assert not any("links" in button.label for button in app.button)


def draw_a_link(world: World, lesson_id: UUID) -> UUID:
    """A question of the instructor's bank that names one of them, which the lesson's assessment may draw."""
    teacher = world.people[UserRole.INSTRUCTOR]
    with world.database.transaction() as session:
        pool = QuestionBank(id=new_id(), owner_id=teacher, title="Pool")
        item = QuestionBankItem(
            id=new_id(),
            bank_id=pool.id,
            question_type="true_false",
            content="As [said](https://gone.example/).",
            correct_answer={"value": True},
        )
        session.add(pool)
        session.flush()
        quiz = session.scalar(text("SELECT id FROM assessments WHERE lesson_id = :id LIMIT 1"), {"id": lesson_id})
        session.add_all([item, AssessmentDraw(assessment_id=quiz, bank_id=pool.id, question_count=1)])
        return item.id


def test_what_is_broken_leads_to_its_block_or_its_question_and_the_rest_is_told(checking: World) -> None:
    course_id, lesson_id = write_links(checking)
    item_id = draw_a_link(checking, lesson_id)
    app = checking.open(PAGE, UserRole.CONTENT_ADMIN)
    assert "4 links to other sites. 4 were not asked yet." in said(app)
    with checking.database.transaction() as session:
        for _ in range(2):
            kept.keep(session, [Outcome(address, *answer) for address, answer in ANSWERS.items()])
    app = checking.open(PAGE, UserRole.CONTENT_ADMIN)
    assert not app.exception
    assert len(checking.statements) <= PAGE_QUERIES, checking.statements
    assert "4 links to other sites. 1 answered. Last asked just now." in said(app)
    ways = {link.proto.label: link.proto.query_string for link in app.get("page_link")}
    broken, drawn = sorted((label for label in ways if "is broken" in label), key=lambda label: "“Pool”" in label)
    assert "gone.example" in broken and "there is no such page any more" in broken
    assert ways[broken] == f"course={course_id}&lesson={lesson_id}&block=l"
    assert ways[drawn] == f"question={item_id}"
    checking.queries["pages/teach/question_bank.py"] = f"question={item_id}"
    bank = checking.open("pages/teach/question_bank.py", UserRole.INSTRUCTOR)
    assert not bank.exception
    assert said(bank).count("gone.example") == 1  # it stands first, and not in the list again
    assert "The question that you came for" in said(bank)
    stranger = checking.open("pages/teach/question_bank.py", "stranger")
    assert "gone.example" not in said(stranger)
    assert [unfolded.label for unfolded in app.expander if "(1)" in unfolded.label] == [
        "Could not be reached (1)",
        "Not checked (1)",
    ]
    assert any("away.example" in label and "Last tried just now." in label for label in ways)


def test_a_click_asks_once_and_the_button_gives_way(checking: World) -> None:
    write_links(checking)
    app, other = (checking.open(PAGE, UserRole.INSTRUCTOR) for _ in range(2))
    for tab in (app, other):
        [button] = [one for one in tab.button if one.label == "Check the links"]
        button.click().run()
        assert not tab.exception
        assert "They are being checked" in said(tab)  # whoever clicked second finds that it is being done
        assert not any(one.label.startswith("Check the links") for one in tab.button)
    with checking.database.reading() as session:
        waiting = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'check_links'")
        assert session.scalar(waiting) == 1
