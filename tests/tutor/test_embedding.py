"""The built-in model: on this machine, the same for everybody, and for any text."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import wordllama
from hypothesis import given, settings
from hypothesis import strategies as st

from learncraft.tutor import embedding
from learncraft.tutor.embedding import SMALL, BuiltInEmbedder, Embedder
from learncraft.tutor.word_vectors import WordVectors


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


class Taken(NamedTuple):
    """What a text was taken apart into."""

    ids: list[int]


class Letters:
    """A tokenizer with a token for each letter, as strict about beginnings as the real one."""

    def no_padding(self) -> None:
        """There is nothing to pad."""

    def encode_batch_fast(self, texts: list[str], *, add_special_tokens: bool) -> list[Taken]:
        assert not add_special_tokens
        return [Taken([ord(letter) % 50 for letter in f" {text}"] if text else []) for text in texts]


@given(st.lists(st.text(alphabet="ab \n漢", max_size=90), max_size=6))
@settings(max_examples=100, deadline=None)
def test_words_that_are_kept_sum_up_to_their_text(texts: list[str]) -> None:
    table = np.random.default_rng(1).normal(size=(50, 4)).astype(np.float32)
    words = WordVectors(Letters(), table)
    for _ in range(2):  # the second time from what is kept
        expected = [table[[ord(letter) % 50 for letter in f" {text}"]].sum(axis=0) * bool(text) for text in texts]
        assert np.allclose(words.sums(texts), np.reshape(expected, (-1, 4)), atol=1e-3)


def test_the_tokenizer_knows_no_token_over_a_space_or_a_line() -> None:
    """`word_vectors` rests on it."""
    tokenizer = wordllama.WordLlama.load(
        "l2_supercat", dim=SMALL, disable_download=True, cache_dir=Path(wordllama.__file__).parent
    ).tokenizer
    assert not [token for token in tokenizer.get_vocab() if "▁" in token.lstrip("▁") or "\n" in token]
