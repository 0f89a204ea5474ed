"""What the course builder asks and sends: kept within the rules of the course, whoever asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from learncraft.accounts.models import User, UserRole
from learncraft.authoring import drafting, sharing
from learncraft.db import new_id
from learncraft.paths import root
from learncraft.web import scripts
from tests.authoring import viewer_of
from tests.factories import MadeCourse, make_assessment, make_course
from tests.web.conftest import Browser, Site

TAB, OTHER = str(new_id()), str(new_id())


@dataclass
class Desk:
    """An instructor in a browser, with a course of three lessons."""

    site: Site
    browser: Browser
    made: MadeCourse
    teacher: User

    @property
    def lesson(self) -> UUID:
        return self.made.lessons[0].id

    @property
    def module(self) -> str:
        return str(self.made.modules[0].id)

    def post(self, what: str, headers: dict[str, str] | None = None, **message: Any) -> Any:
        return self.browser.client.post(f"/authoring/lessons/{self.lesson}/{what}", json=message, headers=headers)

    def change(self, **message: Any) -> Any:
        return self.browser.client.post(f"/authoring/courses/{self.made.id}/outline", json=message)

    def get(self) -> dict[str, Any]:
        found = self.browser.client.get(f"/authoring/lessons/{self.lesson}", headers={"accept": "application/json"})
        assert found.status_code == 200
        return dict(found.json())


@pytest.fixture
def desk(site: Site) -> Desk:
    teacher = site.person("ivo@example.org", role=UserRole.INSTRUCTOR)
    with site.database.transaction() as session:
        made = make_course(session, lessons=3, instructor=session.get_one(User, teacher.id))
        make_assessment(session, made.lessons[0], questions=4)
        drafting.begin(session, viewer_of(teacher), made.id)
    browser = site.browser()
    assert browser.sign_in("ivo@example.org").status_code == 303
    return Desk(site, browser, made, teacher)


def test_a_lesson_is_read_saved_and_read_again(desk: Desk) -> None:
    lesson = desk.get()
    words = lesson["text"] | {"title": "Joins", "resources": [{"title": "Manual", "url": "https://example.org"}]}
    saved = desk.post("draft", base=lesson["version"], tab=TAB, sequence=1, text=words)
    assert (saved.status_code, saved.json()) == (200, {"state": "saved", "version": 2})
    again = desk.get()
    assert (again["text"], again["version"], again["by"]) == (words, 2, "Ana Lind")
    assert [one["note"] for one in again["parts"]["assessments"]] == ["4 questions"]


def test_a_second_tab_that_began_before_is_shown_the_other_text(desk: Desk) -> None:
    lesson = desk.get()
    desk.post("draft", base=1, tab=TAB, sequence=1, text=lesson["text"] | {"title": "First"})
    second = desk.post("draft", base=1, tab=OTHER, sequence=1, text=lesson["text"] | {"title": "Second"})
    assert second.status_code == 409
    told = second.json()
    assert (told["state"], told["text"]["title"], told["by"], told["own"]) == ("conflict", "First", "Ana Lind", True)
    opened = [desk.post("editing", tab=tab).json() for tab in (TAB, OTHER)]
    assert [(one["others"], one["own"], one["byOwn"]) for one in opened] == [([], False, True), ([], True, True)]
    merged = desk.post("draft", base=2, tab=OTHER, sequence=2, kind="merged", text=lesson["text"] | {"title": "Both"})
    assert merged.json() == {"state": "saved", "version": 3}


def test_the_outline_answers_with_what_it_looks_like_after_a_change(desk: Desk) -> None:
    added = desk.change(do="add", kind="lesson", module=desk.module, title="Views", open=desk.module).json()
    assert [one["title"] for one in added["lessons"]][-1] == "Views"
    moved = desk.change(
        do="move", kind="lesson", id=added["made"], module=desk.module, before=str(desk.lesson), open=desk.module
    ).json()
    assert [one["id"] for one in moved["lessons"]][:2] == [added["made"], str(desk.lesson)]
    circle = desk.change(do="move", kind="lesson", id=added["made"], module=desk.module, parent=added["made"])
    assert (circle.status_code, circle.json()["state"]) == (422, "refused")
    assert "can't stand below itself" in circle.json()["words"]
    gone = desk.change(do="delete", kind="lesson", id=added["made"], open=desk.module).json()
    assert [one["title"] for one in gone["gone"]] == ["Views"]
    assert len(gone["lessons"]) == 3
    back = desk.change(do="restore", kind="lesson", id=added["made"], open=desk.module).json()
    assert next(one["id"] for one in back["lessons"]) == added["made"]
    renamed = desk.change(do="rename", kind="module", id=desk.module, title=" ")
    assert renamed.json()["words"] == "Give it a title."


def test_a_preview_runs_nothing_and_says_how_long_the_content_takes(desk: Desk) -> None:
    blocks = [
        {"id": "a", "type": "markdown", "text": "# Hi <script>alert(1)</script>" + " word" * 400},
        {"id": "b", "type": "html", "html": '<p onclick="x()">Hi</p><svg onload=x()></svg><iframe src=x></iframe>'},
        {"id": "c", "type": "embed", "url": "https://evil.example/page", "title": "No"},
        {"id": "d", "type": "embed", "url": "https://www.youtube.com/watch?v=abcdefghijk", "title": "Yes"},
    ]
    shown = desk.post("preview", blocks=blocks).json()
    assert shown["html"]["a"].startswith("<h1>Hi")
    assert "<script" not in shown["html"]["a"]
    assert shown["html"]["b"] == "<p>Hi</p>"
    assert "can't be embedded" in shown["html"]["c"]
    assert "youtube-nocookie.com/embed/abcdefghijk" in shown["html"]["d"]
    assert shown["minutes"] == 9


def test_a_video_by_address_and_an_empty_quiz_are_made_for_a_block(desk: Desk) -> None:
    made = desk.post("parts", make="video", title="Joins", url="https://youtu.be/abcdefghijk")
    assert made.status_code == 200
    assert [one["title"] for one in made.json()["parts"]["videos"]] == ["Joins"]
    refused = desk.post("parts", make="video", title="Joins", url="javascript:alert(1)")
    assert "https address" in refused.json()["words"]
    quiz = desk.post("parts", make="quiz", title="Check").json()
    assert [one["title"] for one in quiz["parts"]["assessments"]] == ["Quiz", "Check"]
    with desk.site.database.reading() as session:
        hidden = session.scalar(text("SELECT is_published FROM assessments WHERE id = :id"), {"id": quiz["made"]})
        assert hidden is False
    lab, same = (desk.post("parts", make="lab", title="Lab").json() for _ in range(2))
    assert lab["made"] == same["made"]
    assert [one["title"] for one in same["parts"]["labs"]] == ["Lab"]


def test_the_choice_of_a_video_says_that_it_cannot_be_played_or_is_not_ready(desk: Desk) -> None:
    for state, note in (("failed", "can't be played"), ("processing", "not ready yet"), ("ready", "no transcript")):
        made = desk.post("parts", make="video", title=state, url="https://youtu.be/abcdefghijk").json()["made"]
        with desk.site.database.transaction() as session:
            session.execute(
                text("UPDATE videos SET status = CAST(:state AS video_status) WHERE id = :id"),
                {"state": state, "id": made},
            )
        assert {one["title"]: one["note"] for one in desk.get()["parts"]["videos"]}[state] == note


def test_others_are_told_that_there_is_no_such_lesson(desk: Desk) -> None:
    for address, role in (("eve@example.org", UserRole.INSTRUCTOR), ("lee@example.org", UserRole.LEARNER)):
        desk.site.person(address, role=role)
        browser = desk.site.browser()
        browser.sign_in(address)
        stranger = Desk(desk.site, browser, desk.made, desk.teacher)
        words = {"title": "Mine", "blocks": []}
        for answer in (
            stranger.post("draft", base=1, tab=TAB, sequence=1, text=words),
            stranger.post("editing", tab=TAB),
            stranger.post("preview", blocks=[]),
            stranger.post("parts", make="quiz", title="x"),
            stranger.change(do="add", kind="module", title="x"),
            stranger.change(do="delete", kind="lesson", id=str(desk.lesson)),
            browser.client.get(f"/authoring/courses/{desk.made.id}/outline?module={desk.module}"),
        ):
            assert answer.status_code == 404, answer.text
    nobody = desk.site.browser()
    assert nobody.client.post(f"/authoring/lessons/{desk.lesson}/draft", json={}).status_code == 401


def test_who_helps_builds_by_the_same_routes_until_their_role_is_taken_away(desk: Desk) -> None:
    helper = desk.site.person("hel@example.org", role=UserRole.INSTRUCTOR)
    with desk.site.database.transaction() as session:
        sharing.add_helper(session, viewer_of(desk.teacher), desk.made.id, helper.email)
    browser = desk.site.browser()
    browser.sign_in("hel@example.org")
    helping = Desk(desk.site, browser, desk.made, desk.teacher)

    def asked() -> list[int]:
        words = {"title": "Ours", "blocks": []}
        sent = {"course": str(desk.made.id), "name": "a.txt", "size": 5, "fingerprint": "f"}
        return [
            helping.post("draft", base=1, tab=TAB, sequence=1, text=words).status_code,
            helping.post("editing", tab=TAB).status_code,
            helping.post("preview", blocks=[]).status_code,
            helping.change(do="add", kind="module", title="x").status_code,
            browser.client.post("/uploads", json=sent, headers={"x-learncraft-file": "1"}).status_code,
        ]

    assert {code // 100 for code in asked()} == {2}
    with desk.site.database.transaction() as session:
        session.get_one(User, helper.id).role = UserRole.LEARNER
    assert set(asked()) == {404}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"title": "  "}, "A lesson needs a title"),
        ({"title": "x" * 501}, "A lesson needs a title"),
        ({"blocks": [{"id": "a", "type": "code", "code": "x" * 500_001}]}, "There is more in “code” than can be kept"),
        ({"blocks": [{"id": "a", "type": "script", "text": "x"}]}, "another shape"),
        ({"secret": 1}, "another shape"),
    ],
)
def test_what_cannot_be_kept_is_said_and_nothing_is_changed(desk: Desk, change: dict[str, Any], sentence: str) -> None:
    words = {"title": "Joins", "blocks": []} | change
    answer = desk.post("draft", base=1, tab=TAB, sequence=1, text=words)
    assert answer.status_code == 422
    assert sentence in answer.json()["words"]
    assert desk.get()["version"] == 1


def test_other_sites_and_other_forms_are_refused(desk: Desk) -> None:
    words = {"title": "Joins", "blocks": []}
    foreign = desk.post("draft", {"origin": "https://evil.example"}, base=1, tab=TAB, sequence=1, text=words)
    assert foreign.status_code == 403
    form = desk.browser.client.post(f"/authoring/lessons/{desk.lesson}/draft", data={"base": "1"})
    assert form.status_code == 422
    assert desk.get()["version"] == 1


def test_the_scripts_are_served_and_nothing_else_of_their_folder(desk: Desk) -> None:
    script = desk.browser.client.get(scripts.address("builder", "builder.js"))
    assert (script.status_code, script.headers["content-type"].partition(";")[0]) == (200, "text/javascript")
    for name in scripts.FOLDERS["builder"]:
        assert (
            desk.browser.client.get(scripts.address("builder", "builder.js").replace("builder.js", name)).status_code
            == 200
        )
    assert (
        desk.browser.client.get(scripts.address("builder", "builder.js").replace("builder.js", "auth.css")).status_code
        == 404
    )


def test_remarks_are_said_answered_and_settled_beside_the_lesson(desk: Desk) -> None:
    said = desk.post("remarks", do="say", block="p1", body="Explain joins first.").json()["remarks"]
    assert [(one["body"], one["block"], one["by"]) for one in said] == [("Explain joins first.", "p1", "Ana Lind")]
    answered = desk.post("remarks", do="answer", id=said[0]["id"], body="I will.").json()["remarks"]
    assert [one["body"] for one in answered[0]["answers"]] == ["I will."]
    settled = desk.post("remarks", do="settle", id=said[0]["id"]).json()["remarks"]
    assert settled[0]["settledBy"] == "Ana Lind"
    empty = desk.post("remarks", do="say", body=" ")
    assert (empty.status_code, empty.json()["words"]) == (422, "Write what you want to say, then send it.")
    assert desk.post("remarks", do="settle").status_code == 422
    desk.site.person("other@example.org", role=UserRole.INSTRUCTOR)
    other = desk.site.browser()
    other.sign_in("other@example.org")
    address = f"/authoring/lessons/{desk.lesson}/remarks"
    assert other.client.get(address, headers={"accept": "application/json"}).status_code == 404
    assert other.client.post(address, json={"do": "say", "body": "Not yours."}).status_code == 404


def test_each_script_that_lies_in_a_folder_is_served() -> None:
    static = root() / "learncraft" / "web" / "static"
    for folder, names in scripts.FOLDERS.items():
        assert {path.name for path in (static / folder).glob("*.js")} <= set(names), folder
