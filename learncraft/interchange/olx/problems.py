"""A problem as questions. A problem is prose with fields in it; each field becomes a question of its own.

The prose that a learner needs for a field goes with it: what stands before it, what stands around it (a
table with a menu in each row is repeated for each, with the place in question marked), and the beginning
that several labelled fields share.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape

from lxml import etree

from learncraft.assessments.grading import validate_question
from learncraft.interchange.document import QuestionDocument
from learncraft.interchange.html import Cleaned, clean
from learncraft.interchange.olx import names, prose, refusals
from learncraft.interchange.olx.responses import READERS, Answer, read_response
from learncraft.interchange.olx.source import Node, PartError, Source
from learncraft.language import _

_FIELD_TAGS = "choicegroup checkboxgroup radiogroup optioninput textline formulaequationinput numericalinput textbox"
_FIELDS = frozenset(_FIELD_TAGS.split())
_MOST_FIELDS = 100
# Parts of a response that are instructions to the grader and no words for the learner.
_NOT_PROSE = (
    "responseparam",
    "additional_answer",
    "solution",
    "solutionset",
    "correcthint",
    "stringequalhint",
    "regexphint",
    "hintgroup",
    "targetedfeedbackset",
    "demandhint",
    "answer",
    "choicehint",
    "optionhint",
    "compoundhint",
)
_WRAPPERS = frozenset({"text", "div", "section", "center", "span", "form", "fieldset", "choiceset"})
_SLOT = "data-slot"
_HERE, _ELSEWHERE = "[ ? ]", "[ … ]"


@dataclass(slots=True)
class _Group:
    """One stretch of the problem that holds fields, with the prose before it."""

    element: etree._Element
    before: str
    responses: list[etree._Element]
    solutions: list[etree._Element] = field(default_factory=list)


@dataclass(slots=True)
class _Parts:
    groups: list[_Group]
    trailing: str
    solutions: list[etree._Element]  # of the problem as a whole
    hints: list[etree._Element]
    shared: str = ""  # what several fields need


@dataclass(slots=True)
class Problem:
    """What a problem gave: its questions, what changed on the way, and why fields were left out."""

    questions: list[QuestionDocument] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    opening: str = ""  # its first words, for problems without a title


def read_problem(source: Source, node: Node) -> Problem:
    """The questions of a problem. One that can't be read at all has none, and says why in `refused`."""
    root = copy.deepcopy(node.element)
    root.tail = None
    words = next((words for label in root.iter("label", "p") if (words := prose.plain_text(label))), "")
    result = Problem(opening=names.short(words, 80))
    computed = _computed_by_script(root)
    if computed:
        result.refused.append(computed)
        return result
    _drop_scripts(root, result.notes)
    parts = _take_apart(root)
    if not parts.groups:
        result.refused.append(refusals.without_response(root))
    for group in parts.groups:
        _read_group(source, node, parts, group, result)
    if len(result.questions) > 1:
        result.notes.insert(0, _("Its {count} fields became a question each.", count=len(result.questions)))
    if parts.hints and result.questions:
        result.notes.append(_("Its hints are shown with the explanation, after the answer."))
    return result


@dataclass(frozen=True, slots=True)
class _Slot:
    """One field within its group: the response that grades it, and its place among the group's fields."""

    group: _Group
    response: etree._Element
    field: etree._Element | None
    number: int
    count: int

    @property
    def label(self) -> str:
        return (self.field.get("label") or "").strip() if self.field is not None else ""


def _read_group(source: Source, node: Node, parts: _Parts, group: _Group, result: Problem) -> None:
    fields = [(response, slot) for response in group.responses for slot in _fields(response)]
    if len(fields) > _MOST_FIELDS:
        result.refused.append(
            _("It has more than {most_fields} fields. Split it into several problems.", most_fields=_MOST_FIELDS)
        )
        return
    for number, (_response, element) in enumerate(fields):
        if element is not None:
            element.set(_SLOT, str(number))
    for number, (response, element) in enumerate(fields):
        slot = _Slot(group, response, element, number, len(fields))
        try:
            answer = _answer(source, slot)
            if problems := validate_question(answer.question_type, answer.options, answer.key):
                raise PartError(" ".join(problems))
            text = _prompt(source, node, parts, slot)
        except PartError as error:
            result.refused.append(str(error))
            continue
        explanation = _explanation(source, parts, slot)
        result.notes += [*answer.notes, *text.notes, *explanation.notes]
        position = len(result.questions) + len(result.refused)
        key = names.key("q", node.url_name) + (f"-{position + 1}" if position else "")
        result.questions.append(
            QuestionDocument(
                source_key=source.keys.take(key),
                question_type=answer.question_type,
                text=text.html,
                text_format="html",
                key=answer.key,
                options=answer.options,
                explanation=explanation.html,
                points=_points(node, result.notes),
            )
        )


def _answer(source: Source, slot: _Slot) -> Answer:
    if slot.response.tag not in READERS:
        raise PartError(refusals.of_response(slot.response))
    return read_response(slot.response, slot.field, source.assets)


def _prompt(source: Source, node: Node, parts: _Parts, slot: _Slot) -> Cleaned:
    """The words of one field, with whatever else must be read to answer it."""
    pieces = [slot.group.before, _around(slot.group.element, slot.number, slot.count)]
    if slot.group is not parts.groups[0]:
        pieces.insert(0, parts.shared)
    if slot.group is parts.groups[-1]:
        pieces.append(parts.trailing)
    text = clean("\n".join(piece for piece in pieces if piece.strip()), source.assets)
    if slot.label and (slot.count > 1 or text.is_empty) and slot.label not in text.html:
        text = clean(f"{text.html}<p>{escape(slot.label)}</p>", source.assets)
    if text.is_empty:
        text = clean(f"<p>{escape(node.title)}</p>", source.assets)
    if text.is_empty:
        raise PartError(_("There is no text that asks anything."))
    return text


def _around(original: etree._Element, number: int, count: int) -> str:
    element = copy.deepcopy(original)
    element.tail = None
    for slot in [child for child in element.iter() if isinstance(child.tag, str)]:
        if slot.get(_SLOT) is not None:
            # A field that stands alone under its prompt needs no mark; one within a sentence or table does.
            alone = count == 1 and slot.getparent() is element
            mark = "" if alone else _HERE if slot.get(_SLOT) == str(number) else _ELSEWHERE
            slot.tail = f"{mark}{slot.tail or ''}"
            prose.remove(slot)
        elif slot.tag in _NOT_PROSE or slot.tag in _FIELDS:
            prose.remove(slot)
        elif slot.tag in ("label", "description", "legend"):
            slot.tag = "p"
        elif slot.tag == "clarification":
            slot.text = f" ({(slot.text or '').strip()})"
    return prose.outer_html(element).replace(_HERE, f"<strong>{_HERE}</strong>")


def _explanation(source: Source, parts: _Parts, slot: _Slot) -> Cleaned:
    own = list(slot.response.iter("solution")) or slot.group.solutions or parts.solutions
    pieces = [_without_heading(solution) for solution in own]
    if parts.hints:
        hints = "".join(f"<li>{prose.inner_html(hint)}</li>" for hint in parts.hints)
        pieces.append(f"<p>Hints:</p><ul>{hints}</ul>")
    return clean("\n".join(pieces), source.assets)


def _without_heading(solution: etree._Element) -> str:
    """The solution without the word “Explanation” above it: the page has a heading of its own."""
    words = copy.deepcopy(solution)
    first = next((child for child in words.iter("p", "h1", "h2", "h3", "h4")), None)
    if first is not None and prose.plain_text(first).rstrip(":").lower() in ("explanation", "solution"):
        prose.remove(first)
    return prose.inner_html(words)


def _take_apart(root: etree._Element) -> _Parts:
    hints = list(root.iter("hint")) if root.find(".//demandhint") is not None else []
    groups: list[_Group] = []
    solutions: list[etree._Element] = []
    pending = ""
    for piece in _flow(root):
        if isinstance(piece, str):
            pending += escape(piece, quote=False)
        elif piece.tag in ("solution", "solutionset"):
            solutions.append(piece)
            if groups:
                groups[-1].solutions.append(piece)
        elif piece.tag == "demandhint":
            continue
        elif responses := [child for child in piece.iter() if _is_response(child)]:
            groups.append(_Group(piece, pending, responses))
            pending = ""
        else:
            pending += _prose_html(piece)
    if len(solutions) == 1:  # one for the whole problem, wherever it stands
        for group in groups:
            group.solutions = []
    parts = _Parts(groups, pending, solutions if len(solutions) == 1 else [], hints)
    if len(groups) > 1 and groups[0].element.find(".//label") is not None:
        parts.shared = groups[0].before
    return parts


def _prose_html(piece: etree._Element) -> str:
    for child in piece.iter("clarification"):
        child.text = f" ({(child.text or '').strip()})"
    if piece.tag in ("label", "description", "legend"):
        piece.tag = "p"
    return prose.outer_html(piece)


def _flow(element: etree._Element) -> Iterator[str | etree._Element]:
    """The pieces of a problem in reading order, looking through wrappers around fields."""
    yield element.text or ""
    for child in element:
        if isinstance(child.tag, str):
            through = child.tag in _WRAPPERS and any(_is_response(inner) for inner in child.iter())
            if through:
                yield from _flow(child)
            else:
                yield child
        yield child.tail or ""


def _is_response(element: etree._Element) -> bool:
    return isinstance(element.tag, str) and element.tag.endswith("response")


def _fields(response: etree._Element) -> list[etree._Element | None]:
    fields = [child for child in response.iter() if child.tag in _FIELDS]
    if response.tag == "optionresponse" and fields:
        return list(fields)
    return [fields[0] if fields else None]


def _computed_by_script(root: etree._Element) -> str:
    """Why the problem can't be taken when a script computes words or numbers of it; empty when none does."""
    script = set(re.findall(r"\w+", " ".join(element.text or "" for element in root.iter("script"))))
    for element in root.iter():
        if not isinstance(element.tag, str) or element.tag == "script":
            continue
        for text in (element.text or "", element.tail or "", *map(str, element.attrib.values())):
            name = next((name for name in re.findall(r"\$\{?([A-Za-z_]\w*)", text) if name in script), "")
            if name:
                return _(
                    "A script computes its numbers (${name}) anew for each learner. Questions here have "
                    "fixed numbers: choose some and write the question anew.",
                    name=name,
                )
    return ""


def _drop_scripts(root: etree._Element, notes: list[str]) -> None:
    scripts = list(root.iter("script", "style"))
    for element in scripts:
        prose.remove(element)
    if any(element.tag == "script" for element in scripts):
        notes.append(_("Its script was left out; check that the text still fits."))


def _points(node: Node, notes: list[str]) -> int:
    try:
        weight = float(node.settings.get("weight", "1"))
    except ValueError:
        return 1
    if not 0 < weight < 1000:
        notes.append(_("Its weight was 0 or out of range; here it counts one point."))
        return 1
    return max(1, round(weight))
