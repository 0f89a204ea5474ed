"""What is said in which language: messages, counts, dates and numbers."""

from __future__ import annotations

import re
import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from learncraft import language
from learncraft.accounts.errors import LinkExpiredError
from learncraft.courses.catalogue_words import CATEGORIES
from learncraft.courses.models import CourseCategory
from learncraft.enrollment.certificates import document
from learncraft.errors import InvalidInputError
from learncraft.language import dates, numbers
from learncraft.paths import root
from pages.shared import words


@pytest.mark.parametrize(
    ("accepted", "chosen", "spoken"),
    [
        (None, None, "en"),
        ("de-AT,de;q=0.9,en;q=0.8", None, "de"),
        ("fr, en;q=0.5, de;q=0.7", None, "de"),
        ("en-GB,en;q=0.9,de;q=0.8", None, "en"),
        ("de;q=0, nonsense;;, *", None, "en"),
        ("de", "en", "en"),
        ("de", "xx", "de"),
    ],
)
def test_the_language_is_the_chosen_one_or_the_browsers(accepted: str | None, chosen: str | None, spoken: str) -> None:
    assert language.preferred(accepted, chosen=chosen) == spoken


def test_a_language_that_is_not_offered_is_english() -> None:
    with language.speaking("xx"):
        assert language.current() == "en"


def test_names_of_keys_are_the_browsers_and_not_translated() -> None:
    for script in (root() / "learncraft" / "web" / "static").rglob("*.js"):
        assert not re.search(r"\.key\s*[!=]==?\s*spoken\(", script.read_text(encoding="utf-8")), script.name


def test_errors_are_said_in_the_language_of_who_reads_them() -> None:
    error, named = LinkExpiredError(), InvalidInputError("{this} does not exist, or {that}", this="A", that="B")
    assert str(error) == "This link has expired or was used. Ask for a new one."
    assert str(named) == "A does not exist, or B"
    with language.speaking("de"):
        assert str(error) == "Dieser Link ist abgelaufen oder wurde schon benutzt. Fordere einen neuen an."
    assert str(InvalidInputError("A {brace} stays without values")) == "A {brace} stays without values"


def test_counts_have_the_forms_of_the_language() -> None:
    assert [words.counted(count, "lesson") for count in (0, 1, 2400)] == ["0 lessons", "1 lesson", "2,400 lessons"]
    with language.speaking("de"):
        assert [words.counted(count, "lesson") for count in (0, 1, 2400)] == [
            "0 Lektionen",
            "1 Lektion",
            "2.400 Lektionen",
        ]


def test_numbers_are_written_as_the_language_does() -> None:
    said = lambda: [  # noqa: E731
        numbers.number(1234567),
        numbers.number(Decimal("2.345"), 1),
        numbers.plain_number(Decimal("2.50")),
        numbers.percent(0.334),
        numbers.money(Decimal("1249"), "EUR"),
    ]
    assert said() == ["1,234,567", "2.3", "2.5", "33 %", "1,249.00 EUR"]
    with language.speaking("de"):
        assert said() == ["1.234.567", "2,3", "2,5", "33 %", "1.249,00 EUR"]


def test_dates_are_those_of_the_viewers_zone_also_when_clocks_change() -> None:
    before, after = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    with language.speaking("de"):
        assert [dates.moment(one, "Europe/Vienna") for one in (before, after)] == ["25. Okt. 2026, 02:30"] * 2
        assert dates.moment(datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "Europe/Vienna") == "29. März 2026, 03:00"
        assert dates.day_in(datetime(2026, 3, 28, 23, 30, tzinfo=UTC), "Europe/Vienna") == "29. März 2026"
        assert dates.day(date(2026, 9, 3), fields="yMMMMd") == "3. September 2026"
    assert dates.moment(before, "Europe/Vienna") == "25 Oct 2026, 02:30"
    assert dates.day(date(2026, 9, 3)) == "3 Sep 2026"


def test_what_is_past_is_never_told_longer_than_it_is() -> None:
    now = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
    ages = [
        timedelta(seconds=30),
        timedelta(minutes=59, seconds=59),
        timedelta(hours=23, minutes=59),
        timedelta(days=6),
    ]
    said = lambda: [words.when(now - age, "UTC", now=now) for age in ages]  # noqa: E731
    assert said() == ["just now", "59 minutes ago", "23 hours ago", "6 days ago"]
    with language.speaking("de"):
        assert said() == ["gerade eben", "vor 59 Minuten", "vor 23 Stunden", "vor 6 Tagen"]
        assert words.when(now - timedelta(days=8), "UTC", now=now) == "18. Nov. 2026"


def test_tables_of_words_do_not_keep_the_language_of_who_asked_first() -> None:
    with language.speaking("de"):
        assert CATEGORIES[CourseCategory.DATABASES] == "Datenbanken"
    assert CATEGORIES[CourseCategory.DATABASES] == "Databases"


def test_each_thread_has_the_language_of_its_own_reader() -> None:
    heard: dict[str, list[str]] = {}

    def read(spoken: str) -> None:
        language.speak(spoken)
        heard[spoken] = [language._("Save") for _turn in range(200)]

    threads = [threading.Thread(target=read, args=(spoken,)) for spoken in ("en", "de")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {spoken: set(said) for spoken, said in heard.items()} == {"en": {"Save"}, "de": {"Speichern"}}


def test_a_certificates_day_is_written_out_in_the_readers_language() -> None:
    at = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
    assert document.in_words(at) == "5 March 2026"
    with language.speaking("de"):
        assert document.in_words(at) == "5. März 2026"
