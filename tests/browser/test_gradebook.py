"""An instructor grades by hand and by file; the learner reads what counts, and why."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.ways import settle

LEARNER = "learner@learncraft.example"


def test_grades_are_set_by_hand_and_by_file_and_their_learner_reads_why(
    sign_in: Callable[..., Page], tmp_path: Path
) -> None:
    teacher = sign_in("instructor")
    card = teacher.get_by_test_id("stVerticalBlock").filter(has_text="Python from the first line")
    card.last.get_by_role("link", name="Gradebook").click()
    expect(teacher.get_by_role("heading", name="Gradebook")).to_be_visible()
    teacher.get_by_placeholder("A name or an address").fill(LEARNER)
    teacher.keyboard.press("Enter")
    expect(teacher.get_by_text("1 learner ·")).to_be_visible()
    assert "find=" in teacher.url

    teacher.get_by_role("button", name="Set a grade").click()
    dialog = teacher.get_by_role("dialog")
    expect(dialog.get_by_role("combobox", name="Learner")).to_have_value(re.compile(LEARNER))
    dialog.get_by_label("Percent").fill("64")
    dialog.get_by_role("textbox", name="Reason").fill("The second question was unclear.")
    dialog.get_by_role("button", name="Set the grade").click()
    expect(teacher.get_by_text("The grade is set")).to_be_visible()

    exported = exported_rows(teacher)
    assert [row["E-mail"] for row in exported] == [LEARNER]
    first, second = [heading for heading in exported[0] if heading not in {"Name", "E-mail", "Cohort", "Total"}][:2]
    assert exported[0][first] == "64.00"

    given = tmp_path / "grades.csv"
    given.write_text(f'E-mail,"{first}","{second}"\n{LEARNER},64,88.5\n', encoding="utf-8")
    teacher.get_by_role("button", name="Import").click()
    teacher.get_by_role("dialog").locator("input[type=file]").set_input_files(given)
    expect(teacher.get_by_text("1 grade of 1 learner change")).to_be_visible()
    teacher.get_by_role("button", name="Set these grades").click()
    expect(teacher.get_by_text("The grades are set")).to_be_visible()

    teacher.get_by_role("button", name="Weights and rules").click()
    teacher.get_by_role("dialog").get_by_text("A missing grade counts as 0").click()
    teacher.get_by_role("button", name="Save the rules").click()
    expect(teacher.get_by_text("missing is 0")).to_be_visible()

    learner = sign_in("learner", "/grades?course=python-from-the-first-line", width=390)
    expect(learner.get_by_text("Set by hand: The second question was unclear.")).to_be_visible()
    expect(learner.get_by_text("Set by hand: Imported from grades.csv")).to_be_visible()
    expect(learner.get_by_text("88.5 %")).to_be_visible()
    expect(learner.get_by_text("not done, counts as 0").first).to_be_visible()


def test_a_file_with_an_unknown_learner_is_refused_in_words(sign_in: Callable[..., Page], tmp_path: Path) -> None:
    teacher = sign_in("instructor")
    teacher.get_by_role("link", name="Gradebook").first.click()
    given = tmp_path / "grades.csv"
    given.write_text("E-mail,Joins\nnobody@example.org,50\n", encoding="utf-8")
    teacher.get_by_role("button", name="Import").click()
    teacher.get_by_role("dialog").locator("input[type=file]").set_input_files(given)
    expect(teacher.get_by_text("Nothing was imported.")).to_be_visible()
    expect(teacher.get_by_text("“nobody@example.org” is no learner of this course")).to_be_visible()


def exported_rows(page: Page) -> list[dict[str, str]]:
    """The CSV that the page gives."""
    settle(page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="CSV", exact=True).click()
    text = Path(waiting.value.path()).read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))
