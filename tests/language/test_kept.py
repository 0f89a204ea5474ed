"""What was written down in English is read in the reader's language, with the same values."""

from __future__ import annotations

import pytest

from learncraft import language
from learncraft.analytics import at_risk
from learncraft.jobs import job_words
from learncraft.language.kept import Kept
from learncraft.tutor import asking, personas


def in_german(read: object, kept: str) -> str:
    with language.speaking("de"):
        return str(read(kept))  # type: ignore[operator]


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ("Away for 1 day: ask what keeps them.", "Seit 1 Tag weg: Frag, was sie abhält."),
        ("Away for 1,200 days: ask what keeps them.", "Seit 1.200 Tagen weg: Frag, was sie abhält."),
        (
            "Slowing down: 3 events in 14 days, 20 in the 14 before.",
            "Wird langsamer: 3 Ereignisse in 14 Tagen, 20 in den 14 davor.",
        ),
        ("What somebody wrote.", "What somebody wrote."),
    ],
)
def test_reasons_of_those_at_risk(kept: str, said: str) -> None:
    assert in_german(at_risk.retold, kept) == said
    assert at_risk.retold(kept) == kept


def test_what_was_read_of_how_somebody_learns() -> None:
    habits = {"labs": 6}
    answers = {"first": "An example that works", "stuck": "Try something and see"}
    summary = personas.read(answers, habits).summary
    assert in_german(personas.retold, summary) == (
        "Du siehst es gern vorgemacht und machst es dann. Daraus gelesen: "
        "du hast „Ein Beispiel, das funktioniert“ und „Etwas ausprobieren und sehen“ gewählt und 6 begonnene Übungen."
    )
    own = f"{personas.PERSONAS['music'].meaning} {personas.YOURSELF}"
    assert in_german(personas.retold, own) == "Beispiele aus der Musik sagen dir mehr. Das hast du selbst gesagt."
    assert in_german(personas.retold, personas.read({}, {}).summary) == "Noch ist nichts bekannt; so beginnen alle."


def test_what_jobs_and_buttons_wrote() -> None:
    assert in_german(job_words.said, "1 months and 4 batches agree") == "1 Monate und 4 Pakete stimmen überein"
    assert in_german(asking.shown, "Explain it differently: with sports.") == "Erklär es anders: Mit Sport."
    assert in_german(asking.shown, "What is a loop?") == "What is a loop?"


def test_values_stay_as_they_are_where_they_are_nobodys_words() -> None:
    known = Kept("It gave {value}", verbatim=True)
    assert in_german(known.said, "It gave 1234.5") == "It gave 1234.5"
