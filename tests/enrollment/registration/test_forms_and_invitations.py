"""Forms by JSON Schema, and invitations by CSV of which no row is lost."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.enrollment.registration import form, inviting
from learncraft.enrollment.registration.batches import next_batch
from learncraft.enrollment.registration.errors import InvalidFormError
from learncraft.enrollment.registration.models import Registration
from learncraft.enrollment.shapes import FormQuestion, FormStage, RegistrationForm
from learncraft.errors import InvalidInputError, LearnCraftError
from tests.enrollment.registration.world import FORM, letters, make_offering

SCHEMA = {
    "type": "object",
    "properties": {
        "about": {
            "type": "object",
            "title": "About you",
            "properties": {
                "why": {"type": "string", "title": "Why?", "maxLength": 2000},
                "age": {"type": "integer", "title": "Age"},
                "level": {"enum": ["New", "Some"], "title": "Level"},
                "days": {"type": "array", "items": {"enum": ["Mon", "Tue"]}, "title": "Days"},
                "since": {"type": "string", "format": "date", "title": "Since"},
                "mail": {"type": "string", "format": "email", "title": "Mail"},
                "ok": {"const": True, "title": "I agree"},
            },
            "required": ["why", "days"],
        }
    },
}
RIGHT = {
    "why": "Because",
    "age": 30,
    "level": "New",
    "days": ["Mon"],
    "since": "2026-11-26",
    "mail": "a@b.org",
    "ok": True,
}


def test_a_schema_becomes_a_form_and_the_form_the_same_schema_again() -> None:
    read = form.read_schema(json.dumps(SCHEMA))
    [stage] = read.root
    assert [one.kind for one in stage.questions] == [
        "long_text",
        "whole",
        "choice",
        "choices",
        "date",
        "email",
        "agreement",
    ]
    assert [one.key for one in stage.questions if one.is_required] == ["why", "days", "ok"]
    assert form.read_schema(json.dumps(form.as_schema(read))) == read
    assert form.faults(stage, RIGHT) == {}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"why": None}, "Answer “Why?”."),
        ({"why": "x" * 5000}, "too long"),
        ({"age": 1.5}, "not what was asked for"),
        ({"age": True}, "not what was asked for"),
        ({"level": "Other"}, "choose from the list"),
        ({"days": []}, "Answer “Days”."),
        ({"days": ["Mon", "Mon"]}, "each choice once"),
        ({"since": "2026-02-30"}, "no date"),
        ({"mail": "nobody"}, "no e-mail address"),
        ({"ok": False}, "has to be agreed to"),
    ],
)
def test_a_wrong_answer_is_a_sentence_at_its_question(change: dict[str, object], words: str) -> None:
    [stage] = form.read_schema(json.dumps(SCHEMA)).root
    found = form.faults(stage, RIGHT | change)
    assert list(found) == list(change)
    assert words in found[next(iter(change))]


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "[" * 100_000,
        '{"type": "object"}',
        '{"type": "object", "properties": {"a": 1}}',
        '{"type": "object", "properties": {"a": {"type": "object", "properties": {}}}}',
        '{"type": "object", "properties": {"a": {"type": "object", "properties": {"b": {"type": "null"}}}}}',
        '{"type": "object", "properties": {"A B": {"type": "object", "properties": {"b": {"type": "string"}}}}}',
        '{"type": "object", "properties": {"a": {"type": "object", "properties": {"b": {"enum": [1]}}}}}',
        '{"type": "object", "properties": {"a": {"type": "object", "properties": {"b": {"enum": ["x"]}}}}}',
        '{"type": "object", "properties": {"a": {"type": "object", "required": ["z"], "properties": '
        '{"b": {"type": "string"}}}}}',
        '{"type": "object", "properties": {"a": {"type": "object", "required": 3, "properties": '
        '{"b": {"type": "string"}}}}}',
    ],
)
def test_a_definition_that_cant_be_asked_says_why(text: str) -> None:
    with pytest.raises(InvalidFormError):
        form.read_schema(text)


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=12,
    )
)
def test_no_definition_and_no_answer_ends_in_a_trace(value: object) -> None:
    with pytest.raises(LearnCraftError) if not _is_form(value) else _nothing():
        form.read_schema(json.dumps({"type": "object", "properties": {"a": value}}))
    stage = FORM.root[0]
    form.faults(stage, {"why": value, "agreed": value})


def _is_form(value: object) -> bool:
    try:
        form.read_schema(json.dumps({"type": "object", "properties": {"a": value}}))
    except LearnCraftError:
        return False
    return True


class _nothing:
    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


def test_two_questions_with_one_key_are_refused() -> None:
    twice = (FormQuestion(key="a", label="A"), FormQuestion(key="a", label="B"))
    with pytest.raises(InvalidFormError, match="same key"):
        form.check_form(RegistrationForm((FormStage(key="s", title="S", questions=twice),)))


def test_rows_are_invited_or_come_back_with_the_reason(session: Session) -> None:
    offered = make_offering(session, needs_review=True)
    _, _ = offered.sent(session)
    known = session.scalars(select(Registration)).one()
    lines = [
        "E-mail;First name;Last name;Cohort",
        "ana@example.org;Ana;Lind;cohort a",
        "",
        "not an address;Bo;;",
        "ANA@example.org;Ana;Again;",
        "cem@example.org;Cem;;No such",
        f"{known.email};;;",
        "=cmd@example.org;<b>;;",
        "dana@example.org",
    ]
    data = "\r\n".join(lines)
    rows = inviting.read(b"\xef\xbb\xbf" + data.encode())
    done = inviting.invite(session, offered.teacher, offered.offering_id, rows)
    assert len(done) == 7, "none is lost"
    assert {row.email: row.fault for row in done if not row.fault} == {"ana@example.org": "", "dana@example.org": ""}
    faults = [row.fault for row in done if row.fault]
    for words in (
        "Type an e-mail address",
        "came before",
        "no cohort “No such”",
        "Registered already",
        "signs < and >",
    ):
        assert any(words in fault for fault in faults), words
    assert letters(session)[-2:] == ["invited", "invited"]
    made = session.scalars(select(Registration).where(Registration.email == "ana@example.org")).one()
    assert (made.cohort_id, made.invited_at is not None) == (offered.cohort_id, True)
    report = inviting.as_csv([row for row in done if row.fault])
    assert "'=cmd@example.org" in report
    assert report.count("\n") >= 6
    again = inviting.invite(session, offered.teacher, offered.offering_id, rows[:1])
    assert again[0].fault == "", "an invitation can be sent again"


@pytest.mark.parametrize("data", [b"", b"\n\n", b"name,cohort\nAna,A", b"email\n" + b"a@b.org\n" * 2001])
def test_a_file_that_is_none_is_a_sentence(data: bytes) -> None:
    with pytest.raises(InvalidInputError):
        inviting.read(data)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_no_file_ends_in_a_trace(data: bytes) -> None:
    with contextlib.suppress(LearnCraftError):
        inviting.read(b"email,first_name\n" + data)


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.integers(1, 6), st.integers(0, 4)), st.integers(1, 4))
def test_the_next_batch_has_room_and_all_before_it_are_full(people: dict[int, int], size: int) -> None:
    batch = next_batch(people, size)
    assert batch is not None
    assert people.get(batch, 0) < size
    assert all(people.get(number, 0) >= size for number in range(1, batch))
