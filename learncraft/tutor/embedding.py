"""Texts as vectors: the built-in model, which needs no network, or any endpoint that speaks OpenAI's protocol.

Vectors of two models are never compared: each embedder has a name, and rows keep it beside the vector.
"""
# ruff: noqa: PLC0415  # a model is loaded by the first who needs it

from __future__ import annotations

import logging
from collections.abc import Hashable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

import httpx
import numpy as np
from numpy.typing import NDArray

from learncraft.errors import UnavailableError
from learncraft.tutor.word_vectors import WordVectors

if TYPE_CHECKING:
    from learncraft.settings import Settings

Vectors = NDArray[np.float32]

SMALL = 256  # dimensions of the built-in model: content_embeddings.embedding_small
LARGE = 1536  # dimensions that an endpoint is asked for: content_embeddings.embedding
LONGEST = 20_000  # characters of one text that are read; a chunk has about 1,000
_TEXTS_AT_ONCE = 64
_ENDPOINT_TEXTS = 128
_SECONDS = 20.0

log = logging.getLogger(__name__)


class EmbedderError(UnavailableError):
    """The model that makes vectors doesn't answer; search goes on by words alone."""


class Embedder(Hashable, Protocol):
    """Makes vectors of length 1, one row for each text. A text that says nothing to the model gets zeros."""

    @property
    def name(self) -> str:
        """Which model it is; rows name it."""
        ...

    @property
    def column(self) -> Literal["embedding", "embedding_small"]:
        """The column of content_embeddings that holds its vectors."""
        ...

    @property
    def weight(self) -> float:
        """How much its cosine counts beside BM25."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """The vectors of the texts, in their order.

        Raises:
            EmbedderError: the model doesn't answer.
        """
        ...


class BuiltInEmbedder:
    """wordllama's 32,000 token vectors of 256 dimensions: a text is the direction of their sum.

    Loaded in 0.15 s, once per process, by the first text; 33 MB of vectors and about as much of vocabulary. How much
    a token says is in the length of its vector, as trained: weights by rarity made the answers worse (docs/tutor.md).
    Texts are read in lower case, so that NULL is null; that made them better.
    """

    name = "wordllama-l2-256"
    column: Literal["embedding", "embedding_small"] = "embedding_small"
    weight = 0.35

    def __init__(self) -> None:
        import wordllama

        # Without cache_dir it looks in a wrong folder and tries to download.
        model = wordllama.WordLlama.load(
            "l2_supercat", dim=SMALL, disable_download=True, cache_dir=Path(wordllama.__file__).parent
        )
        self._words = WordVectors(model.tokenizer, np.asarray(model.embedding, dtype=np.float32))

    def embed(self, texts: Sequence[str]) -> Vectors:
        """The vectors of the texts, in their order."""
        made = [self._words.sums(part) for part in _parts([text[:LONGEST].lower() for text in texts], _TEXTS_AT_ONCE)]
        return _normalised(np.concatenate(made)) if made else np.zeros((0, SMALL), np.float32)


class EndpointEmbedder:
    """A model behind an OpenAI-compatible `/embeddings`: OpenAI, Ollama, vLLM, llama.cpp."""

    column: Literal["embedding", "embedding_small"] = "embedding"
    weight = 1.0

    def __init__(self, url: str, model: str, key: str | None) -> None:
        self.name = model[:100]
        self._model = model
        self._url = f"{url.rstrip('/')}/embeddings"
        self._client = httpx.Client(
            timeout=_SECONDS, headers={"Authorization": f"Bearer {key}"} if key else {}, follow_redirects=False
        )

    def embed(self, texts: Sequence[str]) -> Vectors:
        """The vectors of the texts, in their order.

        Raises:
            EmbedderError: the endpoint doesn't answer, or answers something else than vectors.
        """
        made = [self._ask(part) for part in _parts([text[:LONGEST] for text in texts], _ENDPOINT_TEXTS)]
        return _normalised(np.concatenate(made)) if made else np.zeros((0, LARGE), np.float32)

    def _ask(self, texts: list[str]) -> Vectors:
        body = {"model": self._model, "input": [text or " " for text in texts], "dimensions": LARGE}
        try:
            answer = self._client.post(self._url, json=body)
            answer.raise_for_status()
            rows = sorted(answer.json()["data"], key=lambda row: row["index"])
            vectors = np.array([row["embedding"] for row in rows], dtype=np.float32)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise EmbedderError("The model for vectors doesn't answer: {error}.", error=type(error).__name__) from error
        except (KeyError, TypeError, ValueError) as error:
            raise EmbedderError("The model for vectors answered something that isn't vectors.") from error
        if vectors.shape != (len(texts), LARGE) or not np.isfinite(vectors).all():
            raise EmbedderError(
                "The model for vectors must give {size} numbers for each text, and gave {shape}.",
                size=LARGE,
                shape=vectors.shape,
            )
        return vectors


@lru_cache(maxsize=1)
def built_in() -> BuiltInEmbedder:
    """The built-in model of this process, loaded when first asked for."""
    return BuiltInEmbedder()


def of(settings: Settings) -> Embedder:
    """The embedder that the settings name; the built-in one when they name none."""
    if settings.embedding_url is None:
        return built_in()
    key = settings.embedding_key.get_secret_value() if settings.embedding_key else None
    return _endpoint(settings.embedding_url, settings.embedding_model, key)


@lru_cache(maxsize=4)
def _endpoint(url: str, model: str, key: str | None) -> EndpointEmbedder:
    return EndpointEmbedder(url, model, key)


def _parts(texts: list[str], size: int) -> Iterator[list[str]]:
    rest = iter(texts)
    while part := list(islice(rest, size)):
        yield part


def _normalised(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    made: Vectors = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return made
