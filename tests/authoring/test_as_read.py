"""Markdown in previews is what learners will read: formulas, and tags as words."""

from __future__ import annotations

import pytest

from learncraft.authoring import as_read


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("$a_1$ and $b_1$", '<p><code class="language-math">a_1</code> and <code class="language-math">b_1</code></p>'),
        ("It costs 5$ or 6$.", '<p>It costs 5<code class="language-math">or 6</code>.</p>'),
        (r"It costs 5\$ or 6\$.", "<p>It costs 5$ or 6$.</p>"),
        ("`$x$`, and one $ only", "<p><code>$x$</code>, and one $ only</p>"),
        ("$$\nx\n\n+ 1\n$$\nAfter", '<pre><code class="language-math">x\n\n+ 1</code></pre>\n<p>After</p>'),
        ("$$\nnever closed", '<pre><code class="language-math">never closed</code></pre>'),
        ("<b>Bold</b> ~~gone~~", "<p>&lt;b&gt;Bold&lt;/b&gt; <s>gone</s></p>"),
        (
            "$<script>alert(1)</script>$",
            '<p><code class="language-math">&lt;script&gt;alert(1)&lt;/script&gt;</code></p>',
        ),
    ],
)
def test_a_preview_shows_what_learners_get(written: str, shown: str) -> None:
    assert as_read.shown(written).strip() == shown
