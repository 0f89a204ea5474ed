"""The ways to ask the tutor, and what each is answered from: ask, explain differently, summarise, what next, a hint."""

from __future__ import annotations

import re
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.tutor import citing, recommending, retrieval, sentences
from learncraft.tutor.embedding import Embedder, built_in
from learncraft.tutor.extracting import SHORTEST, CitedSentence, Extract, extract
from learncraft.tutor.inert import one_line
from learncraft.tutor.material import READ_ON, Line, Material, quotes, read_on
from learncraft.tutor.retrieval import Evidence, Passage

SOURCES = 6  # that a model is given
IN_SUMMARY = 5  # sentences
SUMMARISED = 12  # passages of a lesson
COMPARISONS = 3

_CODE = re.compile(r"```|\s=\s|[(){};]\s*$", re.MULTILINE)  # what reads well in its place alone

DIFFERENTLY = (
    "The learner did not understand the answer before. Explain it differently: in other words, with an example."
)
COMPARE = (
    "You may add up to three sentences of comparison that are your own. End each of them with [~{mark}], "
    "and no other sentence."
)
SUMMARISE = (
    "Summarise the sources for somebody who has read them and wants to remember: the main points in their order."
)
ADVISE = "Tell the learner what to do next, in the order of the sources, each with its reason."
NOTHING_NEXT = "There is nothing open in your courses: what you began is finished. The catalogue has more."
NOTHING_TO_SUMMARISE = "There is no text here that I could summarise."


def answered(found: Evidence, embedder: Embedder) -> Material:
    """A question, by what was found for it."""
    if not found.is_enough:
        return Material(opening=refusal(found), is_refused=True, about=found.nearest)
    best = extract(found, embedder).sentences
    return Material(quotes(best), closing=read_on(best), sources=found.passages[:SOURCES], about=found.passages[0])


def refusal(found: Evidence) -> str:
    """That there is too little to answer from, and what comes nearest."""
    if found.nearest is None:
        return "I don't find this in your courses. Join a course, or ask about one that you are in."
    return (
        f"I don't find this in your courses. The nearest is **{one_line(citing.place(found.nearest))}** "
        f"in {one_line(found.nearest.course_title)}."
    )


def explained(found: Evidence, embedder: Embedder, *, quoted: Sequence[str], manner: str) -> Material:
    """The same question once more, in sentences that weren't quoted before; examples come first."""
    if not found.is_enough:
        return answered(found, embedder)
    before = {" ".join(one.split()).lower() for one in quoted}
    best = extract(found, embedder, unlike=before, likes_examples=True).sentences
    return Material(
        quotes(best),
        opening=""
        if best
        else "The course says it in these words alone. Try the lesson itself, or ask about one part.",
        closing=read_on(best) or READ_ON.format(place=one_line(citing.place(found.passages[0]))),
        sources=found.passages[:SOURCES],
        task=" ".join(filter(None, (DIFFERENTLY, manner, COMPARE))),
        comparisons=COMPARISONS,
        about=found.passages[0],
    )


def summarised(session: Session, viewer: Viewer, lesson_id: UUID, title: str, embedder: Embedder) -> Material:
    """A lesson in its own most telling sentences, one under each heading, in reading order."""
    found = retrieval.find(session, viewer, title, lesson_id=lesson_id, limit=SUMMARISED, embedder=embedder)
    said = (one for one in found.passages if one.block_id or one.content_type != "lesson")  # objectives aside
    passages = tuple(sorted(said, key=lambda one: one.embedding_id))
    best = _telling(passages).sentences
    if not best:
        return Material(opening=NOTHING_TO_SUMMARISE, is_refused=True, about=found.nearest)
    return Material(
        quotes(best),
        closing=read_on(best),
        sources=passages,
        task=SUMMARISE,
        about=passages[0],
    )


def _telling(passages: tuple[Passage, ...]) -> Extract:
    """The sentence of each section that is most like all of it. The built-in model reads them: they are many."""
    whole = "\n".join(one.text for one in passages)
    weighed = sentences.weighed(whole, [sentences.Told(one.headings, one.text) for one in passages], built_in())
    best: dict[tuple[str, ...], tuple[float, int, CitedSentence]] = {}
    for order, one in enumerate(weighed):
        passage = passages[one.place]
        if len(one.text) < SHORTEST or one.text.endswith((":", "?")) or _CODE.search(one.text):
            continue
        section = (passage.content_type, *passage.headings)
        if section not in best or best[section][0] < one.cosine:
            best[section] = (one.cosine, order, CitedSentence(one.text, passage, one.cosine))
    chosen = sorted(best.values(), key=lambda three: -three[0])[:IN_SUMMARY]
    return Extract(tuple(one for _, _, one in sorted(chosen, key=lambda three: three[1])))


def recommended(session: Session, viewer: Viewer, course_id: UUID | None) -> Material:
    """What to do next, each with its reason. At most two queries."""
    found = recommending.steps(session, viewer, course_id)
    further = recommending.next_course(session, viewer) if len(found) < recommending.MOST else ""
    sources = recommending.as_passages(found)
    return Material(
        tuple(Line(one.text, one, is_quote=False) for one in sources),
        closing=further if found or further else NOTHING_NEXT,
        sources=sources,
        task=ADVISE,
        about=sources[0] if sources else None,
    )


def pointed(found: Evidence, title: str) -> Material:
    """Where it stands and no more, as an attempt is open whose rule allows hints alone."""
    places: dict[str, Passage] = {}
    for one in found.passages:
        places.setdefault(citing.place(one), one)
    shown = list(places.items())[:3]
    return Material(
        tuple(Line(f"Look in {one_line(place)}.", one, is_quote=False) for place, one in shown),
        opening=f"While “{one_line(title)}” is open, I only point to where it stands. "
        "Its questions have hints beside them.",
        about=found.nearest,
    )
