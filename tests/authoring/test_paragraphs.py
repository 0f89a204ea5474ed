"""Where the lines of a paragraph are broken makes no difference; where a paragraph ends does."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from learncraft.authoring.paragraphs import paragraphs

TEXT = r"""# Joins
A join puts rows
side by side.

It has kinds:
- inner, which
  leaves rows out
- outer
**Then** more
of it.\
A line break.

| a | b |
|---|---|
| 1 | 2 |

```python
x = 1

y = 2
```
The end."""


def test_a_paragraph_is_one_line_and_all_else_keeps_its_lines() -> None:
    assert paragraphs(TEXT) == [
        "# Joins",
        "A join puts rows side by side.",
        "It has kinds:",
        "- inner, which",
        "  leaves rows out",
        "- outer **Then** more of it.\\",
        "A line break.",
        "| a | b |",
        "|---|---|",
        "| 1 | 2 |",
        "```python",
        "x = 1",
        "",
        "y = 2",
        "```",
        "The end.",
    ]


@given(st.text(alphabet="ab `~\n#|-\\$1.", max_size=60))
def test_no_sign_is_lost_and_none_comes_to_it(given_text: str) -> None:
    assert "".join("".join(paragraphs(given_text)).split()) == "".join(given_text.split())


@given(st.lists(st.sampled_from(["Rows", "of", "tables", "meet."]), min_size=2, max_size=12), st.integers(1, 11))
def test_a_paragraph_broken_elsewhere_says_the_same(words: list[str], place: int) -> None:
    broken = " ".join(words[:place]) + "\n" + " ".join(words[place:])
    assert paragraphs(broken) == paragraphs(" ".join(words))
