"""The ways in which people like to be told something, and how a questionnaire and habits point at one. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from learncraft import language
from learncraft.language import _, noted
from learncraft.language.kept import Kept

NOTHING_MEANT = ""  # an answer that speaks for no persona
HABITS_WEIGH = 0.5  # of what somebody does, beside what they say
FEW_DOINGS = 5  # below so many, habits say nothing


@dataclass(frozen=True, slots=True)
class Persona:
    """One way to be told. `manner` is what a model is told about it; lesson variants have its key."""

    key: str
    title: str
    meaning: str
    manner: str


PERSONAS = {
    one.key: one
    for one in (
        Persona(
            "visual_learner",
            noted("In pictures"),
            noted("You like to see how it fits together."),
            "Describe it as a picture.",
        ),
        Persona(
            "step_by_step",
            noted("Step by step"),
            noted("You like one step after the other."),
            "Go one small step at a time.",
        ),
        Persona(
            "practitioner",
            noted("By examples"),
            noted("You like to see it done, then do it."),
            "Begin with a worked example.",
        ),
        Persona(
            "big_picture",
            noted("The whole first"),
            noted("You like to know what it is for."),
            "Begin with what it is for.",
        ),
        Persona(
            "rote_memorizer",
            noted("In short facts"),
            noted("You like what can be remembered."),
            "Use short facts to remember.",
        ),
        Persona(
            "sports", noted("With sports"), noted("Examples from sports say more to you."), "Compare it with sports."
        ),
        Persona(
            "cooking",
            noted("With cooking"),
            noted("Examples from the kitchen say more to you."),
            "Compare it with cooking.",
        ),
        Persona("music", noted("With music"), noted("Examples from music say more to you."), "Compare it with music."),
    )
}
AS_WRITTEN = "as_written"


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the questionnaire: its choices, and which persona each speaks for."""

    key: str
    text: str
    choices: tuple[tuple[str, str], ...]


QUESTIONNAIRE = (
    Question(
        "first",
        noted("Something is new to you. What helps first?"),
        (
            (noted("A drawing or a diagram"), "visual_learner"),
            (noted("A list of steps"), "step_by_step"),
            (noted("An example that works"), "practitioner"),
            (noted("What it is good for"), "big_picture"),
            (noted("The most important facts"), "rote_memorizer"),
        ),
    ),
    Question(
        "stuck",
        noted("You are stuck. What do you do?"),
        (
            (noted("Sketch it"), "visual_learner"),
            (noted("Go back one step"), "step_by_step"),
            (noted("Try something and see"), "practitioner"),
            (noted("Ask what it is meant to do"), "big_picture"),
            (noted("Look it up in my notes"), "rote_memorizer"),
        ),
    ),
    Question(
        "test",
        noted("A test is near. How do you prepare?"),
        (
            (noted("Mind maps and pictures"), "visual_learner"),
            (noted("Work through it in order"), "step_by_step"),
            (noted("Exercises"), "practitioner"),
            (noted("Explain it to somebody"), "big_picture"),
            (noted("Flashcards"), "rote_memorizer"),
        ),
    ),
    Question(
        "world",
        noted("Which examples do you like best?"),
        (
            (noted("Sports"), "sports"),
            (noted("Cooking"), "cooking"),
            (noted("Music"), "music"),
            (noted("Those of the subject itself"), NOTHING_MEANT),
        ),
    ),
)

# What somebody does, by the name it is counted under (profiles.habits), and which persona it speaks for.
HABITS = {
    "videos": "visual_learner",
    "hints": "step_by_step",
    "labs": "practitioner",
    "notes": "big_picture",
    "flashcards": "rote_memorizer",
}
_HABIT_WORDS = {
    "videos": "videos watched",
    "hints": "hints asked for",
    "labs": "labs begun",
    "notes": "notes written",
    "flashcards": "flashcards turned",
}
_DONE = Kept(
    noted("{number} videos watched"),
    noted("{number} hints asked for"),
    noted("{number} labs begun"),
    noted("{number} notes written"),
    noted("{number} flashcards turned"),
)
_QUOTED = re.compile("“([^”]*)”")
YOURSELF = noted("You said so yourself.")
NOTHING_KNOWN = noted("Nothing is known yet, so this is where everybody begins.")


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read from answers and habits: a persona, how sure that is, and why, in words for the learner."""

    key: str
    confidence: float
    summary: str


def read(answers: Mapping[str, str], habits: Mapping[str, int]) -> Reading:
    """The persona that most speaks for. Said interests count as much as two other answers: they were asked for once.

    Nothing said and nothing done is read as somebody who likes examples, and as no certainty at all.
    """
    points: dict[str, float] = defaultdict(float)
    for question in QUESTIONNAIRE:
        meant = dict(question.choices).get(answers.get(question.key, ""), NOTHING_MEANT)
        if meant:
            points[meant] += 2 if question.key == "world" else 1
    said = sum(points.values())
    doings = sum(habits.get(name, 0) for name in HABITS)
    if doings >= FEW_DOINGS:
        whole = HABITS_WEIGH * max(said, len(QUESTIONNAIRE))
        for name, key in HABITS.items():
            points[key] += whole * habits.get(name, 0) / doings
    if not points:
        return Reading("practitioner", 0.0, NOTHING_KNOWN)
    order = list(PERSONAS)
    key, most = max(points.items(), key=lambda pair: (pair[1], -order.index(pair[0])))
    return Reading(key, round(most / sum(points.values()), 2), _because(key, answers, habits, doings))


def _because(key: str, answers: Mapping[str, str], habits: Mapping[str, int], doings: int) -> str:
    chosen = [
        f"“{answers[one.key]}”" for one in QUESTIONNAIRE if dict(one.choices).get(answers.get(one.key, "")) == key
    ]
    because = [f"you chose {' and '.join(chosen)}"] if chosen else []
    if doings >= FEW_DOINGS:
        because += [
            f"{habits[name]} {_HABIT_WORDS[name]}" for name in HABITS if HABITS[name] == key and habits.get(name)
        ]
    return f"{PERSONAS[key].meaning} Read from: {', and '.join(because)}." if because else PERSONAS[key].meaning


def retold(summary: str) -> str:
    """What was read, in the language of who reads it: it is kept in English."""
    if language.current() == language.SOURCE:
        return summary
    meaning, read_from, because = summary.removesuffix(".").partition(" Read from: ")
    if not read_from:
        meaning, said_so, _rest = summary.partition(f" {YOURSELF}")
        return f"{_(meaning)} {_(YOURSELF)}" if said_so else _(summary)
    reasons = _(", and ").join(_reason(one) for one in because.split(", and "))
    return _("{meaning} Read from: {reasons}.", meaning=_(meaning), reasons=reasons)


def _reason(one: str) -> str:
    answers = [_("“{answer}”", answer=_(answer)) for answer in _QUOTED.findall(one)]
    return _("you chose {answers}", answers=_(" and ").join(answers)) if answers else _DONE.said(one)


def manner(key: str | None) -> str:
    """What a model is told about how somebody likes to be told; empty for a persona that nobody knows."""
    return PERSONAS[key].manner if key in PERSONAS else ""


def title(key: str) -> str:
    """A persona in words, also one that an author made up."""
    return PERSONAS[key].title if key in PERSONAS else key.replace("_", " ").capitalize()
