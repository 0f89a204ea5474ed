"""What two people wrote of one question, or two versions of an assessment ask, as lines that can be compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from learncraft import differing
from learncraft.assessments.draft_shapes import DraftCriterion, DraftDocument, DraftQuestion, DraftTest
from learncraft.assessments.models import QuestionType
from learncraft.assessments.names import in_words
from learncraft.language import _


def questions(
    theirs: DraftQuestion, mine: DraftQuestion, *, tags: tuple[Sequence[str], Sequence[str]] = ((), ())
) -> tuple[str, ...]:
    """The lines that differ between a question as it stands and one's own; empty when they say the same."""
    of_theirs, of_mine = tags
    return differing.lines([*_lines(theirs), *_tags(of_theirs)], [*_lines(mine), *_tags(of_mine)])


def said(question: DraftQuestion) -> tuple[str, ...]:
    """All that a question says, line by line."""
    return tuple(_lines(question))


def asked(published: DraftDocument, written: DraftDocument, banks: Mapping[UUID, str]) -> Iterator[str]:
    """The lines that differ between all that two versions ask, each question below its number and first words."""
    known = {one.question_id: one for one in published.questions}
    for place, one in enumerate(written.questions, 1):
        before = known.pop(one.question_id, None)
        changed = questions(before, one) if before else tuple(f"+{line}" for line in _lines(one))
        if changed:
            yield f" {_('Question {number}', number=place)}: {in_words(one.text)[:60]}"
            yield from changed
    for one in known.values():
        yield f"-{_('Question')}: {in_words(one.text)[:60]}"
    yield from differing.lines(_draws(published, banks), _draws(written, banks))


def _draws(said: DraftDocument, banks: Mapping[UUID, str]) -> Iterator[str]:
    for draw in said.draws:
        name = banks.get(draw.bank_id, _("a bank that is gone"))
        yield f"{_('Draw for each attempt')}: {draw.count}, {name}" + (f" ({draw.tag})" if draw.tag else "")


def _each(label: str, text: str) -> Iterator[str]:
    for line in text.splitlines():
        yield f"{label}: {line}"


def _tags(tags: Sequence[str]) -> list[str]:
    return [f"{_('Tags')}: {', '.join(tags)}"] if tags else []


def _lines(said: DraftQuestion) -> Iterator[str]:
    yield from _each(_("Question"), said.text)
    match said.question_type:
        case QuestionType.MULTIPLE_CHOICE | QuestionType.MULTI_SELECT:
            yield from _options(said)
        case QuestionType.TRUE_FALSE:
            if said.truth is not None:
                yield f"{_('The statement is')}: {_('True') if said.truth else _('False')}"
        case QuestionType.FILL_BLANK:
            for one in said.accepted:
                more = [f"± {one.tolerance}"] if one.tolerance else []
                more += [_("Aa counts")] if one.case_sensitive else []
                yield f"{_('Accepted answer')}: {' '.join([one.text, *more])}"
        case QuestionType.CODE:
            yield from _each(_("Where learners begin"), said.starter)
            yield from _each(_("A solution, shown with the result"), said.solution)
            for test in said.tests:
                yield from _test(test)
        case _:
            for criterion in said.rubric:
                yield from _criterion(criterion)
            if said.upload is not None:
                rule = said.upload
                yield f"{_('Files')}: {rule.max_files} × {rule.max_megabytes} MB, {rule.types}"
            yield from _each(_("A good answer"), said.sample)
    yield from _each(_("Explanation, shown with the result"), said.explanation)
    yield f"{_('Points')}: {said.points}"


def _options(said: DraftQuestion) -> Iterator[str]:
    for place, option in enumerate(said.options):
        label = _("Option {letter}", letter=chr(ord("A") + place % 26))
        yield f"{label}: {option.text}" + (f" ({_('right')})" if option.id in said.right else "")
        yield from _each(f"{label}, {_('Note')}", option.feedback)


def _test(test: DraftTest) -> Iterator[str]:
    yield _("Test: {title}", title=test.title) + (f" ({_('hidden')})" if test.is_hidden else "") + f" × {test.weight}"
    for label, text in (
        (_("Input"), test.stdin),
        (_("Run before"), test.arrange),
        (_("Expression"), test.evaluate),
        (_("Expected"), test.expected),
        (_("Exception"), test.raises),
        (_("± within"), test.tolerance),
    ):
        yield from _each(f"  {label}", text)


def _criterion(criterion: DraftCriterion) -> Iterator[str]:
    yield f"{_('Criterion')}: {criterion.title}"
    yield from (f"  {line}" for line in criterion.description.splitlines())
    for level in criterion.levels:
        yield f"  {level.title}: {level.points}"
