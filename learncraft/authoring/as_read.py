"""Markdown as the pages of learners read it, for previews beside what is typed: tags are words there, and dollars hold
formulas. So an author sees at once where a price became one.
"""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from learncraft.courses.prose import sanitise


def shown(source: str) -> str:
    """Markdown as sanitised HTML. A formula stands in it as code of the language `math`."""
    return sanitise(_markdown.render(source))


def _formula_in_line(state: StateInline, silent: bool) -> bool:
    source, start = state.src, state.pos
    if source[start] != "$":
        return False
    opened = _dollars(source, start)
    inside = start + opened
    closing = source.find("$", inside)
    while closing >= 0 and (length := _dollars(source, closing)) != opened:
        closing = source.find("$", closing + length)
    if closing < 0:
        state.pending += source[start:inside]
        state.pos = inside
        return True
    if not silent:
        token = state.push("formula", "code", 0)
        token.content = source[inside:closing].strip()
    state.pos = closing + opened
    return True


def _dollars(source: str, start: int) -> int:
    end = start
    while end < len(source) and source[end] == "$":
        end += 1
    return end - start


def _formula_in_lines(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    def line(number: int) -> str:
        return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]].strip()

    if state.is_code_block(first) or not line(first).startswith("$$") or "$" in line(first)[2:]:
        return False
    if silent:
        return True
    end = next((number for number in range(first + 1, last) if line(number) == "$$"), last)
    token = state.push("formula_block", "code", 0)
    token.content = state.getLines(first + 1, end, state.blkIndent, False).strip()
    token.map = [first, end]
    state.line = min(end + 1, last)
    return True


_markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_markdown.inline.ruler.after("escape", "formula", _formula_in_line)
_markdown.block.ruler.before(
    "fence", "formula_block", _formula_in_lines, {"alt": ["paragraph", "reference", "blockquote", "list"]}
)


def _code(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<code class="language-math">{escaped}</code>'


_markdown.add_render_rule("formula", lambda _self, tokens, at, _options, _env: _code(tokens[at].content))
_markdown.add_render_rule(
    "formula_block", lambda _self, tokens, at, _options, _env: f"<pre>{_code(tokens[at].content)}</pre>\n"
)
