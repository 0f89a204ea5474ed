"""Who may do what with a course, asked of every service in the name of each, on connections that act for them.

The instructor, who helps, and who reviews look after it; what gives it away is not the helper's; others may nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from learncraft.accounts.models import User, UserRole
from learncraft.accounts.viewer import Viewer
from learncraft.acting import SYSTEM, Acting
from learncraft.analytics import contacting
from learncraft.assessments import accommodations, bank, banks, corrections, desk, drafting, regrading
from learncraft.assessments import service as attempts
from learncraft.assessments.accommodations import Extra
from learncraft.assessments.gradebook import queries as gradebook
from learncraft.assessments.gradebook import service as grades
from learncraft.assessments.gradebook.service import NewGrade
from learncraft.assessments.shapes import ChoiceKey
from learncraft.authoring import details, outlining, remarks, reviewing, sharing
from learncraft.authoring import drafting as building
from learncraft.authoring import queries as built
from learncraft.authoring.remarks import Anchor
from learncraft.authoring.shapes import Offer
from learncraft.community import discussions, threads
from learncraft.courses import files, service, uploading
from learncraft.courses import queries as courses
from learncraft.db import Database
from learncraft.enrollment import access
from learncraft.enrollment import queries as learning
from learncraft.enrollment.certificates import issuing
from learncraft.enrollment.certificates import queries as certificates
from learncraft.enrollment.certificates.rule import CertificateRule
from learncraft.enrollment.registration import applying, deciding, inviting, offerings
from learncraft.enrollment.registration import queries as registrations
from learncraft.enrollment.registration.models import RegistrationStatus
from learncraft.enrollment.registration.offerings import CohortDraft, OfferingDraft
from learncraft.errors import LearnCraftError
from learncraft.study import decks
from learncraft.study.decks import WrittenCard
from learncraft.tutor import variants
from tests.assessments.test_drafting import choice
from tests.authoring import viewer_of
from tests.conftest import TEMPLATE
from tests.enrollment.registration.world import offering_seen
from tests.factories import make_assessment, make_course, make_enrollment, make_user
from tests.factories.one_of_each import make_certificate
from tests.postgres import SharedServer


class Undo(Exception):
    """Ends a transaction without a trace."""


@dataclass
class Looked:
    """A course with a learner's closed attempt, an offering and a registration, and everybody who may come."""

    database: Database
    people: dict[str, Viewer] = field(default_factory=dict)
    ids: dict[str, UUID] = field(default_factory=dict)
    slug: str = ""

    def tries(self, who: str, deed: Deed) -> bool:
        """Whether somebody may: what they are shown isn't empty, and what they do isn't refused. Nothing stays."""
        viewer = self.people[who]
        found: object = None
        try:
            with self.database.transaction(Acting(viewer.id, viewer.role)) as session:
                found = deed(session, viewer, self.ids)
                session.flush()
                raise Undo
        except Undo:
            return bool(found)
        except (LearnCraftError, DBAPIError):
            return False


Deed = Callable[[Session, Viewer, dict[str, UUID]], object]
WITH_HEIR = ["instructor", "helper", "reviewer", "stranger"]
PEOPLE = ("instructor", "helper", "reviewer", "stranger", "learner", "dismissed")


@pytest.fixture(scope="module")
def looked(postgres: SharedServer) -> Iterator[Looked]:
    with postgres.clone(TEMPLATE, f"may_{uuid4().hex[:8]}") as database:
        made = Looked(database)
        with database.transaction(SYSTEM) as session:
            fill(session, made)
        yield made


def fill(session: Session, made: Looked) -> None:
    roles = {
        "instructor": UserRole.INSTRUCTOR,
        "helper": UserRole.INSTRUCTOR,
        "reviewer": UserRole.CONTENT_ADMIN,
        "stranger": UserRole.INSTRUCTOR,
        "learner": UserRole.LEARNER,
        "dismissed": UserRole.INSTRUCTOR,
        "applicant": UserRole.LEARNER,
    }
    users: dict[str, User] = {name: make_user(session, role=role) for name, role in roles.items()}
    made.people |= {name: viewer_of(user) for name, user in users.items()}
    teacher = made.people["instructor"]
    course = make_course(session, lessons=2, instructor=users["instructor"])
    made.slug = course.course.slug
    for name in ("helper", "dismissed"):
        sharing.add_helper(session, teacher, course.id, users[name].email)
    lesson = course.lessons[0]
    assessment, [question, *_] = make_assessment(session, lesson, questions=1)
    make_enrollment(session, course.course, users["learner"])
    attempt = attempts.start_attempt(session, learner_id=users["learner"].id, assessment_id=assessment.id)
    attempts.submit_attempt(session, learner_id=users["learner"].id, attempt_id=attempt)
    building.begin(session, teacher, course.id)
    banks_of_it = [bank.create(session, teacher, title=title, course_id=course.id) for title in ("One", "Two")]
    item = bank.save_item(session, teacher, banks_of_it[0], choice("Which?"), [])
    offering = offerings.save(session, teacher, OfferingDraft(title="Spring", price=Decimal(5)), course_id=course.id)
    cohort = offerings.save_cohort(session, teacher, CohortDraft("One", date(2027, 3, 1)), offering_id=offering)
    registration = applying.begin(session, made.people["applicant"], offering)
    session.execute(
        text("UPDATE registrations SET status = :status, submitted_at = now(), email_confirmed_at = now()"),
        {"status": RegistrationStatus.SUBMITTED},
    )
    thread = discussions.begin(session, made.people["learner"], course.id, title="T", content="C", is_question=True)
    reply = discussions.reply(session, made.people["learner"], thread, content="An answer")
    made.ids |= {
        "course": course.id,
        "bank": banks_of_it[0],
        "other bank": banks_of_it[1],
        "item": item,
        "module": course.modules[0].id,
        "lesson": lesson.id,
        "assessment": assessment.id,
        "question": question.id,
        "attempt": attempt,
        "learner": users["learner"].id,
        "stranger": users["stranger"].id,
        "offering": offering,
        "cohort": cohort,
        "registration": registration,
        "thread": thread,
        "reply": reply,
    }
    # Whoever lost their role still stands among those who help.
    users["dismissed"].role = UserRole.LEARNER
    session.flush()
    made.people["dismissed"] = viewer_of(users["dismissed"])


LOOKING: dict[str, Deed] = {
    "find it among theirs": lambda s, v, at: courses.taught_courses(s, v).courses,
    "choose it by name": lambda s, v, at: courses.taught_names(s, v),
    "open its working copy": lambda s, v, at: built.course(s, v, at["course"]),
    "open a lesson's editor": lambda s, v, at: built.lesson(s, v, at["lesson"]),
    "open an assessment's editor": lambda s, v, at: drafting.open_draft(s, v, at["assessment"]),
    "see whose work waits": lambda s, v, at: desk.papers(s, v, at["assessment"]),
    "count the papers": lambda s, v, at: desk.count_papers(s, v, at["assessment"]),
    "read a paper": lambda s, v, at: desk.paper(s, v, at["attempt"]),
    "see what a key was": lambda s, v, at: corrections.correctable(s, v, at["question"]),
    "open the gradebook": lambda s, v, at: gradebook.book_of(s, v, at["course"]),
    "see its certificates": lambda s, v, at: certificates.in_course(s, v, at["course"]),
    "see its offerings": lambda s, v, at: registrations.taught(s, v),
    "open an offering": lambda s, v, at: registrations.taught_offering(s, v, at["offering"]),
    "see its decks": lambda s, v, at: decks.lessons_of(s, v, at["course"]),
}
DOING: dict[str, Deed] = {
    "build": lambda s, v, at: outlining.add_lesson(s, v, at["module"], title="New"),
    "remark": lambda s, v, at: remarks.say(s, v, Anchor(at["lesson"]), "Look here"),
    "bring in a file": lambda s, v, at: done(uploading.check_taught(s, v, at["course"])),
    "ask for a review": lambda s, v, at: done(reviewing.submit(s, v, at["course"])),
    "publish": lambda s, v, at: done(
        outlining.rename_lesson(s, v, at["lesson"], title="Changed"), reviewing.publish(s, v, at["course"])
    ),
    "write an assessment": lambda s, v, at: done(drafting.hold(s, v, at["assessment"])),
    "make a bank for it": lambda s, v, at: bank.create(s, v, title="Bank", course_id=at["course"]),
    "name its bank": lambda s, v, at: done(
        banks.describe(s, v, at["bank"], banks.About("Joins"), seen=banks.About("One"))
    ),
    "delete its bank": lambda s, v, at: done(banks.remove(s, v, at["bank"], seen=banks.stock(s, at["bank"]))),
    "move a question of it": lambda s, v, at: done(
        banks.move_item(s, v, at["bank"], item_seen(s, at["item"]), into=at["other bank"])
    ),
    "copy a question of it": lambda s, v, at: banks.copy_item(
        s, v, at["bank"], item_seen(s, at["item"]), into=at["other bank"]
    ),
    "correct a key": lambda s, v, at: regrading.regrade(
        s, v, question_id=at["question"], key=ChoiceKey(option="b"), reason="It was wrong"
    ),
    "set a grade": lambda s, v, at: done(
        grades.set_grade(
            s, v, at["course"], NewGrade(at["learner"], at["assessment"], "percent", Decimal(80)), "Said why"
        )
    ),
    "give more time": lambda s, v, at: done(
        accommodations.grant(
            s,
            v,
            learner_id=at["learner"],
            course_id=at["course"],
            assessment_id=None,
            extra=Extra(minutes=10),
            reason="Said why",
        )
    ),
    "say what a certificate asks for": lambda s, v, at: done(
        issuing.set_rule(s, v, at["course"], CertificateRule(least_average=Decimal(60)))
    ),
    "change what is offered": lambda s, v, at: offerings.save(
        s,
        v,
        OfferingDraft(title="Summer", price=Decimal(5)),
        course_id=at["course"],
        offering_id=at["offering"],
        seen=offering_seen(s, at["offering"]),
    ),
    "make a cohort": lambda s, v, at: offerings.save_cohort(
        s, v, CohortDraft("Two", date(2027, 4, 1)), offering_id=at["offering"]
    ),
    "accept who registered": lambda s, v, at: done(deciding.accept(s, v, at["registration"], cohort_id=at["cohort"])),
    "invite": lambda s, v, at: inviting.invite(
        s, v, at["offering"], [inviting.Row(2, "new@example.org", "New", "One", "One")]
    ),
    "hide what was posted": lambda s, v, at: done(discussions.hide(s, v, at["reply"])) if v.teaches else False,
    "note a word with a learner": lambda s, v, at: done(
        contacting.note_contact(s, v, course_id=at["course"], learner_id=at["learner"], reasons=(), note="Rang")
    ),
    "write its cards": lambda s, v, at: decks.save_for_lesson(
        s, v, lesson_id=at["lesson"], cards=[WrittenCard("Front", "Back")], seen=[]
    ),
    "tell a lesson anew": lambda s, v, at: done(
        variants.write(s, v, lesson_id=at["lesson"], key="sports", text="Told", publish=True)
    ),
}
DECIDING: dict[str, Deed] = {
    "change its price": lambda s, v, at: done(
        details.change_offer(s, v, at["course"], Offer(price=Decimal(1)), seen=details.offer_of(s, at["course"]))
    ),
    "price an offering": lambda s, v, at: offerings.save(
        s,
        v,
        OfferingDraft(title="Spring", price=Decimal(1)),
        course_id=at["course"],
        offering_id=at["offering"],
        seen=offering_seen(s, at["offering"]),
    ),
    "take it out of the catalogue": lambda s, v, at: done(service.unpublish_course(s, v, at["course"])),
    "archive it": lambda s, v, at: done(reviewing.archive(s, v, at["course"])),
    "let others help": lambda s, v, at: done(sharing.add_helper(s, v, at["course"], anothers_email(s, at))),
    "hand it over": lambda s, v, at: done(sharing.hand_over(s, v, at["course"], anothers_email(s, at))),
}


def item_seen(session: Session, item_id: UUID) -> bank.Seen:
    changed = session.scalar(text("SELECT updated_at FROM question_bank_items WHERE id = :id"), {"id": item_id})
    assert isinstance(changed, datetime)
    return bank.Seen(item_id, changed)


def done(*_: object) -> bool:
    """For deeds that return nothing: they weren't refused."""
    return True


def anothers_email(session: Session, at: dict[str, UUID]) -> str:
    return str(session.scalar(text("SELECT email FROM users WHERE id = :id"), {"id": at["stranger"]}))


def who_may(looked: Looked, deed: Deed) -> list[str]:
    return [who for who in PEOPLE if looked.tries(who, deed)]


@pytest.mark.parametrize("what", [*LOOKING, *DOING])
def test_those_who_look_after_a_course_may_and_others_may_not(looked: Looked, what: str) -> None:
    assert who_may(looked, (LOOKING | DOING)[what]) == ["instructor", "helper", "reviewer"]


@pytest.mark.parametrize("what", ["build", "ask for a review", "publish", "tell a lesson anew"])
def test_where_a_review_is_required_only_reviewers_publish(looked: Looked, what: str, reviews_required: None) -> None:
    publishes = what not in ("build", "ask for a review")
    assert who_may(looked, DOING[what]) == (["reviewer"] if publishes else ["instructor", "helper", "reviewer"])


@pytest.mark.parametrize("what", list(DECIDING))
def test_who_helps_does_not_give_the_course_away(looked: Looked, what: str) -> None:
    assert who_may(looked, DECIDING[what]) == ["instructor", "reviewer"]


def test_a_learner_sees_the_course_as_one_and_its_teachers_as_theirs(looked: Looked) -> None:
    seen = {}
    for who, viewer in looked.people.items():
        with looked.database.reading(Acting(viewer.id, viewer.role)) as session:
            course = learning.course_for(session, viewer, looked.slug)
            assert course is not None
            seen[who] = (course.is_taught, course.is_enrolled)
    assert {who for who, (taught, _) in seen.items() if taught} == {"instructor", "helper", "reviewer"}
    assert {who for who, (_, enrolled) in seen.items() if enrolled} == {"learner"}


def test_a_helper_is_heard_in_discussions_and_named_as_one_who_teaches(looked: Looked) -> None:
    helper = looked.people["helper"]
    with looked.database.transaction(Acting(helper.id, helper.role)) as session:
        discussions.reply(session, helper, looked.ids["thread"], content="From one who helps")
    learner = looked.people["learner"]
    with looked.database.reading(Acting(learner.id, learner.role)) as session:
        part = discussions.part_in(session, learner, looked.ids["course"])
        posts = threads.thread(session, learner, part, looked.ids["thread"])
        name = session.scalar(text("SELECT first_name || last_name FROM users WHERE id = :id"), {"id": helper.id})
        heard = discussions.mentioned(session, looked.ids["course"], f"@{str(name).replace(' ', '')} look")
    assert posts is not None
    assert [one.is_by_teacher for one in posts] == [False, False, True]
    assert heard == [helper.id]


def test_what_is_in_a_course_goes_with_it_to_its_next_instructor(looked: Looked, tmp_path: Path) -> None:
    """Those who helped still help, and the one before is among them."""
    teacher, heir, at = looked.people["instructor"], looked.people["stranger"], looked.ids
    given: dict[str, Deed] = LOOKING | {
        "use its bank": lambda s, v, at: bank.all_of(s, [one.id for one in bank.banks(s, v)]),
        "read its files": lambda s, v, at: v.teaches and access.may_read_file(s, v, at["file"]),
    }
    with looked.database.transaction(SYSTEM) as session:
        made = bank.create(session, teacher, title="Bank", course_id=at["course"])
        bank.save_item(session, teacher, made, choice("Which one?"), ["joins"])
        file = files.store(
            session,
            tmp_path,
            uploader_id=teacher.id,
            course_id=at["course"],
            name="words.txt",
            source=BytesIO(b"Words"),
            mime_type="text/plain",
        )
        at["file"] = file.id
        enrollment = session.scalar(text("SELECT id FROM enrollments WHERE course_id = :id"), {"id": at["course"]})
        make_certificate(session, enrollment, at["learner"], at["course"])
        grades.set_grade(
            session, teacher, at["course"], NewGrade(at["learner"], at["assessment"], "percent", Decimal(80)), "Said"
        )
    try:
        with looked.database.transaction(Acting(teacher.id, teacher.role)) as session:
            sharing.hand_over(session, teacher, at["course"], heir.email)
        for what, deed in given.items():
            assert [who for who in PEOPLE if looked.tries(who, deed)] == WITH_HEIR, what
        for what, deed in DECIDING.items():
            if what not in ("let others help", "hand it over"):  # to the one who has it
                assert who_may(looked, deed) == ["reviewer", "stranger"], what
        with looked.database.reading(Acting(heir.id, heir.role)) as session:
            shown = certificates.in_course(session, heir, at["course"])
            book = gradebook.book_of(session, heir, at["course"])
            assert shown is not None and shown.total == 1
            assert book is not None
            [row] = gradebook.shown(session, book, gradebook.Filter()).rows
            assert [cell.grade.override for cell in row.cells.values()] == [Decimal(80)]
    finally:
        with looked.database.transaction(Acting(heir.id, heir.role)) as session:
            sharing.hand_over(session, heir, at["course"], teacher.email)
            sharing.remove_helper(session, teacher, at["course"], heir.id)
