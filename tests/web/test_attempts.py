"""What the answer sheet sends: kept within the attempt's rules, whoever asks and in whatever order it arrives."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from learncraft.accounts import passwords
from learncraft.accounts.models import User
from learncraft.assessments import journal
from learncraft.assessments.errors import AttemptClosedError, HeldElsewhereError
from learncraft.assessments.models import Answer, AssessmentAttempt
from learncraft.assessments.records import Sighting
from learncraft.courses.media_models import UploadedFile
from learncraft.db import new_id
from tests.assessments.exam import Exam, make_exam, make_rubric_question, move_deadline, save, saved, start
from tests.web.conftest import PASSWORD, Browser, Site

SHEET = "01890000-0000-7000-8000-000000000001"
OTHER = "01890000-0000-7000-8000-000000000002"


@dataclass
class Sitting:
    """A learner in a browser, before an attempt."""

    site: Site
    browser: Browser
    exam: Exam
    attempt_id: UUID

    def post(self, what: str, headers: dict[str, str] | None = None, **message: Any) -> Any:
        message.setdefault("sheet", SHEET)
        return self.browser.client.post(f"/attempts/{self.attempt_id}/{what}", json=message, headers=headers)

    def save(self, place: int, response: dict[str, Any], sequence: int, sheet: str = SHEET) -> Any:
        answer = {"question": str(self.exam.question_ids[place]), "response": response, "sequence": sequence}
        return self.post("journal", sheet=sheet, answers=[answer])

    def kept(self, place: int) -> Any:
        with self.site.database.reading() as session:
            return saved(session, self.attempt_id).get(self.exam.question_ids[place])


def sit(site: Site, address: str = "robin@example.org", **values: Any) -> Sitting:
    with site.database.transaction() as session:
        exam = make_exam(session, **values)
        make_rubric_question(session, exam, order_index=9, upload={"max_files": 1, "types": ["txt"]})
        attempt_id = start(session, exam)
        user = session.get_one(User, exam.learner_id)
        user.email = address
        user.password_hash = passwords.hash_password(PASSWORD)
    browser = site.browser()
    assert browser.sign_in(address).status_code == 303
    return Sitting(site, browser, exam, attempt_id)


def test_an_answer_is_kept_with_its_time(site: Site) -> None:
    sitting = sit(site, time_limit_minutes=10)
    answer = sitting.save(3, {"text": "Par"}, 1000)
    assert answer.status_code == 200
    told = answer.json()
    assert [one["outcome"] for one in told["answers"]] == ["saved"]
    assert 0 < told["deadline"] - told["now"] <= 600_000
    assert sitting.kept(3) == {"text": "Par"}


def test_an_old_save_never_replaces_a_newer_one(site: Site) -> None:
    sitting = sit(site)
    sitting.save(3, {"text": "Paris"}, 2000)
    [late] = sitting.save(3, {"text": "Pa"}, 1000).json()["answers"]
    assert (late["outcome"], late["response"], late["sequence"]) == ("older", {"text": "Paris"}, 2000)
    [again] = sitting.save(3, {"text": "Paris"}, 2000).json()["answers"]
    assert again["outcome"] == "saved"
    assert sitting.kept(3) == {"text": "Paris"}
    newer = sitting.post("journal", seen={str(sitting.exam.question_ids[3]): 1000}).json()["newer"]
    assert [one["response"] for one in newer] == [{"text": "Paris"}]


def test_one_answer_that_cannot_be_kept_holds_up_no_other(site: Site) -> None:
    sitting = sit(site)
    first, last = (str(sitting.exam.question_ids[place]) for place in (0, 3))
    answers = [
        {"question": first, "response": {"option": "z"}, "sequence": 1},
        {"question": str(new_id()), "response": {"text": "x"}, "sequence": 1},
        {"question": last, "response": {"text": "Paris"}, "sequence": 1},
    ]
    outcomes = {one["question"]: one for one in sitting.post("journal", answers=answers).json()["answers"]}
    assert outcomes[last]["outcome"] == "saved"
    assert "option" in outcomes[first]["words"]
    assert sorted(one["outcome"] for one in outcomes.values()) == ["refused", "refused", "saved"]


def test_a_time_from_the_future_counts_as_now(site: Site) -> None:
    sitting = sit(site)
    sitting.save(3, {"text": "x"}, 2**52)
    with site.database.reading() as session:
        kept = session.scalars(select(Answer.sequence).where(Answer.attempt_id == sitting.attempt_id)).one()
    assert kept < 2**42


def test_after_the_deadline_nothing_is_taken(site: Site) -> None:
    sitting = sit(site, time_limit_minutes=10)
    sitting.save(3, {"text": "Paris"}, 1000)
    with site.database.transaction() as session:
        move_deadline(session, sitting.attempt_id, -60)
    answer = sitting.save(3, {"text": "London"}, 2000)
    assert (answer.status_code, answer.json()["state"]) == (409, "closed")
    assert sitting.post("hand-in").json() == {"state": "closed"}
    assert sitting.post("hand-in").json() == {"state": "closed"}
    assert sitting.kept(3) == {"text": "Paris"}


def test_nobody_writes_or_closes_another_persons_attempt(site: Site) -> None:
    sitting = sit(site)
    site.person("eve@example.org")
    eve = site.browser()
    eve.sign_in("eve@example.org")
    other = Sitting(site, eve, sitting.exam, sitting.attempt_id)
    for answer in (other.save(3, {"text": "x"}, 1), other.post("hand-in"), other.post("open")):
        assert answer.status_code == 404
    stranger = Sitting(site, site.browser(), sitting.exam, sitting.attempt_id)
    assert stranger.save(3, {"text": "x"}, 1).status_code == 401
    assert sitting.kept(3) is None


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "https://evil.example"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"content-type": "text/plain"}, 422),
        ({"content-type": "application/x-www-form-urlencoded"}, 422),
    ],
)
def test_other_sites_pages_can_send_nothing(site: Site, headers: dict[str, str], status: int) -> None:
    sitting = sit(site)
    answer = sitting.browser.client.post(
        f"/attempts/{sitting.attempt_id}/hand-in",
        content=json.dumps({"sheet": SHEET}),
        headers={"content-type": "application/json"} | headers,
    )
    assert answer.status_code == status
    with site.database.reading() as session:
        assert session.get_one(AssessmentAttempt, sitting.attempt_id).status == "in_progress"


def test_a_second_device_is_told_and_may_take_over_which_is_noted(site: Site) -> None:
    sitting = sit(site, is_proctored=True)
    assert sitting.post("open").json()["state"] == "here"
    assert sitting.post("open", sheet=OTHER).json()["state"] == "elsewhere"
    refused = sitting.save(3, {"text": "x"}, 1, sheet=OTHER)
    assert (refused.status_code, refused.json()["state"]) == (409, "elsewhere")
    assert sitting.post("open", sheet=OTHER, take_over=True).json()["state"] == "here"
    assert sitting.save(3, {"text": "x"}, 1, sheet=OTHER).status_code == 200
    assert sitting.save(3, {"text": "y"}, 2).json()["state"] == "elsewhere"
    seen = [{"kind": "focus_lost", "at": 1}, {"kind": "cheated", "at": 1}]
    sitting.post("journal", sheet=OTHER, sightings=seen)
    with site.database.reading() as session:
        wanted = select(Sighting.kind).where(Sighting.attempt_id == sitting.attempt_id).order_by(Sighting.id)
        assert list(session.scalars(wanted)) == ["opened", "taken_over", "focus_lost"]


def test_a_proctored_attempt_is_written_by_nobody_who_has_not_opened_it(site: Site) -> None:
    sitting = sit(site, is_proctored=True)
    assert sitting.save(3, {"text": "x"}, 1).json()["state"] == "elsewhere"
    assert sitting.post("hand-in").json()["state"] == "elsewhere"
    with site.database.reading() as session:
        asked = session.get_one(AssessmentAttempt, sitting.attempt_id).question_ids
    files = next(one for one in asked if UUID(one) not in sitting.exam.question_ids)
    sitting.post("open")

    def give(sheet: str) -> Any:
        address = f"/attempts/{sitting.attempt_id}/files?question={files}&name=a.txt{sheet}"
        return sitting.browser.client.post(address, content=b"x", headers={"x-learncraft-file": "1"})

    assert [give(sheet).status_code for sheet in ("", f"&sheet={OTHER}", f"&sheet={SHEET}")] == [409, 409, 200]
    with pytest.raises(HeldElsewhereError), site.database.transaction() as session:
        save(session, sitting.exam, sitting.attempt_id, 3, {"text": "without a sheet"})
    assert sitting.kept(3) is None


def test_what_waited_in_the_server_is_not_late(site: Site) -> None:
    sitting = sit(site, time_limit_minutes=10)
    with site.database.transaction() as session:
        move_deadline(session, sitting.attempt_id, -3)
        late, learner = sitting.attempt_id, sitting.exam.learner_id
        with pytest.raises(AttemptClosedError):
            journal.hold(session, learner, late)
        assert journal.hold(session, learner, late, waited=timedelta(seconds=2)).attempt.id == late


def test_a_file_is_kept_once_for_its_learner_and_their_teachers(site: Site) -> None:
    sitting = sit(site)
    with site.database.reading() as session:
        asked = session.get_one(AssessmentAttempt, sitting.attempt_id).question_ids
    question = next(one for one in asked if UUID(one) not in sitting.exam.question_ids)
    address, headers = f"/attempts/{sitting.attempt_id}/files?question={question}", {"x-learncraft-file": "1"}
    send = sitting.browser.client.post
    assert send(f"{address}&name=a.txt", content=b"x").status_code == 422
    assert "txt" in send(f"{address}&name=a.exe", content=b"x", headers=headers).json()["words"]
    assert "larger" in send(f"{address}&name=a.txt", content=b"x" * (21 * 2**20), headers=headers).json()["words"]
    given = send(f"{address}&name=../a.txt", content=b"my work", headers=headers).json()["file"]
    assert given["name"] == "a.txt"
    own = f"/attempts/{sitting.attempt_id}/files/{given['id']}/a.txt"
    answer = sitting.browser.client.get(own)
    assert answer.content == b"my work"
    assert "attachment" in answer.headers["content-disposition"]
    written = {"text": "See the file", "files": [given["id"]]}
    [kept] = sitting.post("journal", answers=[{"question": question, "response": written, "sequence": 5}]).json()[
        "answers"
    ]
    assert kept["outcome"] == "saved"
    foreign = {"text": "", "files": [str(new_id())]}
    [kept] = sitting.post("journal", answers=[{"question": question, "response": foreign, "sequence": 6}]).json()[
        "answers"
    ]
    assert kept["outcome"] == "refused"
    site.person("eve@example.org")
    eve = site.browser()
    eve.sign_in("eve@example.org")
    assert eve.client.get(own).status_code == 404
    assert eve.client.get(f"/media/{given['id']}/a.txt").status_code == 404
    with site.database.reading() as session:
        path = session.scalars(select(UploadedFile.storage_path).where(UploadedFile.id == UUID(given["id"]))).one()
    assert (site.settings.files_dir / path).read_bytes() == b"my work"
    assert not list(site.settings.files_dir.glob("arriving-*"))
