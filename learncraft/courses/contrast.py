"""The contrast of a picture of text, where that can be told: one flat ground and few inks make up nearly all of it.

Photographs, gradients and colourful drawings have no answer, and none is guessed. The ratio is that of WCAG 2.2
(https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio): (L1 + 0.05) / (L2 + 0.05), with the relative luminance of sRGB.
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image

LEAST = 4.5  # what WCAG 2.2 asks of text, success criterion 1.4.3
LARGEST = 20 * 1024 * 1024  # bytes of a file that is looked at
KINDS = ("image/png", "image/jpeg", "image/webp", "image/gif")
_MOST_PIXELS = 50_000_000
_SIDE = 256  # of the part of the picture that is counted
_COLOURS = 8
_GROUND, _BOTH = 0.55, 0.85  # shares of a picture of text: its ground alone, and its ground with its inks
_LEAST_INK = 0.01
_MOST_INKS = 4
_ALIKE = 20  # steps of one channel

Colour = tuple[int, int, int]


def of_picture(path: Path) -> float | None:
    """The contrast of its strongest ink, 1 to 21; None for what isn't a picture of text, or can't be read."""
    try:
        if path.stat().st_size > LARGEST:
            return None
        with Image.open(path, formats=("PNG", "JPEG", "WEBP", "GIF")) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                return None
            picture.draft("RGB", (_SIDE * 4, _SIDE * 4))
            flat = picture.convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    ground = Image.new("RGBA", flat.size, "white")
    ground.alpha_composite(flat)
    return _of_colours(ground.convert("RGB"))


def _of_colours(picture: Image.Image) -> float | None:
    picture.thumbnail((_SIDE, _SIDE), Image.Resampling.NEAREST)  # smoothing would mix ink and ground
    few = picture.quantize(_COLOURS).convert("RGB")
    counted = _told_apart(sorted(few.getcolors(_SIDE * _SIDE) or [], reverse=True))
    whole = sum(counted.values())
    (ground, most), *others = counted.items()
    inks = {colour: count for colour, count in others if count >= whole * _LEAST_INK}
    covered = most + sum(inks.values())
    if not inks or len(inks) > _MOST_INKS or most < whole * _GROUND or covered < whole * _BOTH:
        return None
    return max(ratio(ground, ink) for ink in inks)


def _told_apart(counted: list[tuple[int, object]]) -> dict[Colour, int]:
    """Colours with how often they are, the most frequent first; what a JPEG makes of a flat one is that one."""
    found: dict[Colour, int] = {}
    for count, colour in counted:
        one = _triple(colour)
        alike = next((two for two in found if max(abs(a - b) for a, b in zip(one, two, strict=True)) < _ALIKE), one)
        found[alike] = found.get(alike, 0) + count
    return found


def ratio(one: Colour, other: Colour) -> float:
    """The contrast of two colours in sRGB, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Colour) -> float:
    parts = [part / 255 for part in colour]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _triple(colour: object) -> Colour:
    if not isinstance(colour, tuple):
        raise TypeError(colour)  # a picture in RGB has none such
    return int(colour[0]), int(colour[1]), int(colour[2])
