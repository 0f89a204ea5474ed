"""Captions as people have them, and nothing in them but words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learncraft.courses import captions
from learncraft.courses.captions import CaptionsError, Cue

SRT = (
    "\ufeff1\r\n00:00:01,500 --> 00:00:04,000\r\nHello <i>you</i>\r\nthere\r\n\r\n"
    "2\r\n00:00:05,0 --> 00:00:06,0\r\nBye\r\n"
)
VTT = """WEBVTT - a title

STYLE
::cue { background: url(https://elsewhere.example/) }

intro
00:01.000 --> 00:02.000 align:start
<v Ana>One & <c.loud>two</c> &lt;three&gt;

NOTE a remark

01:00:00.000 --> 01:00:01.000
{\\an8}Late
"""


def test_subrip_and_webvtt_become_plain_webvtt() -> None:
    assert captions.parse(SRT.encode()) == [Cue(1.5, 4, "Hello you\nthere"), Cue(5, 6, "Bye")]
    cues = captions.parse(VTT)
    assert cues == [Cue(1, 2, "Ana: One & two <three>"), Cue(3600, 3601, "Late")]
    written = captions.to_vtt(cues)
    assert "elsewhere" not in written and "One &amp; two &lt;three&gt;" in written
    assert captions.parse(written) == cues
    assert captions.to_transcript(cues) == "[00:01] Ana: One & two <three>\n[60:00] Late"
    assert captions.from_transcript("no times") == []
    assert captions.from_transcript("[00:01] One\n[00:09] Two") == [Cue(1, 9, "One"), Cue(9, 19, "Two")]


@pytest.mark.parametrize("source", [b"", b"no times here", b"00:05.000 --> 00:01.000\nback in time", b"\x81\x8d\x00"])
def test_what_holds_no_captions_says_so(source: bytes) -> None:
    with pytest.raises(CaptionsError):
        captions.parse(source)
    with pytest.raises(CaptionsError, match="larger than"):
        captions.parse(b"x" * (captions.LARGEST_BYTES + 1))


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=300))
def test_no_text_breaks_out_of_its_caption(words: str) -> None:
    source = f"WEBVTT\n\n00:01.000 --> 00:02.000\nx{words}\n"
    written = captions.to_vtt(captions.parse(source))
    assert captions.to_vtt(captions.parse(written)) == written
    assert "<" not in written.replace("&lt;", "")
