"""Texts for invented courses: subjects by category, and sentences borrowed from the courses of the demo."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import numpy as np

from learncraft.courses.models import CourseCategory

_COURSES = Path(__file__).parent.parent / "courses"
_FENCE = re.compile(r"```.*?```|^---.*?^---", re.S | re.M)
_SENTENCE = re.compile(r"[A-Z][^.!?\n|{}<>]{30,220}[.!?]")

SUBJECTS: dict[CourseCategory, str] = {
    CourseCategory.WEB_DEVELOPMENT: "React,Accessibility,CSS layout,TypeScript,Web forms,GraphQL,Server rendering,"
    "Browser storage,WebSockets,Design systems,HTTP caching,Vue",
    CourseCategory.MOBILE_DEVELOPMENT: "Kotlin,Swift,Flutter,Push notifications,Offline apps,App stores,"
    "Mobile testing,Camera and sensors",
    CourseCategory.DEVOPS: "Kubernetes,Terraform,Continuous delivery,Observability,Incident response,Ansible,"
    "Containers,Release engineering",
    CourseCategory.CLOUD: "Object storage,Serverless,Cloud networking,Cost control,Identity,Message queues,"
    "Load balancing,Disaster recovery",
    CourseCategory.DATA_SCIENCE: "Statistics,Data cleaning,Visualization,Time series,Experiments,Forecasting,"
    "Survey analysis,Causal inference,Pandas",
    CourseCategory.MACHINE_LEARNING: "Neural networks,Gradient boosting,Language models,Recommender systems,"
    "Computer vision,Feature engineering,Reinforcement learning,Model evaluation",
    CourseCategory.SECURITY: "Cryptography,Threat modelling,Penetration testing,Secure coding,Forensics,"
    "Authentication,Supply chains,Privacy",
    CourseCategory.DATABASES: "SQL,PostgreSQL,Query tuning,Data modelling,Transactions,Replication,Key-value stores,"
    "Graph databases,Full-text search",
    CourseCategory.PROGRAMMING_LANGUAGES: "Python,Rust,Go,Java,Haskell,Functional programming,Type systems,"
    "Concurrency,Compilers,Algorithms",
}
TITLES = (
    "{} from the ground up",
    "Practical {}",
    "{} for working developers",
    "{} in depth",
    "A first course in {}",
    "{} by example",
    "Understanding {}",
    "{} under pressure",
    "Teaching yourself {}",
    "{} for teams",
    "The craft of {}",
    "Advanced {}",
)
LESSON_TITLES = (
    "What {} is for",
    "Setting up {}",
    "The first steps with {}",
    "How {} goes wrong",
    "{} and its neighbours",
    "Measuring {}",
    "Reading {} written by others",
    "Patterns of {}",
    "{} in production",
    "A worked example of {}",
    "Testing {}",
    "What comes after {}",
)
GERMAN = (
    "Ein Beispiel zeigt, warum der erste Versuch selten genügt.",
    "Wer misst, bevor er ändert, spart sich viele Umwege.",
    "Die Datenbank prüft jede Bedingung, bevor sie etwas speichert.",
    "Am Ende der Lektion steht eine kurze Übung mit Lösung.",
    "Fehler sind hier keine Ausnahme, sondern der Normalfall.",
    "Lesen Sie den Plan von innen nach außen.",
)


@cache
def sentences() -> tuple[str, ...]:
    """Some thousand sentences of real lessons."""
    found: dict[str, None] = {}
    for file in sorted(_COURSES.rglob("*.md")):
        prose = _FENCE.sub(" ", file.read_text(encoding="utf-8"))
        found.update(dict.fromkeys(_SENTENCE.findall(re.sub(r"[*_`#]+", "", prose))))
    return tuple(found)


def paragraph(random: np.random.Generator, subject: str, *, count: int, german: bool = False) -> str:
    """Some sentences, one of which names the subject."""
    store = GERMAN if german else sentences()
    chosen = [store[place] for place in random.integers(0, len(store), count)]
    chosen.insert(
        int(random.integers(0, len(chosen) + 1)), f"{'Hier geht es um' if german else 'This is about'} {subject}."
    )
    return " ".join(chosen)


@cache
def terms(count: int = 25_000) -> tuple[str, ...]:
    """Names of tools that don't exist: a real catalogue has tens of thousands of words, most of them rare."""
    random = np.random.default_rng(1)
    syllables = [first + second for first in "bdfgklmnprstvz" for second in "aeiou"]
    lengths = random.integers(2, 5, count)
    return tuple("".join(syllables[place] for place in random.integers(0, len(syllables), size)) for size in lengths)
