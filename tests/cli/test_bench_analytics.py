"""`learncraft bench analytics` on a small store of made-up events."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from learncraft.analytics.questions import Of, every_question
from learncraft.bench.charts import ALL, COURSE
from learncraft.cli import app


def test_every_chart_of_the_register_is_timed(tmp_path: Path) -> None:
    command = ["bench", "analytics", "--events", "20000", "--ship", "0", "--home", str(tmp_path / "home"), "--json"]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout[result.stdout.index("{") :])
    assert figures["store"]["events"] == 20_000
    assert 0 < figures["store"]["bytes_per_event"] < 100
    timed = {(one["key"], one["over"]) for one in figures["charts"]}
    for key, question in every_question().items():
        assert ((key, COURSE) in timed) == (question.of is not Of.PLATFORM)
        assert ((key, ALL) in timed) == (question.of is not Of.COURSE)
    answered = {one["key"] for one in figures["charts"] if one["rows"]}
    assert answered >= set(every_question()) - {"flashcard_memory"}  # nobody sees a card twice in so few events
