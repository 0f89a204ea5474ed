"""ffmpeg, as far as we need it: what is in a film, its stream in one quality, its picture, its sound.

It comes as a program in a wheel and runs as a process of its own: what a hostile file breaks is that process. It may
read the one file, in the formats that we take, and nothing from the network.
"""

from __future__ import annotations

import re
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import imageio_ffmpeg
import psutil

from learncraft.errors import InvalidInputError

RUNGS = {360: 800_000, 720: 2_800_000, 1080: 5_000_000}  # shorter side in pixels: at most so many bits a second
SMALLEST, LARGEST = 100, 8192  # pixels of a side
LONGEST_SECONDS = 12 * 3600
SILENCE_SECONDS = 300.0  # ffmpeg says something twice a second
PIECE_SECONDS = 4
_PROBE_SECONDS = 60.0
_FORMATS = "mov,mp4,matroska,webm,avi,ogg,mpeg,mpegts,mpegvideo"

_DURATION = re.compile(r"Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)")
_STREAM = re.compile(r"Stream #\d+:\d+\S*: (Video|Audio): (\w+)(.*)")
_SIZE = re.compile(r"\b(\d{2,5})x(\d{2,5})\b")
_ROTATION = re.compile(r"rotation of (-?\d+(?:\.\d+)?) degrees")
_OUT_TIME = re.compile(r"^out_time_us=(\d+)", re.M)


class FilmError(InvalidInputError):
    """A film that no stream can be made of, and why."""


@dataclass(frozen=True, slots=True)
class Film:
    """What is in a file: its length, its size as it is shown, whether it has sound."""

    seconds: float
    width: int
    height: int
    has_sound: bool

    @property
    def shorter_side(self) -> int:
        """What a quality is named after, also when the film stands upright."""
        return min(self.width, self.height)


def qualities(film: Film) -> list[int]:
    """The qualities that a film gets: none above its own, and one at least."""
    below = [rung for rung in RUNGS if rung <= film.shorter_side]
    return below or [film.shorter_side // 2 * 2]


def look(source: Path) -> Film:
    """What is in a file.

    Raises:
        FilmError: no film can be found in it, or one that is too small, too large or too long.
    """
    try:
        # It complains that no output is named, and ends with an error; what it says before is what we want.
        done = subprocess.run(  # noqa: S603  # our own arguments
            [*_command(source)], capture_output=True, timeout=_PROBE_SECONDS, check=False, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired as error:
        raise FilmError("The video could not be read within a minute. It may be damaged; save it again.") from error
    said = done.stderr.decode(errors="replace")
    streams = [found.groups() for found in _STREAM.finditer(said)]
    pictures = [rest for kind, _, rest in streams if kind == "Video" and "attached pic" not in rest]
    size = _SIZE.search(pictures[0]) if pictures else None
    if size is None:
        if any(kind == "Audio" for kind, _, _ in streams):
            raise FilmError("There is only sound in this file, no picture. Upload it as a sound file, such as .mp3.")
        raise FilmError("No film could be found in this file. It may be damaged or cut off; save it again as MP4.")
    width, height = int(size[1]), int(size[2])
    turned = _ROTATION.search(said)
    if turned is not None and round(float(turned[1])) % 180:
        width, height = height, width
    film = Film(_duration(said, source), width, height, any(kind == "Audio" for kind, _, _ in streams))
    _check(film)
    return film


def write_stream(
    source: Path, film: Film, quality: int, folder: Path, say: Callable[[float], None], *, is_wanted: Callable[[], bool]
) -> None:
    """Make `<quality>p.m3u8` and `<quality>p.mp4` in a folder. `say` hears how much is done, from 0 to 1.

    Raises:
        FilmError: it can't be decoded to its end.
        InterruptedError: `is_wanted` said no.
    """
    most = RUNGS.get(quality, RUNGS[360])
    shape = f"scale=-2:{quality}" if film.width >= film.height else f"scale={quality}:-2"
    arguments = ["-map", "0:v:0", "-map", "0:a:0?", "-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1"]
    arguments += ["-vf", f"{shape}:flags=bicubic,format=yuv420p", "-fpsmax", "60"]
    arguments += ["-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", "-crf", "23"]
    arguments += ["-maxrate", str(most), "-bufsize", str(2 * most), "-sc_threshold", "0"]
    arguments += ["-force_key_frames", f"expr:gte(t,n_forced*{PIECE_SECONDS})"]
    arguments += ["-c:a", "aac", "-b:a", "128k", "-ac", "2", "-ar", "48000"]
    arguments += ["-f", "hls", "-hls_time", str(PIECE_SECONDS), "-hls_playlist_type", "vod"]
    arguments += ["-hls_segment_type", "fmp4", "-hls_flags", "single_file"]
    arguments += ["-hls_segment_filename", f"{quality}p.mp4", f"{quality}p.m3u8"]
    _run(source, arguments, folder, lambda seconds: say(min(1.0, seconds / film.seconds)), is_wanted)
    listing = folder / f"{quality}p.m3u8"
    if not listing.is_file() or "#EXTINF" not in listing.read_text("utf-8"):
        raise FilmError("The video ends before its first picture. It may be damaged; save it again as MP4.")
    (folder / f"{quality}p.done").touch()


def write_picture(source: Path, film: Film, folder: Path) -> None:
    """Make `poster.jpg`: a picture from near the beginning, as the very first one is often black.

    Raises:
        FilmError: there is none.
    """
    at = min(film.seconds * 0.1, 5.0)
    arguments = ["-frames:v", "1", "-an", "-sn", "-map_metadata", "-1"]
    arguments += ["-vf", "scale='min(1280,iw)':-2", "-q:v", "4", "-update", "1", "poster.jpg"]
    _run(source, arguments, folder, lambda _: None, lambda: True, before=["-ss", f"{at:.2f}"])
    if not (folder / "poster.jpg").is_file():
        raise FilmError("No picture could be taken from the video. It may be damaged; save it again as MP4.")


def write_sound(source: Path, folder: Path, *, start: float, seconds: float, is_wanted: Callable[[], bool]) -> Path:
    """A stretch of what is said as a small file, for a transcription."""
    made = folder / f"sound-{start:.0f}.mp3"
    arguments = ["-t", f"{seconds:.2f}", "-vn", "-map", "0:a:0", "-ac", "1", "-ar", "16000", "-b:a", "48k", made.name]
    _run(source, arguments, folder, lambda _: None, is_wanted, before=["-ss", f"{start:.2f}"])
    return made


def is_whole(folder: Path, quality: int) -> bool:
    """Whether a stream was made to its end, perhaps before a kill."""
    return (folder / f"{quality}p.done").is_file()


def peak_bitrate(listing: str) -> int:
    """The most bits a second that a stream's pieces need, from its list of pieces."""
    pieces = re.findall(r"#EXTINF:([\d.]+),.*?#EXT-X-BYTERANGE:(\d+)", listing, re.S)
    return max((int(8 * int(size) / max(float(seconds), 0.1)) for seconds, size in pieces), default=1) or 1


def shown_size(film: Film, quality: int) -> tuple[int, int]:
    """Width and height of a film in one quality."""
    longer = round(max(film.width, film.height) * quality / film.shorter_side / 2) * 2
    return (longer, quality) if film.width >= film.height else (quality, longer)


@cache
def program() -> str:
    """ffmpeg itself."""
    return str(imageio_ffmpeg.get_ffmpeg_exe())


def _command(source: Path, before: list[str] | None = None) -> list[str]:
    guarded = ["-protocol_whitelist", "file,pipe", "-format_whitelist", _FORMATS]
    return [program(), "-hide_banner", "-nostdin", "-y", *guarded, *(before or []), "-i", f"file:{source}"]


def _run(
    source: Path,
    arguments: list[str],
    folder: Path,
    say: Callable[[float], None],
    is_wanted: Callable[[], bool],
    before: list[str] | None = None,
) -> None:
    threads = str(max(1, (psutil.cpu_count() or 2) // 2))  # learners are served meanwhile
    command = [*_command(source.resolve(), before), "-progress", "pipe:1", "-nostats", "-loglevel", "error"]
    process = subprocess.Popen(  # noqa: S603  # our own arguments
        [*command, "-threads", threads, *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )
    complaints = list[str]()
    reader = threading.Thread(target=lambda: complaints.extend(_last_lines(process)), daemon=True)
    reader.start()
    watchdog = threading.Timer(SILENCE_SECONDS, process.kill)
    watchdog.start()
    try:
        psutil.Process(process.pid).nice(10)
        assert process.stdout is not None
        for line in process.stdout:
            watchdog.cancel()
            watchdog = threading.Timer(SILENCE_SECONDS, process.kill)
            watchdog.start()
            if not is_wanted():
                process.kill()
                raise InterruptedError
            if (found := _OUT_TIME.match(line)) is not None:
                say(int(found[1]) / 1e6)
    except psutil.NoSuchProcess:
        pass  # it was very quick
    finally:
        watchdog.cancel()
        try:
            process.wait(10)  # its output has ended
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        reader.join(5)
    if process.returncode != 0:
        raise FilmError(_in_words(complaints))


def _last_lines(process: subprocess.Popen[str]) -> list[str]:
    assert process.stderr is not None
    kept = list[str]()
    for line in process.stderr:
        kept = [*kept[-20:], line.strip()]
    return kept


def _in_words(complaints: list[str]) -> str:
    said = " ".join(complaints).lower()
    if "no space left" in said:
        return "The server's disk is full, so the video's stream could not be made. Ask its administrator for room."
    if "moov atom not found" in said:
        return "The video is cut off: its end is missing. Save or export it again, and upload the whole file."
    if "decoder" in said and "not found" in said:
        return "The video uses a codec that can't be read here. Save it again as MP4 with H.264."
    return "The video can't be read to its end; it may be damaged. Save it again as MP4 with H.264."


def _duration(said: str, source: Path) -> float:
    found = _DURATION.search(said)
    if found is not None:
        return int(found[1]) * 3600 + int(found[2]) * 60 + float(found[3])
    # A recording of a browser doesn't say how long it is: it has to be read once.
    last = 0.0

    def hear(seconds: float) -> None:
        nonlocal last
        last = seconds

    _run(source, ["-map", "0:v:0", "-c", "copy", "-f", "null", "-"], source.parent, hear, lambda: True)
    return last


def _check(film: Film) -> None:
    if film.seconds < 0.1:
        raise FilmError("The video has no length: it may be cut off or a single picture. Save it again as MP4.")
    if film.seconds > LONGEST_SECONDS:
        raise FilmError("The video is longer than {hours} hours. Cut it into parts.", hours=LONGEST_SECONDS // 3600)
    if film.shorter_side < SMALLEST:
        raise FilmError(
            "The picture is only {pixels} pixels high or wide; {least} is the least.",
            pixels=film.shorter_side,
            least=SMALLEST,
        )
    if max(film.width, film.height) > LARGEST:
        raise FilmError("The picture is larger than {most} pixels. Save the video in a smaller size.", most=LARGEST)
