"""Films of two seconds, made by ffmpeg itself."""

from __future__ import annotations

import subprocess
from pathlib import Path

from learncraft.courses import film


def make_clip(
    path: Path, *, size: str = "320x180", seconds: float = 2, sound: bool = True, extra: tuple[str, ...] = ()
) -> Path:
    """A test picture, with a tone."""
    command = [film.program(), "-v", "error", "-y", "-f", "lavfi", "-i", f"testsrc=size={size}:rate=10"]
    if sound:
        command += ["-f", "lavfi", "-i", "sine=frequency=440", "-c:a", "aac"]
    command += ["-t", str(seconds), "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", *extra, str(path)]
    subprocess.run(command, check=True, capture_output=True)
    return path
