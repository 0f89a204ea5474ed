"""Which files a course may hold. A name says what a file is, and its first bytes have to agree."""

from __future__ import annotations

from pathlib import PurePosixPath

from learncraft.errors import InvalidInputError
from learncraft.language import _, noted

ENOUGH = 4096  # of a file's first bytes, to know it by

_ISO = noted("an ISO media file")
_ZIP = noted("a ZIP archive")
_TEXT = "text"
_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "PNG"),
    (0, b"\xff\xd8\xff", "JPEG"),
    (0, b"GIF8", "GIF"),
    (8, b"WEBP", "WebP"),
    (8, b"WAVE", "WAVE"),
    (8, b"AVI ", "AVI"),
    (4, b"ftyp", _ISO),
    (4, b"moov", _ISO),
    (4, b"mdat", _ISO),
    (4, b"wide", _ISO),
    (0, b"\x1aE\xdf\xa3", "Matroska"),
    (0, b"OggS", "Ogg"),
    (0, b"\x47\x40", "MPEG"),
    (0, b"\x00\x00\x01\xba", "MPEG"),
    (0, b"\x00\x00\x01\xb3", "MPEG"),
    (0, b"ID3", "MP3"),
    (0, b"\xff\xfb", "MP3"),
    (0, b"\xff\xf3", "MP3"),
    (0, b"\xff\xf2", "MP3"),
    (0, b"%PDF-", "PDF"),
    (0, b"PK\x03\x04", _ZIP),
    (0, b"PK\x05\x06", _ZIP),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", noted("an older office document")),
    (0, b"\x1f\x8b", "gzip"),
    (0, b"MZ", noted("a Windows program")),
    (0, b"\x7fELF", noted("a Linux program")),
    (0, b"\xcf\xfa\xed\xfe", noted("a macOS program")),
    (0, b"\xca\xfe\xba\xbe", noted("a program")),
)
_OFFICE = "application/vnd.openxmlformats-officedocument"
# The ending of a name, its type for browsers, and what the first bytes must be.
_TYPES: dict[str, tuple[str, str]] = {
    "png": ("image/png", "PNG"),
    "jpg": ("image/jpeg", "JPEG"),
    "jpeg": ("image/jpeg", "JPEG"),
    "gif": ("image/gif", "GIF"),
    "webp": ("image/webp", "WebP"),
    "avif": ("image/avif", _ISO),
    "svg": ("image/svg+xml", _TEXT),
    "mp4": ("video/mp4", _ISO),
    "m4v": ("video/mp4", _ISO),
    "mov": ("video/quicktime", _ISO),
    "webm": ("video/webm", "Matroska"),
    "mkv": ("video/x-matroska", "Matroska"),
    "avi": ("video/x-msvideo", "AVI"),
    "ogv": ("video/ogg", "Ogg"),
    "mpg": ("video/mpeg", "MPEG"),
    "mpeg": ("video/mpeg", "MPEG"),
    "ts": ("video/mp2t", "MPEG"),
    "mp3": ("audio/mpeg", "MP3"),
    "m4a": ("audio/mp4", _ISO),
    "wav": ("audio/wav", "WAVE"),
    "ogg": ("audio/ogg", "Ogg"),
    "oga": ("audio/ogg", "Ogg"),
    "pdf": ("application/pdf", "PDF"),
    "zip": ("application/zip", _ZIP),
    "docx": (f"{_OFFICE}.wordprocessingml.document", _ZIP),
    "pptx": (f"{_OFFICE}.presentationml.presentation", _ZIP),
    "xlsx": (f"{_OFFICE}.spreadsheetml.sheet", _ZIP),
    "odt": ("application/vnd.oasis.opendocument.text", _ZIP),
    "odp": ("application/vnd.oasis.opendocument.presentation", _ZIP),
    "ods": ("application/vnd.oasis.opendocument.spreadsheet", _ZIP),
    "epub": ("application/epub+zip", _ZIP),
    "txt": ("text/plain", _TEXT),
    "md": ("text/markdown", _TEXT),
    "csv": ("text/csv", _TEXT),
    "tsv": ("text/tab-separated-values", _TEXT),
    "json": ("application/json", _TEXT),
    "ipynb": ("application/json", _TEXT),
    "py": ("text/x-python", _TEXT),
    "sql": ("text/x-sql", _TEXT),
    "html": ("text/html", _TEXT),
    "srt": ("application/x-subrip", _TEXT),
    "vtt": ("text/vtt", _TEXT),
}
_CONTROL = frozenset(range(0x20)) - {0x09, 0x0A, 0x0C, 0x0D, 0x1B}


class WrongFileError(InvalidInputError):
    """A file that a course can't hold, and why."""


def mime_type_of(name: str) -> str:
    """The type that a name promises.

    Raises:
        WrongFileError: no file of a course is named so.
    """
    ending = _ending(name)
    if ending not in _TYPES:
        if not ending:
            raise WrongFileError(
                "Files without an ending can't be uploaded. Pictures, films, sound, PDF, office documents, text and "
                "ZIP archives can; pack other things into a ZIP archive."
            )
        raise WrongFileError(
            "Files that end in .{ending} can't be uploaded. Pictures, films, sound, PDF, office documents, text and "
            "ZIP archives can; pack other things into a ZIP archive.",
            ending=ending,
        )
    return _TYPES[ending][0]


def is_video(name: str) -> bool:
    """Whether a name promises a film."""
    return _TYPES.get(_ending(name), ("", ""))[0].startswith("video/")


def check(name: str, beginning: bytes) -> None:
    """Compare the first bytes of a file with what its name promises.

    Raises:
        WrongFileError: they are something else.
    """
    mime_type_of(name)
    ending = _ending(name)
    promised, found = _TYPES[ending][1], _kind_of(beginning)
    if found == promised:
        return
    named = {"name": PurePosixPath(name).name, "ending": ending}
    if found == _TEXT:
        raise WrongFileError(
            "“{name}” is not what its name says: it should be .{ending}, but it is plain text. "
            "Save it again in the right format, or give it its right name.",
            **named,
        )
    if found:
        raise WrongFileError(
            "“{name}” is not what its name says: it should be .{ending}, but it is {kind}. "
            "Save it again in the right format, or give it its right name.",
            **named,
            kind=_(found),
        )
    raise WrongFileError(
        "“{name}” is not what its name says: it should be .{ending}, but it is something else. "
        "Save it again in the right format, or give it its right name.",
        **named,
    )


def _kind_of(beginning: bytes) -> str:
    for offset, magic, kind in _MAGIC:
        if beginning[offset : offset + len(magic)] == magic:
            return kind
    return _TEXT if _is_text(beginning) else ""


def _is_text(beginning: bytes) -> bool:
    if beginning.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16
        return True
    return not any(byte in _CONTROL for byte in beginning)


def _ending(name: str) -> str:
    return PurePosixPath(name).suffix.removeprefix(".").lower()
