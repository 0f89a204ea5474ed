"""The staged form of an offering: defined by JSON Schema, checked by it, and shown one stage at a time.

Only the part of JSON Schema that a page can ask is taken: an object whose properties are the stages, each an object
whose properties are the questions. What is taken comes back the same by `as_schema`.
"""

from __future__ import annotations

import json
import re
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from learncraft.enrollment.registration.errors import InvalidFormError
from learncraft.enrollment.shapes import FormQuestion, FormStage, RegistrationForm
from learncraft.language import Spoken
from learncraft.language.numbers import number

MOST_STAGES = 12
MOST_QUESTIONS = 60
LONGEST_TEXT = 4000
LONGEST_DEFINITION = 60_000
KINDS = Spoken(
    {
        "text": "One line",
        "long_text": "Several lines",
        "whole": "Whole number",
        "number": "Number",
        "yes_no": "Yes or no",
        "agreement": "Has to be agreed to",
        "choice": "One of several",
        "choices": "Any of several",
        "date": "Date",
        "email": "E-mail address",
    }
)
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_FORMATS = FormatChecker(["date"])


def read_schema(text: str) -> RegistrationForm:
    """The form that a JSON Schema describes.

    Raises:
        InvalidFormError: it isn't JSON, or asks what a form can't ask; the message says where.
    """
    if len(text) > LONGEST_DEFINITION:
        raise InvalidFormError(
            "The definition has room for {most} characters.",
            most=number(LONGEST_DEFINITION),
        )
    try:
        schema = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidFormError("This is not JSON: {error}.", error=error) from error
    stages = []
    for key, stage in _properties(schema, "the form").items():
        questions = tuple(
            _question(name, asked, is_required=name in _required(stage, key))
            for name, asked in _properties(stage, key).items()
        )
        stages.append(FormStage(key=key, title=_words(stage, "title", key, 120), questions=questions))
    return check_form(RegistrationForm(tuple(stages)))


def check_form(form: RegistrationForm) -> RegistrationForm:
    """The form itself, if people can be asked it.

    Raises:
        InvalidFormError: with what is wrong.
    """
    stages = form.root
    if len(stages) > MOST_STAGES or sum(len(stage.questions) for stage in stages) > MOST_QUESTIONS:
        raise InvalidFormError(
            "A form has at most {stages} stages and {questions} questions.",
            stages=MOST_STAGES,
            questions=MOST_QUESTIONS,
        )
    if len({stage.key for stage in stages}) != len(stages):
        raise InvalidFormError("Two stages have the same key.")
    for stage in stages:
        keys = [stage.key, *(question.key for question in stage.questions)]
        if bad := next((key for key in keys if not _KEY.fullmatch(key)), None):
            raise InvalidFormError(
                "“{bad}” can't be a key: begin with a letter; use a to z, digits and _.", bad=bad[:40]
            )
        if not stage.questions:
            raise InvalidFormError("The stage “{title}” asks nothing.", title=stage.title)
        if len(set(keys[1:])) != len(stage.questions):
            raise InvalidFormError("Two questions of “{title}” have the same key.", title=stage.title)
        for question in stage.questions:
            if question.kind not in KINDS:
                raise InvalidFormError(
                    "“{kind}” is no kind of question: {list}.", kind=question.kind, list=", ".join(KINDS)
                )
            if question.kind in {"choice", "choices"} and len(set(question.choices)) < 2:
                raise InvalidFormError("“{label}” needs at least two choices that differ.", label=question.label)
            if not question.label.strip():
                raise InvalidFormError("The question {key} has no words.", key=question.key)
    return form


def as_schema(form: RegistrationForm) -> dict[str, Any]:
    """The form as JSON Schema (2020-12)."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {stage.key: stage_schema(stage) for stage in form.root},
    }


def schema_text(form: RegistrationForm) -> str:
    """The form as JSON Schema, to read and to change."""
    return json.dumps(as_schema(form), indent=2, ensure_ascii=False)


def stage_schema(stage: FormStage) -> dict[str, Any]:
    """What the answers to one stage have to be."""
    return {
        "type": "object",
        "title": stage.title,
        "properties": {question.key: _asked(question) for question in stage.questions},
        "required": [question.key for question in stage.questions if question.is_required],
        "additionalProperties": False,
    }


def faults(stage: FormStage, answers: dict[str, Any]) -> dict[str, str]:
    """What is wrong with the answers to a stage, in words, by the key of the question; nothing if all is well."""
    given = cleaned(stage, answers)
    labels = {question.key: question.label for question in stage.questions}
    found: dict[str, str] = {}
    validator = Draft202012Validator(stage_schema(stage), format_checker=_FORMATS)
    for error in validator.iter_errors(given):
        if error.validator == "required":
            for key in stage_schema(stage)["required"]:
                if key not in given:
                    found[key] = f"Answer “{labels[key]}”."
        elif error.absolute_path and (key := str(error.absolute_path[0])) in labels:
            found.setdefault(key, f"“{labels[key]}”: {_fault(error.validator)}")
        else:
            found.setdefault("", "An answer belongs to no question.")
    return found


def cleaned(stage: FormStage, answers: dict[str, Any]) -> dict[str, Any]:
    """The answers without those that say nothing, and without what the form doesn't ask."""
    known = {question.key for question in stage.questions}
    kept = {}
    for key, value in answers.items():
        trimmed = value.replace("\0", "").strip() if isinstance(value, str) else value
        if key in known and trimmed not in (None, "", []):
            kept[key] = trimmed
    return kept


_PARTS: dict[str, dict[str, Any]] = {
    "text": {"type": "string", "maxLength": 300},
    "long_text": {"type": "string", "maxLength": LONGEST_TEXT},
    "whole": {"type": "integer"},
    "number": {"type": "number"},
    "yes_no": {"type": "boolean"},
    "agreement": {"const": True},
    "date": {"type": "string", "format": "date"},
    "email": {"type": "string", "pattern": r"^[^@\s]+@[^@\s]+\.[^@\s]+$", "maxLength": 255},
}


def _asked(question: FormQuestion) -> dict[str, Any]:
    match question.kind:
        case "choice":
            part: dict[str, Any] = {"enum": list(question.choices)}
        case "choices":
            part = {"type": "array", "items": {"enum": list(question.choices)}, "uniqueItems": True}
            if question.is_required:
                part["minItems"] = 1
        case kind:
            part = dict(_PARTS[kind])
    return {"title": question.label, **part}


def _question(key: str, asked: Any, *, is_required: bool) -> FormQuestion:
    if not isinstance(asked, dict):
        raise InvalidFormError("The question {key} has to be an object.", key=key)
    label = _words(asked, "title", key, 300)
    choices: tuple[str, ...] = ()
    listed = asked.get("enum")
    if asked.get("type") == "array":
        items = asked.get("items")
        listed = items.get("enum") if isinstance(items, dict) else None
        kind = "choices"
    elif listed is not None:
        kind = "choice"
    else:
        kind = _kind(key, asked)
    if kind in {"choice", "choices"}:
        if not isinstance(listed, list) or not all(isinstance(one, str) and 0 < len(one) <= 200 for one in listed):
            raise InvalidFormError("The choices of {key} have to be a list of texts.", key=key)
        choices = tuple(listed)
    return FormQuestion(
        key=key, label=label, kind=kind, is_required=is_required or kind == "agreement", choices=choices
    )


def _kind(key: str, asked: dict[str, Any]) -> str:
    if asked.get("const") is True:
        return "agreement"
    kind = asked.get("type")
    if kind == "string":
        return _kind_of_text(asked)
    named = {"integer": "whole", "number": "number", "boolean": "yes_no"}.get(str(kind))
    if named is None:
        raise InvalidFormError("The question {key} is of the type {kind}, which a form can't ask.", key=key, kind=kind)
    return named


def _kind_of_text(asked: dict[str, Any]) -> str:
    if asked.get("format") == "date":
        return "date"
    if asked.get("format") == "email" or asked.get("pattern") == _PARTS["email"]["pattern"]:
        return "email"
    longest = asked.get("maxLength", 300)
    return "long_text" if isinstance(longest, int) and longest > 300 else "text"


def _properties(part: Any, where: str) -> dict[str, Any]:
    found = part.get("properties") if isinstance(part, dict) and part.get("type") == "object" else None
    if not isinstance(found, dict):
        raise InvalidFormError("In {where}, “type” has to be “object”, with “properties”.", where=where)
    return found


def _required(stage: dict[str, Any], key: str) -> list[str]:
    found = stage.get("required", [])
    if not isinstance(found, list) or not set(map(str, found)) <= set(stage["properties"]):
        raise InvalidFormError("“required” of {key} has to list questions of this stage.", key=key)
    return [str(one) for one in found]


def _words(part: dict[str, Any], name: str, otherwise: str, longest: int) -> str:
    said = part.get(name, otherwise)
    if not isinstance(said, str) or not said.strip() or len(said) > longest:
        raise InvalidFormError(
            "The {name} of {otherwise} has to be a text of at most {longest} characters.",
            name=name,
            otherwise=otherwise,
            longest=longest,
        )
    return said.strip()


def _fault(rule: object) -> str:
    return {
        "type": "this is not what was asked for.",
        "enum": "choose from the list.",
        "const": "this has to be agreed to.",
        "format": "this is no date.",
        "pattern": "this is no e-mail address.",
        "maxLength": "this is too long.",
        "minItems": "choose at least one.",
        "uniqueItems": "each choice once.",
    }.get(str(rule), "this doesn't fit.")
