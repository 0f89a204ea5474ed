"""Many addresses asked in one round: several hosts at once, within an overall time, each answer kept as it comes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

from learncraft.authoring.links.answers import Answer, Outcome
from learncraft.authoring.links.asking import Asker, Manners

WHOLE_SECONDS = 90.0  # then other jobs have their turn

log = logging.getLogger(__name__)


def ask_all(
    addresses: Sequence[str],
    manners: Manners,
    keep: Callable[[list[Outcome]], None],
    *,
    whole: float = WHOLE_SECONDS,
) -> None:
    """Ask for each address and give what came back to `keep`, which is called every second, also with nothing.

    What the time didn't suffice for stays as it was. An error of `keep` ends the round.
    """
    # In a thread of its own: whoever calls may be in a loop.
    with ThreadPoolExecutor(max_workers=1) as aside:
        aside.submit(copy_context().run, asyncio.run, _ask_all(addresses, manners, keep, whole)).result()


async def _ask_all(
    addresses: Sequence[str], manners: Manners, keep: Callable[[list[Outcome]], None], whole: float
) -> None:
    asker, clock = Asker(manners), asyncio.get_running_loop().time
    pending = {asyncio.create_task(asker.ask(address), name=address) for address in addresses}
    end = clock() + whole
    try:
        while pending and clock() < end:
            look = min(1.0, max(0.0, end - clock()))
            done, pending = await asyncio.wait(pending, timeout=look, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.to_thread(keep, [_result(task) for task in done])
    finally:
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)


def _result(task: asyncio.Task[Outcome]) -> Outcome:
    """What came back; one address that nobody had thought of doesn't keep the others from being asked."""
    if (error := task.exception()) is not None:
        log.warning("Asking for a link failed in a way that nobody had thought of.", exc_info=error)
        return Outcome(task.get_name(), Answer.ODD)
    return task.result()
