"""What is in a film, and what is made of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from learncraft.courses import film
from learncraft.courses.film import Film, FilmError
from tests.clips import make_clip


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [
        (1920, 1080, [360, 720, 1080]),
        (3840, 2160, [360, 720, 1080]),
        (1280, 720, [360, 720]),
        (1080, 1920, [360, 720, 1080]),
        (854, 480, [360]),
        (320, 181, [180]),
    ],
)
def test_no_quality_is_above_the_films_own(width: int, height: int, expected: list[int]) -> None:
    assert film.qualities(Film(10, width, height, True)) == expected


def test_a_stream_has_the_films_length_and_shape(tmp_path: Path) -> None:
    upright = make_clip(tmp_path / "a.mp4", size="180x320")
    found = film.look(upright)
    assert (found.width, found.height, found.has_sound, round(found.seconds)) == (180, 320, True, 2)
    heard: list[float] = []
    film.write_stream(upright, found, 180, tmp_path, heard.append, is_wanted=lambda: True)
    film.write_picture(upright, found, tmp_path)
    listing = (tmp_path / "180p.m3u8").read_text()
    assert film.is_whole(tmp_path, 180) and "180p.mp4" in listing and film.peak_bitrate(listing) > 1000
    assert film.look(tmp_path / "180p.mp4").width == 180
    assert heard[-1] == pytest.approx(1, abs=0.1)
    assert (tmp_path / "poster.jpg").read_bytes().startswith(b"\xff\xd8")


def test_a_recording_that_does_not_say_its_length_is_measured(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "a.mkv", sound=False, extra=("-f", "matroska", "-live", "1"))
    found = film.look(clip)
    assert (round(found.seconds), found.has_sound) == (2, False)


def test_broken_films_are_refused_in_words(tmp_path: Path) -> None:
    whole = make_clip(tmp_path / "whole.mp4").read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole[: len(whole) // 2])  # its index stands at the end
    with pytest.raises(FilmError, match="damaged or cut off"):
        film.look(cut)
    noise = tmp_path / "noise.mp4"
    noise.write_bytes(b"\0\0\0\x20ftypisom" + b"\x5a" * 5000)
    with pytest.raises(FilmError, match="No film could be found"):
        film.look(noise)
    with pytest.raises(FilmError, match="only 90 pixels"):
        film.look(make_clip(tmp_path / "tiny.mp4", size="160x90", sound=False))
    listing = tmp_path / "list.mp4"
    listing.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n")
    with pytest.raises(FilmError, match="No film could be found"):  # a list of addresses is not followed
        film.look(listing)


def test_a_film_that_nobody_wants_any_more_is_stopped(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "a.mp4", seconds=20, sound=False)
    with pytest.raises(InterruptedError):
        film.write_stream(clip, film.look(clip), 180, tmp_path, lambda _: None, is_wanted=lambda: False)
    assert not film.is_whole(tmp_path, 180)
