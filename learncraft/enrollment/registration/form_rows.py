"""A form as the rows of a table, one for each question: how those who teach edit it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from learncraft.enrollment.registration.errors import InvalidFormError
from learncraft.enrollment.registration.form import KINDS, check_form
from learncraft.enrollment.shapes import FormQuestion, FormStage, RegistrationForm


@dataclass(frozen=True, slots=True)
class FormRow:
    """One question. Empty keys are made from the words; a kept key keeps the answers that were given to it."""

    stage: str
    question: str
    kind: str
    is_required: bool = False
    choices: str = ""
    stage_key: str = ""
    key: str = ""


def as_rows(form: RegistrationForm) -> list[FormRow]:
    """The questions in their order."""
    return [
        FormRow(
            stage.title,
            question.label,
            question.kind,
            question.is_required,
            "; ".join(question.choices),
            stage.key,
            question.key,
        )
        for stage in form.root
        for question in stage.questions
    ]


def from_rows(rows: Iterable[FormRow]) -> RegistrationForm:
    """The form of the rows; questions of one stage stand together, in the order in which it came first.

    Raises:
        InvalidFormError: with what is wrong.
    """
    titles: dict[str, str] = {}  # of stages by their key
    questions: dict[str, list[FormQuestion]] = {}
    for row in rows:
        title, label = row.stage.strip(), row.question.strip()
        if not label:
            continue
        if row.kind not in KINDS:
            raise InvalidFormError("Say what kind of question “{label}” is.", label=label)
        known = next((key for key, one in titles.items() if one == title), None)
        stage_key = known or _key(row.stage_key or title or "stage", titles)
        titles.setdefault(stage_key, title or "Your registration")
        asked = questions.setdefault(stage_key, [])
        choices = tuple(dict.fromkeys(filter(None, (one.strip() for one in row.choices.split(";")))))
        asked.append(
            FormQuestion(
                key=_key(row.key or label, {one.key: "" for one in asked}),
                label=label,
                kind=row.kind,
                is_required=row.is_required or row.kind == "agreement",
                choices=choices if row.kind in {"choice", "choices"} else (),
            )
        )
    return check_form(
        RegistrationForm(
            tuple(FormStage(key=key, title=titles[key], questions=tuple(asked)) for key, asked in questions.items())
        )
    )


def _key(words: str, taken: dict[str, str]) -> str:
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:30]
    base = base if base[:1].isalpha() else f"q_{base}".rstrip("_")
    key, number = base, 2
    while key in taken:
        key, number = f"{base}_{number}", number + 1
    return key
