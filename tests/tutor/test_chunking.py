"""Chunks of texts: what a chunk says is the source's at its offsets, and nothing that can be read gets lost."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from learncraft.tutor import plain_text
from learncraft.tutor.chunking import OVERLAP, SIZE, Source, cut

LINES = st.lists(
    st.one_of(
        st.text(max_size=300),
        st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), max_size=2_500),
        st.sampled_from(["# One", "## Two ##", "### `code` and *stress*", "```\n# no heading\n```", "- item", ""]),
    ),
    max_size=12,
)
STAMPED = st.lists(st.tuples(st.integers(0, 7_200), st.text(max_size=120)), max_size=30)


@given(LINES, st.booleans())
@settings(max_examples=120, deadline=None)
def test_a_chunk_is_what_the_source_says_at_its_offsets(lines: list[str], is_markdown: bool) -> None:
    source = Source("\n\n".join(lines), ((0, "Lesson"),), "p1", is_markdown=is_markdown)
    chunks = cut(source)
    for chunk in chunks:
        assert chunk.text == source.text[chunk.start : chunk.end]
        assert 0 < len(chunk.text) <= SIZE
        assert chunk.headings[0] == "Lesson"
    assert [chunk.start for chunk in chunks] == sorted(chunk.start for chunk in chunks)
    covered = {place for chunk in chunks for place in range(chunk.start, chunk.end)}
    lost = [letter for place, letter in enumerate(source.text) if letter.isalnum() and place not in covered]
    assert lost == []


@given(STAMPED)
@settings(max_examples=80, deadline=None)
def test_what_is_said_keeps_its_second(lines: list[tuple[int, str]]) -> None:
    transcript = "\n".join(f"[{second // 60:02d}:{second % 60:02d}] {said}" for second, said in sorted(lines))
    said, seconds = plain_text.of_transcript(transcript)
    assert [offset for offset, _ in seconds] == sorted(offset for offset, _ in seconds)
    for chunk in cut(Source(said, seconds=seconds)):
        assert chunk.text == said[chunk.start : chunk.end]
        if seconds:
            assert chunk.start_seconds is not None and chunk.end_seconds is not None
            assert 0 <= chunk.start_seconds <= chunk.end_seconds


@given(st.text(max_size=2_000), st.sampled_from(["p", "h2", "li", "td", "pre", "script", "div"]))
@settings(max_examples=80, deadline=None)
def test_html_reads_the_same_each_time(text: str, tag: str) -> None:
    source = f"<div><{tag}>{text}</{tag}><p>End.</p></div>"
    said = plain_text.of_html(source)
    assert said == plain_text.of_html(source)
    for chunk in cut(Source(said, is_markdown=True)):
        assert chunk.text == said[chunk.start : chunk.end]


def test_headings_lead_to_a_chunk_and_comments_of_programs_do_not() -> None:
    text = (
        "Before.\n\n# Joins\n\nAll.\n\n## Outer `joins`\n\nSome."
        "\n\n```sql\n# not a heading\nselect 1\n```\n\n# Plans\n\nNone."
    )
    chunks = cut(Source(text, ((0, "SQL"),), is_markdown=True))
    assert [chunk.headings for chunk in chunks] == [
        ("SQL",),
        ("SQL", "Joins"),
        ("SQL", "Joins", "Outer joins"),
        ("SQL", "Plans"),
    ]


def test_long_prose_overlaps_and_ends_at_sentences() -> None:
    text = " ".join(f"This is sentence number {number} of a long text." for number in range(200))
    chunks = cut(Source(text))
    for one, following in pairwise(chunks):
        assert one.text.endswith(".")
        assert 0 < one.end - following.start <= OVERLAP


def test_html_becomes_text_with_headings_items_and_rows() -> None:
    said = plain_text.of_html(
        "<h2>Joins</h2><p>Rows &amp; <b>columns</b>.</p><ul><li>inner<li>outer</ul><script>alert(1)</script>"
        "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table><img src='x' alt='A plan'>"
    )
    assert "## Joins" in said
    assert "Rows & columns." in said
    assert "- inner" in said and "- outer" in said
    assert "alert" not in said
    assert "1 2" in " ".join(said.split())
    assert "A plan" in said
