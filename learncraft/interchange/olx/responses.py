"""One response of a problem as a type of question with its options and key, or the reason why it can't be one."""

from __future__ import annotations

import copy
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree

from learncraft.assessments.shapes import (
    Accepted,
    AcceptedPattern,
    AcceptedText,
    BlankKey,
    ChoiceKey,
    ChoicesKey,
    Key,
    Option,
    TruthKey,
)
from learncraft.interchange.assets import Assets
from learncraft.interchange.olx import prose
from learncraft.interchange.olx.numbers import accepted_number
from learncraft.interchange.olx.source import PartError
from learncraft.language import _

_HINTS = ("choicehint", "optionhint", "compoundhint", "clarification")
_OTHER_FEEDBACK = (
    "compoundhint",
    "correcthint",
    "stringequalhint",
    "regexphint",
    "hintgroup",
    "targetedfeedbackset",
    "targetedfeedback",
)
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")
_PATTERN_LENGTH = 1000


@dataclass(frozen=True, slots=True)
class Answer:
    """How a question is answered: its type, the options to choose from, and the key."""

    question_type: str
    key: Key
    options: tuple[Option, ...] = ()
    notes: list[str] = field(default_factory=list)


def read_response(response: etree._Element, field_: etree._Element | None, assets: Assets) -> Answer:
    """The answer that a response and its input field ask for.

    Raises:
        PartError: it asks for something that questions here can't ask; the message says what, and what to do.
    """
    read = READERS[str(response.tag)]
    return read(response, field_ if field_ is not None else response, assets)


def _one_choice(response: etree._Element, group: etree._Element, assets: Assets) -> Answer:
    options, right, notes = _choices(group, assets)
    if response.get("partial_credit"):
        notes.append(_("Answers that earned part of the points count as wrong."))
    return _single(options, right, notes + _feedback_notes(response))


def _single(options: tuple[Option, ...], right: list[str], notes: list[str]) -> Answer:
    if not right:
        raise PartError(_("No option is marked as right. Mark one in the course, or write the question anew."))
    if len(right) > 1:
        raise PartError(
            _("Several options are marked as right where one may be chosen. Make it a question with checkboxes.")
        )
    words = [option.text.strip().lower() for option in options]
    if sorted(words) == ["false", "true"] and not any(option.feedback for option in options):
        chosen = next(option for option in options if option.id == right[0])
        return Answer("true_false", TruthKey(value=chosen.text.strip().lower() == "true"), (), notes)
    return Answer("multiple_choice", ChoiceKey(option=right[0]), options, notes)


def _many_choices(response: etree._Element, group: etree._Element, assets: Assets) -> Answer:
    options, right, notes = _choices(group, assets)
    if not right:
        raise PartError(
            _("No option is marked as right; here at least one must be. Add an option such as “none of these”.")
        )
    if response.get("partial_credit"):
        notes.append(_("Answers that earned part of the points count as wrong."))
    notes += _feedback_notes(response)
    return Answer("multi_select", ChoicesKey(options=frozenset(right)), options, notes)


def _choices(group: etree._Element, assets: Assets) -> tuple[tuple[Option, ...], list[str], list[str]]:
    options: list[Option] = []
    right: list[str] = []
    notes: list[str] = []
    for choice in group.iter("choice"):
        options.append(_option(choice, len(options), assets, notes))
        if choice.get("correct", "").strip().lower() == "true":
            right.append(options[-1].id)
    if len(options) < 2:
        raise PartError(_("It has fewer than two options to choose from."))
    return tuple(options), right, notes


def _dropdown(response: etree._Element, menu: etree._Element, assets: Assets) -> Answer:
    notes: list[str] = []
    elements = list(menu.iter("option"))
    if elements:
        options = [_option(element, index, assets, notes) for index, element in enumerate(elements)]
        right = [
            option.id
            for option, element in zip(options, elements, strict=True)
            if element.get("correct", "").strip().lower() == "true"
        ]
    else:
        texts = [re.sub(r"\\(.)", r"\1", one or two) for one, two in _QUOTED.findall(menu.get("options", ""))]
        options = [Option(id=_letter(i), text=prose.escaped(text)) for i, text in enumerate(texts) if text.strip()]
        wanted = prose.escaped(menu.get("correct", ""))
        right = [option.id for option in options if option.text == wanted][:1]
    if len(options) < 2:
        raise PartError(_("It has fewer than two options to choose from."))
    return _single(tuple(options), right, notes + _feedback_notes(response))


def _option(choice: etree._Element, index: int, assets: Assets, notes: list[str]) -> Option:
    feedback = ""
    for hint in [child for child in choice if child.tag in ("choicehint", "optionhint")]:
        if hint.get("selected", "true").strip().lower() == "true":
            feedback = prose.inline_markdown(hint, assets)
        else:
            notes.append(_("Feedback for options that weren't ticked was left out."))
    words = copy.deepcopy(choice)
    for hint in [child for child in words.iter() if child.tag in _HINTS]:
        prose.remove(hint)
    text = prose.inline_markdown(words, assets)
    if not text:
        raise PartError(_("One of its options has no text."))
    return Option(id=_letter(index), text=text, feedback=feedback)


def _text(response: etree._Element, field_: etree._Element, assets: Assets) -> Answer:
    kinds = response.get("type", "").lower().split()
    case_sensitive = "ci" not in kinds
    answers = [response.get("answer", "")]
    if "_or_" in answers[0].lower():  # how courses before 2014 listed wordings
        answers = re.split("_or_", answers[0], flags=re.I)
    for more in response.iter("additional_answer"):
        answers.append(more.get("answer") or more.text or "")
    wordings = list(dict.fromkeys(answer.strip() for answer in answers if answer.strip()))
    if not wordings:
        raise PartError(_("It has no right answer."))
    if "regexp" in kinds:
        accepted: list[Accepted] = [_pattern(wording, case_sensitive) for wording in wordings]
    else:
        accepted = [AcceptedText(text=wording, case_sensitive=case_sensitive) for wording in wordings]
    return Answer("fill_blank", BlankKey(accepted=tuple(accepted)), (), _feedback_notes(response))


def _pattern(pattern: str, case_sensitive: bool) -> AcceptedPattern:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise PartError(_("Its regular expression can't be read ({error}).", error=error)) from error
    if len(pattern) > _PATTERN_LENGTH:
        raise PartError(
            _("Its regular expression is longer than {pattern_length} characters.", pattern_length=_PATTERN_LENGTH)
        )
    return AcceptedPattern(pattern=pattern, case_sensitive=case_sensitive)


def _number(response: etree._Element, field_: etree._Element, assets: Assets) -> Answer:
    tolerance = next(
        (param.get("default", "") for param in response.iter("responseparam") if param.get("type") == "tolerance"), ""
    )
    answers = [response.get("answer", "")]
    answers += [more.get("answer") or more.text or "" for more in response.iter("additional_answer")]
    notes: list[str] = []
    accepted = [accepted_number(answer, tolerance, notes) for answer in answers if answer.strip()]
    if not accepted:
        raise PartError(_("It has no right answer."))
    if response.get("partial_credit"):
        notes.append(_("Answers that earned part of the points count as wrong."))
    return Answer("fill_blank", BlankKey(accepted=tuple(accepted)), (), notes + _feedback_notes(response))


def _feedback_notes(response: etree._Element) -> list[str]:
    if any(child.tag in _OTHER_FEEDBACK for child in response.iter()):
        return [_("Feedback on particular answers was left out.")]
    return []


def _letter(index: int) -> str:
    letters = "abcdefghijklmnopqrstuvwxyz"
    return letters[index] if index < 26 else f"{letters[index % 26]}{index // 26}"


READERS: dict[str, Callable[[etree._Element, etree._Element, Assets], Answer]] = {
    "multiplechoiceresponse": _one_choice,
    "truefalseresponse": _many_choices,
    "choiceresponse": _many_choices,
    "optionresponse": _dropdown,
    "stringresponse": _text,
    "numericalresponse": _number,
}
