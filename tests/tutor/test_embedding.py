"""The built-in model: on this machine, the same for everybody, and for any text."""

from __future__ import annotations

import socket

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learncraft.tutor import embedding
from learncraft.tutor.embedding import SMALL, BuiltInEmbedder, Embedder


def test_it_is_loaded_and_asked_without_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the built-in model asked for the network")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert BuiltInEmbedder().embed(["A join combines rows."]).shape == (1, SMALL)


def test_what_means_the_same_is_nearer(embedder: Embedder) -> None:
    cat, kitten, tax = embedder.embed(
        ["The cat sleeps on the sofa.", "A kitten naps on the couch.", "Taxes rise by law."]
    )
    assert cat @ kitten > cat @ tax


@given(st.lists(st.text(max_size=200), max_size=8))
@settings(max_examples=60, deadline=None)
def test_every_text_has_one_vector_of_length_one_or_none(texts: list[str]) -> None:
    vectors = embedding.built_in().embed([text.encode("utf-8", "ignore").decode() for text in texts])
    assert vectors.shape == (len(texts), SMALL)
    lengths = np.linalg.norm(vectors, axis=1)
    assert np.all(np.isfinite(vectors))
    assert np.all((np.abs(lengths - 1) < 1e-3) | (lengths == 0))


def test_texts_asked_together_have_the_same_vectors_as_alone(embedder: Embedder) -> None:
    texts = ["one", "a longer text about joins", "", "NULL"]
    together = embedder.embed(texts)
    assert np.allclose(together, [embedder.embed([text])[0] for text in texts])
    assert np.allclose(together[3], embedder.embed(["null"])[0])
