"""The fields of one question, by its type. Each function draws fields and gives the question as they now stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, cast

import streamlit as st

from learncraft.assessments import draft_questions, grading
from learncraft.assessments.draft_shapes import (
    DraftAccepted,
    DraftCriterion,
    DraftLevel,
    DraftOption,
    DraftQuestion,
    DraftTest,
    DraftUpload,
)
from learncraft.assessments.models import QuestionType
from learncraft.assessments.shapes import BlankKey, BlankResponse
from learncraft.db import new_id
from learncraft.language import Spoken, _, noted

TYPES = {
    QuestionType.MULTIPLE_CHOICE: (noted("One right option"), "radio_button_checked"),
    QuestionType.MULTI_SELECT: (noted("Several right options"), "check_box"),
    QuestionType.TRUE_FALSE: (noted("True or false"), "toggle_on"),
    QuestionType.FILL_BLANK: (noted("A short answer that a machine checks"), "edit"),
    QuestionType.SHORT_ANSWER: (noted("An answer that people mark"), "rate_review"),
    QuestionType.CODE: (noted("A program"), "code"),
}
ACCEPTED = Spoken({"text": "Text", "number": "Number", "pattern": "Pattern"})
TRUTHS = Spoken({"true": "True", "false": "False"})
TESTED = Spoken({"prints": "Prints", "gives": "Gives a value", "raises": "Raises"})


def type_name(kind: QuestionType) -> str:
    """What a type of questions is called."""
    return _(TYPES[kind][0])


class Fields:
    """Fields with keys of their own for one question and one loading of it."""

    def __init__(self, name: str) -> None:
        self._rows = f"rows-{name}"
        self._name = f"{name}-{st.session_state.get(self._rows, 0)}"

    def key(self, part: str) -> str:
        """The key of a field."""
        return f"{part}-{self._name}"

    def line(self, label: str, value: str, part: str, **more: Any) -> str:
        """One line, which gives its text after each pause."""
        return st.text_input(label, value, key=self.key(part), live=True, **more) or ""

    def area(self, label: str, value: str, part: str, **more: Any) -> str:
        """Several lines."""
        return st.text_area(label, value, key=self.key(part), **more) or ""

    def remove(self, part: str, what: str) -> bool:
        """A button that takes something out."""
        return st.button(
            _("Remove"),
            icon=":material/delete:",
            key=self.key(f"remove-{part}"),
            type="tertiary",
            help=_("Remove {what}", what=what),
        )

    def remove_row(self, part: str, what: str) -> bool:
        """`remove` for rows that are known by their place: those behind move up, so all fields are filled anew."""
        is_gone = self.remove(part, what)
        if is_gone:
            st.session_state[self._rows] = st.session_state.get(self._rows, 0) + 1
        return is_gone

    def add(self, part: str, label: str) -> bool:
        """A button that adds something."""
        return st.button(label, icon=":material/add:", key=self.key(f"add-{part}"), type="tertiary")


def question(at: Fields, one: DraftQuestion) -> DraftQuestion:
    """All fields of a question."""
    text = at.area(_("Question"), one.text, "text", height=110, help=_("Markdown; formulas between dollar signs."))
    now = one.model_copy(update={"text": text})
    now = key(at, now)
    explanation = at.area(_("Explanation, shown with the result"), one.explanation, "explanation", height=80)
    return now.model_copy(update={"explanation": explanation, "points": points(at, one)})


def points(at: Fields, one: DraftQuestion) -> str:
    """What it is worth."""
    return at.line(_("Points"), one.points, "points", width=120)


def key(at: Fields, one: DraftQuestion, *, is_fixed: bool = False) -> DraftQuestion:
    """What is right. With `is_fixed`, what learners have read already can't be changed."""
    match one.question_type:
        case QuestionType.MULTIPLE_CHOICE | QuestionType.MULTI_SELECT:
            return options(at, one, is_fixed=is_fixed)
        case QuestionType.TRUE_FALSE:
            before = None if one.truth is None else ("true" if one.truth else "false")
            said = st.segmented_control(
                _("The statement is"),
                list(TRUTHS),
                default=before,
                format_func=TRUTHS.__getitem__,
                key=at.key("truth"),
            )
            return one.model_copy(update={"truth": None if said is None else said == "true"})
        case QuestionType.FILL_BLANK:
            return blanks(at, one)
        case QuestionType.CODE:
            return program(at, one)
        case _:
            return rubric(at, one)


def options(at: Fields, one: DraftQuestion, *, is_fixed: bool) -> DraftQuestion:
    """The options, and which are right."""
    is_single = one.question_type == QuestionType.MULTIPLE_CHOICE
    names = [option.id for option in one.options]
    kept: list[DraftOption] = []
    right: list[str] = []
    st.caption(_("Mark the right one.") if is_single else _("Mark all that are right."))
    for place, option in enumerate(one.options):
        letter = chr(ord("A") + place % 26)
        with st.container(horizontal=True, vertical_alignment="center", key=at.key(f"option-row-{option.id}")):
            if st.checkbox(
                _("{letter} is right", letter=letter),
                option.id in one.right,
                key=at.key(f"right-{option.id}"),
                label_visibility="collapsed",
                on_change=_only if is_single else None,
                args=(at, option.id, names),
            ):
                right.append(option.id)
            if is_fixed:
                st.markdown(option.text)
                text = option.text
            else:
                text = at.line(
                    _("Option {letter}", letter=letter),
                    option.text,
                    f"option-{option.id}",
                    label_visibility="collapsed",
                    placeholder=_("Option {letter}", letter=letter),
                )
            feedback = option.feedback
            if not is_fixed:
                with st.popover(
                    _("Note"), icon=":material/comment:", help=_("What whoever chose it reads with the result")
                ):
                    feedback = at.area(_("Shown to whoever chose it"), option.feedback, f"feedback-{option.id}")
            is_gone = not is_fixed and len(names) > 1 and at.remove(option.id, _("option {letter}", letter=letter))
        if not is_gone:
            kept.append(option.model_copy(update={"text": text, "feedback": feedback}))
    if not is_fixed and at.add("option", _("Add an option")):
        kept.append(DraftOption(id=new_id().hex[-8:]))
    return one.model_copy(update={"options": tuple(kept), "right": tuple(name for name in right)})


def _only(at: Fields, name: str, names: list[str]) -> None:
    """One option is right: marking another takes the mark from the first."""
    if st.session_state[at.key(f"right-{name}")]:
        for other in names:
            if other != name:
                st.session_state[at.key(f"right-{other}")] = False


def blanks(at: Fields, one: DraftQuestion) -> DraftQuestion:
    """The answers that count, and a place to try one."""
    kept = []
    st.caption(_("Any of these is right."))
    for place, accepted in enumerate(one.accepted):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            kind = st.selectbox(
                _("Kind"),
                list(ACCEPTED),
                list(ACCEPTED).index(accepted.kind),
                format_func=ACCEPTED.__getitem__,
                key=at.key(f"kind-{place}"),
                width=120,
            )
            text = at.line(_("Accepted answer"), accepted.text, f"accepted-{place}")
            tolerance, case = accepted.tolerance, accepted.case_sensitive
            if kind == "number":
                tolerance = at.line(_("± within"), accepted.tolerance, f"tolerance-{place}", width=110)
            else:
                case = st.checkbox(_("Aa counts"), case, key=at.key(f"case-{place}"), help=_("Capital letters matter."))
            is_gone = len(one.accepted) > 1 and at.remove_row(f"accepted-{place}", _("this answer"))
        if not is_gone:
            literal = cast("Literal['text', 'number', 'pattern']", kind)
            kept.append(DraftAccepted(kind=literal, text=text, tolerance=tolerance, case_sensitive=case))
    if at.add("accepted", _("Add an answer")):
        kept.append(DraftAccepted())
    now = one.model_copy(update={"accepted": tuple(kept)})
    typed = at.line(_("Try an answer"), "", "try", placeholder=_("Type what a learner might type"))
    made = draft_questions.key_of(now)
    if typed and isinstance(made, BlankKey):
        worth = grading.GradedQuestion(made, grading.CENT)
        is_right = grading.validate_question(now.question_type, (), made) == [] and (
            grading.grade(worth, BlankResponse(text=typed)).is_correct
        )
        st.caption(
            f":material/check: {_('Counts as right')}"
            if is_right
            else f":material/close: {_('Does not count as right')}"
        )
    return now


def rubric(at: Fields, one: DraftQuestion) -> DraftQuestion:
    """What people look at, which files they get, and a good answer."""
    kept = []
    for place, criterion in enumerate(one.rubric, 1):
        with st.container(border=True):
            with st.container(horizontal=True, vertical_alignment="bottom"):
                title = at.line(_("Criterion {place}", place=place), criterion.title, f"criterion-{criterion.id}")
                is_gone = at.remove(f"criterion-{criterion.id}", _("criterion {place}", place=place))
            levels = _levels(at, criterion)
        if not is_gone:
            kept.append(criterion.model_copy(update={"title": title, "levels": levels}))
    if at.add("criterion", _("Add a criterion")):
        kept.append(DraftCriterion(id=new_id().hex[-8:], levels=(_level(_("Not met"), "0"), _level(_("Met"), "1"))))
    if not kept:
        st.caption(_("Without a rubric, whoever marks gives points freely."))
    upload = _upload(at, one.upload)
    sample = at.area(_("A good answer, shown to markers, and to learners with the result"), one.sample, "sample")
    return one.model_copy(update={"rubric": tuple(kept), "upload": upload, "sample": sample})


def _level(title: str, worth: str) -> DraftLevel:
    return DraftLevel(id=new_id().hex[-8:], title=title, points=worth)


def _levels(at: Fields, criterion: DraftCriterion) -> tuple[DraftLevel, ...]:
    kept = []
    for level in criterion.levels:
        name = f"{criterion.id}-{level.id}"
        with st.container(horizontal=True, vertical_alignment="bottom"):
            title = at.line(_("Level"), level.title, f"level-{name}")
            worth = at.line(_("Points"), level.points, f"worth-{name}", width=90)
            is_gone = len(criterion.levels) > 2 and at.remove(f"level-{name}", _("this level"))
        if not is_gone:
            kept.append(level.model_copy(update={"title": title, "points": worth}))
    if at.add(f"level-{criterion.id}", _("Add a level")):
        kept.append(_level("", "0"))
    return tuple(kept)


def _upload(at: Fields, rule: DraftUpload | None) -> DraftUpload | None:
    if not st.toggle(_("Learners may hand in files"), rule is not None, key=at.key("upload")):
        return None
    rule = rule or DraftUpload()
    with st.container(horizontal=True):
        most = st.number_input(_("Files"), 1, 10, rule.max_files, key=at.key("max-files"), width=130)
        size = st.number_input(_("Megabytes each"), 1, 200, rule.max_megabytes, key=at.key("megabytes"), width=160)
        types = at.line(_("Types"), rule.types, "types", help=_("Endings of names, with commas between: pdf, docx"))
    return DraftUpload(max_files=int(most), max_megabytes=int(size), types=types)


def program(at: Fields, one: DraftQuestion) -> DraftQuestion:
    """Where learners begin, a solution, and the tests."""
    starter = at.area(_("Where learners begin"), one.starter, "starter", height=110)
    solution = at.area(_("A solution, shown with the result"), one.solution, "solution", height=150)
    kept = []
    for place, test in enumerate(one.tests):
        number = _("Test {number}", number=place + 1)
        label = f"{number}: {test.title}" + (f" ({_('hidden')})" if test.is_hidden else "")
        with st.expander(label, expanded=len(one.tests) == 1, key=at.key(f"test-{place}")):
            changed = _test(at, test, place)
            is_gone = len(one.tests) > 1 and at.remove_row(f"test-{place}", _("this test"))
        if not is_gone:
            kept.append(changed)
    if at.add("test", _("Add a test")):
        kept.append(DraftTest(is_hidden=True, title=_("Test {number}", number=len(kept) + 1)))
    return one.model_copy(update={"starter": starter, "solution": solution, "tests": tuple(kept)})


def _test(at: Fields, test: DraftTest, place: int) -> DraftTest:
    def part(name: str) -> str:
        return f"{name}-{place}"

    title = at.line(_("Title"), test.title, part("title"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        hidden = st.checkbox(_("Hidden from learners"), test.is_hidden, key=at.key(part("hidden")))
        weight = st.number_input(_("Weight"), 1, 100, test.weight, key=at.key(part("weight")), width=110)
    before = "raises" if test.raises else ("gives" if test.evaluate else "prints")
    kind = (
        st.segmented_control(
            _("What is tested"),
            list(TESTED),
            default=before,
            format_func=TESTED.__getitem__,
            key=at.key(part("what")),
        )
        or before
    )
    draws: dict[str, Callable[[Fields, DraftTest, Callable[[str], str]], dict[str, Any]]] = {
        "prints": _prints,
        "gives": _gives,
        "raises": _raises,
    }
    return DraftTest(title=title, is_hidden=hidden, weight=int(weight), **draws[kind](at, test, part))


def _prints(at: Fields, test: DraftTest, part: Callable[[str], str]) -> dict[str, Any]:
    return {
        "stdin": at.area(_("Input"), test.stdin, part("stdin"), height=80),
        "expected": at.area(_("Printed"), test.expected, part("printed"), height=80),
    }


def _gives(at: Fields, test: DraftTest, part: Callable[[str], str]) -> dict[str, Any]:
    return {
        "arrange": at.area(_("Run before"), test.arrange, part("arrange"), height=80),
        "evaluate": at.line(_("Expression"), test.evaluate, part("evaluate"), placeholder="double(4)"),
        "expected": at.line(_("Its value, as Python prints it"), test.expected, part("value"), placeholder="8"),
        "tolerance": at.line(_("± within"), test.tolerance, part("test-tolerance"), width=110),
    }


def _raises(at: Fields, test: DraftTest, part: Callable[[str], str]) -> dict[str, Any]:
    return {
        "arrange": at.area(_("Run before"), test.arrange, part("arrange"), height=80),
        "evaluate": at.line(_("Expression"), test.evaluate, part("evaluate"), placeholder="double(None)"),
        "raises": at.line(_("Exception"), test.raises, part("raises"), placeholder="TypeError"),
    }
