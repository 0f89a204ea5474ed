"""Notes and bookmarks as the lesson's page writes them."""

from __future__ import annotations

from uuid import uuid4

from learncraft.accounts.models import User
from learncraft.courses.models import Course
from tests.factories import make_enrollment
from tests.web.conftest import Browser, Site
from tests.web.test_beacon import Room

SCRIPT = (
    '**bold** <script>alert(1)</script> [x](javascript:alert(2)) <img src="https://x.example/y" onerror="alert(3)">'
)


def classmate(site: Site, room: Room, address: str, *, is_in: bool) -> Browser:
    person = site.person(address, first_name="Ben")
    if is_in:
        with site.database.transaction() as session:
            make_enrollment(session, session.get_one(Course, room.course_id), session.get_one(User, person.id))
    browser = site.browser()
    browser.sign_in(address)
    return browser


def test_notes_are_ones_own_until_they_are_shared_and_hold_nothing_that_runs(site: Site) -> None:
    room = Room(site)
    notes = f"/learning/lessons/{room.lesson_id}/notes"
    mine, other = room.browser.client, classmate(site, room, "ben@example.org", is_in=True).client
    stranger = classmate(site, room, "eve@example.org", is_in=False).client
    name = str(uuid4())
    message = {"id": name, "content": SCRIPT, "position": {"video_id": str(room.video_id), "seconds": 75}}
    note = mine.post(notes, json=message).json()["note"]
    assert mine.post(notes, json=message).json()["note"]["id"] == name == note["id"]  # sent twice
    assert "<strong>bold</strong>" in note["html"] and note["where"] == "at 1:15"
    assert not any(evil in note["html"] for evil in ("<script", "href=", "onerror", "x.example"))
    assert [one["id"] for one in mine.get(notes).json()["notes"]] == [name]
    assert other.get(notes).json()["notes"] == []
    assert stranger.get(notes).status_code == stranger.post(notes, json={"content": "x"}).status_code == 404
    assert other.patch(f"/learning/notes/{name}", json={"content": "theirs"}).status_code == 404
    mine.patch(f"/learning/notes/{name}", json={"content": "shared", "is_public": True})
    [seen] = other.get(notes).json()["notes"]
    assert (seen["content"], seen["is_own"], seen["author"]) == ("shared", False, "Ana Lind")
    assert other.patch(f"/learning/notes/{name}", json={"content": "theirs"}).status_code == 404
    assert other.delete(f"/learning/notes/{name}").status_code == 200
    assert mine.get(notes).json()["notes"][0]["content"] == "shared"  # it was not theirs to delete
    for bad in ({"content": "  "}, {"content": "x" * 20_001}, {"content": "x", "position": {"seconds": -1}}):
        refused = mine.post(notes, json=bad)
        assert refused.status_code == 422 and refused.json()["words"]
    assert mine.post(notes, json={"content": "x"}, headers={"origin": "https://elsewhere.example"}).status_code == 403
    mine.delete(f"/learning/notes/{name}")
    assert mine.get(notes).json()["notes"] == []


def test_a_moment_is_marked_once_and_only_by_those_who_may_watch(site: Site) -> None:
    room = Room(site)
    marks = f"/learning/videos/{room.video_id}/bookmarks"
    first = room.browser.client.post(marks, json={"seconds": 12}).json()["bookmark"]
    again = room.browser.client.post(marks, json={"seconds": 12, "note": "here"}).json()["bookmark"]
    assert (again["id"], again["note"]) == (first["id"], "here")
    assert room.browser.client.post(marks, json={"seconds": 90_000}).status_code == 422
    stranger = classmate(site, room, "eve@example.org", is_in=False).client
    assert stranger.post(marks, json={"seconds": 12}).status_code == 404
    assert room.browser.client.delete(f"/learning/bookmarks/{first['id']}").status_code == 200
