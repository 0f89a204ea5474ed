"""What the checklist says of links, put together without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from learncraft.authoring.links import service, telling
from learncraft.authoring.links.answers import Answer, Known
from learncraft.authoring.links.collecting import OuterLink, Place
from learncraft.authoring.links.kept import Kept
from learncraft.db import new_id
from learncraft.language import speaking

NOW = datetime(2026, 11, 1, tzinfo=UTC)
GONE = Known(Answer.GONE, 404, NOW, 2, NOW - timedelta(hours=1))


def test_every_place_of_a_broken_link_is_named_and_the_address_counted_once() -> None:
    lesson_id = new_id()
    places = [Place("Joins", lesson_id, "a"), Place("Joins", lesson_id, "b"), Place("SQL")]
    links = [OuterLink("https://gone.example/", place) for place in places]
    told = telling.tell(links, Kept(NOW, {"https://gone.example/": GONE}))
    assert (told.count, told.well, told.not_yet, told.checked_at) == (1, 0, 0, NOW)
    assert [(one.block_id, one.is_of_details) for one in told.broken] == [("a", False), ("b", False), (None, True)]


def test_a_link_of_a_question_in_a_bank_leads_to_the_question() -> None:
    place = Place("Pool", question_id=new_id(), bank_id=new_id())
    [found] = telling.tell(
        [OuterLink("https://gone.example/", place)], Kept(NOW, {"https://gone.example/": GONE})
    ).broken
    assert (found.bank_id, found.question_id, found.is_of_details) == (place.bank_id, place.question_id, False)
    assert "“Pool”" in found.sentence


def test_links_beyond_the_most_are_told_and_never_asked() -> None:
    links = [OuterLink(f"https://{number}.example/", Place("SQL")) for number in range(service.MOST + 3)]
    told = telling.tell(links, Kept(NOW, {}))
    assert (told.count, told.not_yet, told.too_many) == (service.MOST + 3, service.MOST, 3)
    assert len(service.asked_of(links)) == service.MOST


def test_a_check_may_be_asked_for_again_after_its_pause_whether_it_has_ended_or_not() -> None:
    link = [OuterLink("https://a.example/", Place("SQL"))]
    just_now = telling.tell(link, Kept(NOW, {}, asked_at=NOW - timedelta(minutes=1)))
    assert just_now.is_running and not just_now.may_ask
    ended = telling.tell(link, Kept(NOW, {}, asked_at=NOW - timedelta(minutes=6), ended_at=NOW))
    assert ended.may_ask and not ended.is_running
    assert telling.tell(link, Kept(NOW, {}, asked_at=NOW - timedelta(minutes=6))).may_ask  # its worker may have died


def sentence_of(answer: Answer, language: str) -> str:
    link = OuterLink("https://a.example/{b}", Place("{SQL}"))
    with speaking(language):
        told = telling.tell([link], Kept(NOW, {link.address: Known(answer, None, NOW, 1, NOW)}))
    [found] = [*told.broken, *(one.found for one in [*told.unreached, *told.unchecked])]
    return found.sentence


def test_every_answer_has_words_in_the_language_of_who_reads() -> None:
    for answer in set(Answer) - {Answer.WELL}:
        said = {language: sentence_of(answer, language) for language in ("en", "de")}
        assert said["en"] != said["de"]
        assert all("{SQL}" in one and "https://a.example/{b}" in one for one in said.values())
