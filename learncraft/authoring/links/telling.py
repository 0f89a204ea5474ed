"""What the checklist says of a course's links to other sites, in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from learncraft.authoring.findings import Found
from learncraft.authoring.links import kept, service
from learncraft.authoring.links.answers import NOT_THERE, Answer, Known, Standing
from learncraft.authoring.links.collecting import OuterLink
from learncraft.authoring.links.kept import Kept
from learncraft.language import Spoken

SHOWN = 120  # characters of an address

# Why a link is as it is; the number of the answer follows.
_WHY = Spoken(
    {
        Answer.GONE: "there is no such page any more",
        Answer.NO_HOST: "there is no site of that name",
        Answer.NO_ADDRESS: "it is no address that a browser could open",
        Answer.SILENT: "the site didn't answer in time",
        Answer.NO_CONNECTION: "no connection could be made",
        Answer.CERTIFICATE: "its certificate can't be trusted, so browsers warn of it",
        Answer.TROUBLE: "the site says that it can't answer now",
        Answer.CIRCLE: "it leads around in a circle, or over too many steps",
        Answer.ODD: "the site answers in a way that says nothing",
        Answer.CLOSED: "the site lets only people in, not a check",
        Answer.PRIVATE: "it leads to a private address; open it yourself",
        Answer.PORT: "it names a port that isn't the web's; open it yourself",
        Answer.PASSWORD: "it carries a user name or password; take that out",
    }
)
_SENTENCES = Spoken(
    {
        "once": "“{title}”: {address} failed once: {why}. It is asked again before it is called broken.",
        Standing.BROKEN: "“{title}”: the link to {address} is broken: {why}. Mend it, or take it out.",
        Standing.UNREACHED: "“{title}”: {address} could not be reached: {why}.",
        Standing.UNCHECKED: "“{title}”: {address} was not checked: {why}.",
    }
)


@dataclass(frozen=True, slots=True)
class Told:
    """A link that wants a look, and when it was asked for last."""

    found: Found
    checked_at: datetime


@dataclass(frozen=True, slots=True)
class OuterLinks:
    """How the links of a course to other sites stand."""

    count: int = 0  # addresses, each counted once
    well: int = 0
    not_yet: int = 0  # nobody has asked for them so far
    too_many: int = 0  # that are never asked: there are more than a course may have checked
    broken: list[Found] = field(default_factory=list)
    unreached: list[Told] = field(default_factory=list)
    unchecked: list[Told] = field(default_factory=list)
    checked_at: datetime | None = None  # the latest
    is_running: bool = False  # a check was asked for, and isn't through
    may_ask: bool = True


def of_course(session: Session, course_id: UUID, links: list[OuterLink]) -> OuterLinks:
    """How they stand. One query."""
    addresses = service.asked_of(links)
    return tell(links, kept.read(session, course_id, addresses))


def tell(links: list[OuterLink], known: Kept) -> OuterLinks:
    """Put what is known of addresses to the places that name them."""
    broken, unreached, unchecked = list[Found](), list[Told](), list[Told]()
    for link in links:
        one = known.links.get(link.address)
        if one is None or one.standing == Standing.WELL:
            continue
        found = _found(link, one)
        if one.standing == Standing.BROKEN:
            broken.append(found)
        else:
            (unreached if one.standing == Standing.UNREACHED else unchecked).append(Told(found, one.checked_at))
    addresses = {link.address for link in links}
    asked = set(service.asked_of(links))
    return OuterLinks(
        count=len(addresses),
        well=sum(one.standing == Standing.WELL for one in known.links.values()),
        not_yet=len(asked - known.links.keys()),
        too_many=len(addresses - asked),
        broken=broken,
        unreached=unreached,
        unchecked=unchecked,
        checked_at=max((one.checked_at for one in known.links.values()), default=None),
        is_running=known.asked_at is not None and known.ended_at is None,
        may_ask=known.asked_at is None or known.now - known.asked_at >= service.PAUSE,
    )


def _found(link: OuterLink, one: Known) -> Found:
    address = link.address if len(link.address) <= SHOWN else f"{link.address[: SHOWN - 1]}…"
    why = _WHY[one.answer] if one.status is None else f"{_WHY[one.answer]} ({one.status})"
    is_first = one.standing == Standing.UNREACHED and one.answer in NOT_THERE
    return Found(
        _SENTENCES["once" if is_first else one.standing].format(title=link.place.title, address=address, why=why),
        is_blocking=False,
        lesson_id=link.place.lesson_id,
        block_id=link.place.block_id,
        assessment_id=link.place.assessment_id,
        question_id=link.place.question_id,
        bank_id=link.place.bank_id,
        is_of_details=link.place.lesson_id is None and link.place.question_id is None,
    )
