"""What keeps an assessment from being published, as sentences: no question without a key, no unreachable points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from learncraft.assessments import draft_questions, drawing, marking
from learncraft.assessments.draft_shapes import DraftDocument, DraftDraw, DraftSettings
from learncraft.language import _, noted

NO_QUESTIONS = noted("There are no questions yet.")


@dataclass(frozen=True, slots=True)
class Pool:
    """What a rule could draw from: which items of the bank, and what each is worth."""

    bank: str
    items: frozenset[UUID]
    worth: frozenset[Decimal]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. `draft_id` is the question, if it is about one; `place` counts from 1."""

    sentence: str
    draft_id: UUID | None = None
    place: int = 0


def problems_of(document: DraftDocument, pools: Mapping[DraftDraw, Pool]) -> list[Problem]:
    """All that has to be mended before learners may see it, settings first."""
    found = [Problem(sentence) for sentence in of_settings(document.settings)]
    if not document.questions and not document.draws:
        found.append(Problem(_(NO_QUESTIONS)))
    for place, question in enumerate(document.questions, 1):
        _question, sentences = draft_questions.ready(question)
        found += [Problem(sentence, question.id, place) for sentence in sentences]
    # What is taken over is asked of everybody, and not drawn on top.
    taken = {one.bank_item_id for one in document.questions if one.bank_item_id is not None}
    there = [sorted(pools[draw].items - taken) if draw in pools else [] for draw in document.draws]
    drawn = drawing.fill([(draw.count, items) for draw, items in zip(document.draws, there, strict=True)])
    for draw, items in zip(document.draws, drawn, strict=True):
        found += [Problem(sentence) for sentence in _of_draw(draw, pools.get(draw), len(items))]
    return found


def of_settings(settings: DraftSettings) -> list[str]:
    """What is wrong with all but the questions."""
    problems = []
    if not settings.title.strip():
        problems.append(_("It has no title."))
    if not 0 <= settings.passing_score <= 100:
        problems.append(_("The passing score lies outside 0 to 100 %."))
    if settings.time_limit_minutes is not None and settings.time_limit_minutes < 1:
        problems.append(_("The time limit is shorter than a minute."))
    if settings.max_attempts is not None and settings.max_attempts < 1:
        problems.append(_("Nobody has an attempt."))
    opens, closes = settings.available_from, settings.available_until
    if opens is not None and closes is not None and opens >= closes:
        problems.append(_("It closes before it opens."))
    if settings.show_answers == "after_close" and closes is None:
        problems.append(
            _("The answers are shown after it closes, but it never closes. Say when, or show them otherwise.")
        )
    return problems


def _of_draw(draw: DraftDraw, pool: Pool | None, free: int) -> list[str]:
    """What is wrong with a rule; an item that only one of several rules can have is counted for the earlier one."""
    if pool is None:
        return [_("A bank to draw from is no longer there, or isn't yours to use.")]
    name = (
        _("“{bank}” with the tag “{tag}”", bank=pool.bank, tag=draw.tag) if draw.tag else _("“{bank}”", bank=pool.bank)
    )
    if draw.count < 1:
        return [_("No question is drawn from {name}.", name=name)]
    if free < draw.count:
        return [
            _(
                "{count} are drawn from {name}, which has {free} that aren't asked already.",
                count=draw.count,
                name=name,
                free=free,
            )
        ]
    if len(pool.worth) > 1:
        low, high = marking.plain(min(pool.worth)), marking.plain(max(pool.worth))
        return [
            _(
                "The questions of {name} are worth {low} to {high} points, so learners could earn different totals. "
                "Give them the same points.",
                name=name,
                low=low,
                high=high,
            )
        ]
    return []
