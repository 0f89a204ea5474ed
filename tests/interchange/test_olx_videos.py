"""Videos of Open edX: their addresses, transcripts and the files beside them."""

from __future__ import annotations

from pathlib import Path

from learncraft.courses.blocks import HtmlBlock
from learncraft.interchange.document import Outcome
from learncraft.interchange.olx.transcripts import from_sjson
from tests.interchange.olx_archives import course, items, reported, skipped, unit, videos


def test_a_video_takes_its_transcript_in_the_courses_language(tmp_path: Path) -> None:
    video = (
        '<video display_name="V" youtube="0.75:slow,1.00:abcdefghijk" '
        'transcripts="{&quot;es&quot;: &quot;s.srt&quot;, &quot;en&quot;: &quot;e.srt&quot;}"/>'
    )
    srt = "1\n00:00:01,000 --> 00:00:02,000\nDon&#39;t <i>worry</i>\n\n2\n01:02:03,5 --> 01:02:09,0\nbe\nhappy\n"
    files = unit(
        video, more={"course/static/e.srt": srt, "course/static/s.srt": "1\n00:00:01,0 --> 00:00:02,0\nHola\n"}
    )
    with course(tmp_path, files) as result:
        [found] = videos(result)
        assert found.url == "https://www.youtube.com/watch?v=abcdefghijk"
        assert found.transcript == "[00:01] Don't worry\n[62:03] be happy"
        outcomes = {item.title: item.outcome for item in result.report if item.kind == "transcript"}
        assert outcomes == {"e.srt": Outcome.IMPORTED, "s.srt": Outcome.SKIPPED}


def test_a_video_may_be_a_file_of_the_archive_or_of_the_web(tmp_path: Path) -> None:
    local = '<video><source src="/static/my_film.mp4"/></video>'
    remote = '<video html5_sources="[&quot;https://example.org/a.mp4&quot;]"/>'
    with course(tmp_path, unit(local + remote, more={"course/static/my film.mp4": b"film"})) as result:
        assert [video.url for video in videos(result)] == ["asset:my%20film.mp4", "https://example.org/a.mp4"]
        assert result.document.files["my film.mp4"].path.read_bytes() == b"film"


def test_a_video_that_only_the_old_platform_has_is_skipped_with_advice(tmp_path: Path) -> None:
    with course(tmp_path, unit('<video edx_video_id="123"/>')) as result:
        assert "upload it to the lesson" in skipped(result, "video")


def test_a_handout_becomes_a_link_below_its_video(tmp_path: Path) -> None:
    video = '<video youtube_id_1_0="abcdefghijk"><handout src="/static/notes.pdf"/></video>'
    with course(tmp_path, unit(video, more={"course/static/notes.pdf": b"%PDF"})) as result:
        block = items(result)[-1]
        assert isinstance(block, HtmlBlock)
        assert 'href="asset:notes.pdf"' in block.html


def test_a_video_shown_in_part_is_told_of_and_lasts_as_long_as_the_part(tmp_path: Path) -> None:
    with course(tmp_path, unit('<video youtube_id_1_0="abcdefghijk" start_time="00:01:00" end_time="90"/>')) as result:
        assert videos(result)[0].duration_seconds == 30
        assert "from 1:00 to 1:30" in reported(result, "video").detail


def test_transcripts_of_older_courses_are_read() -> None:
    assert from_sjson('{"start": [1000, 65000], "end": [2000, 70000], "text": ["Hi", "there"]}') == (
        "[00:01] Hi\n[01:05] there",
        70,
    )
    assert from_sjson("not json") == ("", 0)
