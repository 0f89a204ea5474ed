"""The language model behind an OpenAI-compatible endpoint: streamed, timed, and left alone while it is down."""
# ruff: noqa: PLC0415  # the client takes half a second to load: only where a model is set

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any

from learncraft.errors import UnavailableError

if TYPE_CHECKING:
    from learncraft.settings import Settings

FAILURES = 3  # in a row, after which it is left alone
LEFT_ALONE = 60.0  # seconds
LONGEST_ANSWER = 20_000  # characters; what is longer is no answer
MOST_TOKENS = 700
RETRIES = 2  # by the client, before the first word
MOST_TIMES_THE_TIMEOUT = 4  # a whole answer, beside the wait for each word


class ModelError(UnavailableError):
    """The language model doesn't answer, or not in its protocol; the course is quoted instead."""


@dataclass(slots=True)
class Usage:
    """What a call took, filled in while it is streamed. Counted as the endpoint says, else estimated by length."""

    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(slots=True)
class Breaker:
    """Whether it makes sense to ask. After some failures in a row nobody asks for a minute, then one tries."""

    failures: int = 0
    closed_until: float = 0.0
    lock: Lock = field(default_factory=Lock)

    def allows(self) -> bool:
        """Whether to ask now. After the pause one caller may; the others wait for how it goes."""
        with self.lock:
            if self.failures < FAILURES:
                return True
            if time.monotonic() < self.closed_until:
                return False
            self.closed_until = time.monotonic() + LEFT_ALONE
            return True

    def tell(self, *, well: bool) -> None:
        """How a call went."""
        with self.lock:
            self.failures = 0 if well else self.failures + 1
            if self.failures >= FAILURES:
                self.closed_until = time.monotonic() + LEFT_ALONE


class ModelEndpoint:
    """One model of one endpoint. Threads share it."""

    def __init__(self, url: str, model: str, key: str | None, timeout: float) -> None:
        self.model = model
        self.breaker = Breaker()
        self._url, self._key, self._timeout = url, key, timeout

    @cached_property
    def _client(self) -> Any:
        """Made when first asked: an address that is none is a failure of that call, and of no page."""
        import openai

        return openai.OpenAI(
            base_url=self._url,
            api_key=self._key or "none",
            timeout=openai.Timeout(self._timeout, connect=min(self._timeout, 5.0)),
            max_retries=RETRIES,
        )

    def stream(self, messages: list[dict[str, str]], usage: Usage, *, most_tokens: int = MOST_TOKENS) -> Iterator[str]:
        """The answer in pieces, as they come.

        Raises:
            ModelError: it doesn't answer, stalls, breaks off, or says something that isn't the protocol's.
        """
        if not self.breaker.allows():
            raise ModelError("The language model is not answering; it is left alone for a minute.")
        usage.prompt_tokens = sum(len(one["content"]) for one in messages) // 4
        went_well, length = False, 0
        try:
            for piece in self._pieces(messages, usage, most_tokens):
                length += len(piece)
                if length > max(LONGEST_ANSWER, 8 * most_tokens):
                    raise ModelError("The language model didn't stop.")
                yield piece
            went_well = True
        except GeneratorExit:
            went_well = True  # the person stopped it
            raise
        except ModelError:
            raise
        except Exception as error:  # whatever a strange endpoint does to the client, the answer is the course's words
            raise ModelError("The language model doesn't answer: {error}.", error=type(error).__name__) from error
        finally:
            usage.completion_tokens = usage.completion_tokens or length // 4
            self.breaker.tell(well=went_well)

    def _pieces(self, messages: list[dict[str, str]], usage: Usage, most_tokens: int) -> Iterator[str]:
        deadline = time.monotonic() + self._timeout * MOST_TIMES_THE_TIMEOUT
        create: Any = self._client.chat.completions.create
        is_finished = False
        with create(
            model=self.model,
            messages=messages,
            stream=True,
            stream_options={"include_usage": True},
            max_tokens=most_tokens,
            temperature=0.2,
        ) as chunks:
            for chunk in chunks:
                if time.monotonic() > deadline:
                    raise ModelError("The language model is too slow.")
                if chunk.usage is not None:
                    usage.prompt_tokens = int(chunk.usage.prompt_tokens)
                    usage.completion_tokens = int(chunk.usage.completion_tokens)
                for choice in chunk.choices or ():
                    is_finished = is_finished or choice.finish_reason is not None
                    if isinstance(choice.delta.content, str):
                        yield choice.delta.content
        if not is_finished:
            raise ModelError("The language model broke off.")


def of(settings: Settings) -> ModelEndpoint | None:
    """The model that the settings name; None when they name none."""
    if settings.tutor_url is None:
        return None
    key = settings.tutor_key.get_secret_value() if settings.tutor_key else None
    return _endpoint(settings.tutor_url, settings.tutor_model, key, settings.tutor_timeout)


@lru_cache(maxsize=4)
def _endpoint(url: str, model: str, key: str | None, timeout: float) -> ModelEndpoint:
    return ModelEndpoint(url, model, key, timeout)
