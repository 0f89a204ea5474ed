"""Which addresses of other sites a working copy names, and where."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from learncraft.assessments import drafting
from learncraft.assessments.draft_shapes import DraftDraw
from learncraft.assessments.models import AssessmentDraw, QuestionBank, QuestionBankItem
from learncraft.authoring import checklist
from learncraft.authoring.links import collecting
from learncraft.authoring.links.collecting import OuterLink, Place, outer
from learncraft.authoring.models import LessonDraft
from learncraft.authoring.shapes import Details, DraftBlock, DraftResource, DraftVariant, LessonText
from learncraft.courses.models import CourseCategory, SkillLevel
from learncraft.db import new_id
from tests.authoring import build
from tests.factories import make_assessment

LESSON, FILM = new_id(), new_id()


def found(
    *blocks: DraftBlock, own_host: str = "", details: dict[str, Any] | None = None, **said: Any
) -> list[OuterLink]:
    about = Details(
        title="SQL", slug="sql", category=CourseCategory.DATABASES, skill_level=SkillLevel.BEGINNER, **(details or {})
    )
    lessons = {LESSON: LessonText(title="Joins", blocks=blocks, **said)}
    return collecting.of_course(about, lessons, {FILM: "https://films.example/1.mp4"}, own_host=own_host)


def block(kind: Any, key: str = "b", **values: Any) -> DraftBlock:
    return DraftBlock(id=key, type=kind, **values)


def addresses(*blocks: DraftBlock, **said: Any) -> list[str]:
    return [link.address for link in found(*blocks, **said)]


def test_markdown_names_links_pictures_and_html_of_its_own() -> None:
    text = (
        "[a](https://one.example/a#part) ![b](http://two.example/b.png) <https://three.example/>\n\n"
        "[r][ref] <a href='https://four.example/'>d</a>\n\n[ref]: https://five.example/ 'title'\n\n"
        "`https://code.example/` and https://bare.example/ are words, [in](/media/x) and "
        "[mail](mailto:a@b.example) stay."
    )
    assert addresses(block("markdown", text=text)) == [
        "https://one.example/a",
        "http://two.example/b.png",
        "https://three.example/",
        "https://five.example/",
        "https://four.example/",
    ]


def test_html_names_what_stays_after_it_was_sanitised() -> None:
    html = (
        "<a href='//one.example/x'>x</a><img src='https://two.example/y.png' alt='y'>"
        "<script src='https://three.example/'></script><iframe src='https://four.example/'></iframe>"
        "<a href='javascript:alert(1)'>no</a><blockquote cite='https://five.example/'>q</blockquote>"
    )
    assert addresses(block("html", html=html)) == ["https://one.example/x", "https://two.example/y.png"]


def test_each_place_is_named_and_an_address_twice_at_one_place_is_one() -> None:
    text = "[a](https://one.example/) [b](https://one.example/#b)"
    links = found(block("markdown", "p", text=text), block("callout", "q", text=text))
    assert [(link.place.title, link.place.lesson_id, link.place.block_id) for link in links] == [
        ("Joins", LESSON, "p"),
        ("Joins", LESSON, "q"),
    ]


def test_embeds_videos_resources_variants_and_details_are_among_them() -> None:
    links = found(
        block("embed", "e", url="https://www.youtube.com/watch?v=abcdefghijk", title="Film"),
        block("video", "f", video_id=FILM),
        block("video", "uploaded", video_id=new_id()),
        block("embed", "unfinished", url="https://vimeo.com/123456"),
        block("embed", "link", url="https://elsewhere.example/", title="Elsewhere"),
        block("embed", "refused", url="http://ada@evil.example/", title="No"),
        resources=(DraftResource(title="Book", url="https://book.example/"), DraftResource(title="", url="")),
        variants=(
            DraftVariant(
                persona_key="visual",
                content_key="e",
                blocks=(block("markdown", text="[v](https://variant.example/)"),),
                is_published=True,
            ),
            DraftVariant(persona_key="brief", blocks=(block("markdown", text="[v](https://hidden.example/)"),)),
        ),
        details={"description": "[d](https://about.example/)", "preview_video_url": "https://film.example/1"},
    )
    assert [(link.address, link.place.lesson_id, link.place.block_id) for link in links] == [
        ("https://about.example/", None, None),
        ("https://film.example/1", None, None),
        ("https://www.youtube.com/watch?v=abcdefghijk", LESSON, "e"),
        ("https://films.example/1.mp4", LESSON, "f"),
        ("https://elsewhere.example/", LESSON, "link"),
        ("https://variant.example/", LESSON, "e"),
        ("https://book.example/", LESSON, None),
    ]


def test_links_to_this_platform_are_no_outer_ones() -> None:
    text = "[a](https://learn.example/lesson?id=1) [b](https://other.example/)"
    assert addresses(block("markdown", text=text), own_host="learn.example") == ["https://other.example/"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (" https://a.example/x#y ", "https://a.example/x"),
        ("//a.example/x", "https://a.example/x"),
        ("HTTP://a.example", "HTTP://a.example"),
        ("/media/1", None),
        ("mailto:a@b.example", None),
        ("https:a", None),
        ("", None),
        ("https://a.example/" + "x" * 5_000, None),
        ("http://[broken", "http://[broken"),
    ],
    ids=["fragment", "no scheme", "capitals", "inside", "mail", "no slashes", "nothing", "endless", "no address"],
)
def test_what_counts_as_a_link_to_another_site(given: str, kept: str | None) -> None:
    assert outer(given) == kept


def test_a_question_names_what_its_text_its_options_and_its_explanation_name(session: Session) -> None:
    """As its author has it now; a hidden lesson's is left out."""
    built = build(session, lessons=2)
    quiz, [question] = make_assessment(session, built.made.lessons[0], title="Quiz", questions=1)
    question.content, question.explanation = "[a](https://one.example/)", "<img src='https://two.example/x.png'>"
    question.options = [{"id": "a", "text": "[c](https://three.example/)", "feedback": "[d](https://four.example/)"}]
    _, [hidden] = make_assessment(session, built.made.lessons[1], title="Hidden", questions=1)
    hidden.content = "[e](https://five.example/)"
    session.flush()
    second = session.get_one(LessonDraft, built.lesson(1))
    second.content = second.content | {"is_published": False}
    session.flush()
    place = Place("Quiz", assessment_id=quiz.id, question_id=question.id)
    said = checklist.links_of(session, built.id, own_host="")
    assert {link.address for link in said} == {f"https://{name}.example/" for name in ("one", "three", "four")} | {
        "https://two.example/x.png"
    }
    assert {link.place for link in said} == {place}
    opened = drafting.open_draft(session, built.teacher, quiz.id)
    assert opened is not None
    [before] = opened.document.questions
    now = before.model_copy(update={"text": "[new](https://six.example/)", "explanation": "", "options": ()})
    drafting.save_question(session, built.teacher, quiz.id, now, seen=before)
    assert [link.address for link in checklist.links_of(session, built.id, own_host="")] == ["https://six.example/"]


def test_questions_that_a_rule_draws_from_a_bank_name_links_and_others_of_the_bank_do_not(
    session: Session,
) -> None:
    built = build(session, lessons=2)
    bank = QuestionBank(id=new_id(), owner_id=built.teacher.id, title="Pool")
    session.add(bank)
    session.flush()
    key, choices = {"option": "a"}, [{"id": "a", "text": "[b](https://option.example/)"}]
    asked, aside, silent = (
        QuestionBankItem(
            id=new_id(), bank_id=bank.id, question_type="multiple_choice", content=said, correct_answer=key, tags=[tag]
        )
        for said, tag in (
            ("[a](https://drawn.example/)", "joins"),
            ("[a](https://aside.example/)", "x"),
            ("No", "joins"),
        )
    )
    asked.options = choices
    session.add_all([asked, aside, silent])
    session.flush()
    assert checklist.links_of(session, built.id, own_host="") == []
    for lesson in built.made.lessons:  # drawn twice, and told once
        quiz, _ = make_assessment(session, lesson, questions=1)
        session.add(AssessmentDraw(assessment_id=quiz.id, bank_id=bank.id, tag="joins", question_count=1))
    session.flush()
    place = Place("Pool", question_id=asked.id, bank_id=bank.id)
    assert checklist.links_of(session, built.id, own_host="") == [
        OuterLink("https://drawn.example/", place),
        OuterLink("https://option.example/", place),
    ]
    opened = drafting.open_draft(session, built.teacher, quiz.id)
    assert opened is not None
    wider = [DraftDraw(bank_id=bank.id, tag="x", count=1)]
    drafting.save_draws(session, built.teacher, quiz.id, seen=opened.document.draws, draws=wider)
    links = {link.address for link in checklist.links_of(session, built.id, own_host="")}
    assert links == {"https://drawn.example/", "https://option.example/", "https://aside.example/"}
    for number in range(2):
        lesson = session.get_one(LessonDraft, built.lesson(number))
        lesson.content = lesson.content | {"is_published": False}
    session.flush()
    assert checklist.links_of(session, built.id, own_host="") == []
