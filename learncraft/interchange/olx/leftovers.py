"""The files that no part of the course spoke for: what each is, and why it stayed behind."""

from __future__ import annotations

from pathlib import PurePosixPath

from learncraft.interchange.assets import Assets, mime_type
from learncraft.interchange.olx.reading import Reading
from learncraft.language import _, noted

# By folder or file name below the course folder; the first that fits counts. An empty reason stands for imported.
_BY_PLACE: tuple[tuple[str, str, str], ...] = (
    ("drafts/", "draft", noted("It is a draft that was never published.")),
    (
        "policies/assets.json",
        "policy",
        noted("A list of files with their old addresses; the files themselves are in this report."),
    ),
    ("policies/", "policy", noted("Settings of the old platform that nothing here needs.")),
    ("policy.json", "policy", noted("Settings of the old platform that nothing here needs.")),
    ("assets/", "policy", noted("A list of files with their old addresses; the files themselves are in this report.")),
    ("about/", "about", noted("A text of the old platform's catalogue that has no place here.")),
    ("info/handouts", "info", noted("The handouts page isn't imported. Copy what is still of use into a lesson.")),
    ("info/", "info", noted("Announcements of the old course aren't imported.")),
    (
        "tabs/",
        "page",
        noted("Extra pages beside the lessons aren't imported. Copy the text into a lesson if it is of use."),
    ),
    ("textbooks/", "textbook", noted("Textbooks aren't imported. Add their files or links to a lesson.")),
    ("wiki/", "wiki", noted("The course wiki isn't imported.")),
    ("roots/", "settings", noted("Which run of the course is in the archive; it needs nothing more.")),
    ("grading_policy.json", "policy", noted("Settings of the old platform that nothing here needs.")),
    ("static/", "file", noted("Nothing in the imported course refers to it.")),
)
_SYSTEM_FILES = ("__MACOSX/", ".DS_Store", "._", "Thumbs.db", "desktop.ini")


def report_leftovers(reading: Reading, outside: list[str]) -> None:
    """Say something about each file that the report is silent on. `outside` are files above the course folder."""
    source, report = reading.source, reading.report
    used = source.assets.documents()
    for name in source.everything():
        path = source.path_of(name)
        if report.speaks_of(path):
            continue
        static = name[7:] if name.startswith("static/") else ""
        if static in used:
            report.imported(
                path,
                "file",
                static,
                _("A file of the kind {mime_type} that a lesson shows or links to.", mime_type=mime_type(static)),
            )
        else:
            kind, why = _reason(name, static, source.assets)
            report.skipped(path, kind, static or PurePosixPath(name).name, _empty(reading, name) or why)
    for path in outside:
        name = PurePosixPath(path).name
        why = _("It stands outside of the course's folder, so it isn't part of the course.")
        report.skipped(path, "file", name, _system_file(path) or why)


def _reason(name: str, static: str, assets: Assets) -> tuple[str, str]:
    system = _system_file(name)
    if system:
        return "file", system
    if static and (refusal := assets.refusal(static)):
        return "file", refusal
    for place, kind, why in _BY_PLACE:
        if name.startswith(place) or name == place:
            return kind, _(why)
    if "/" in name and name.endswith((".xml", ".html")):
        return name.split("/", maxsplit=1)[0], _("No part of the course refers to it, so learners never saw it.")
    return "file", _("It is no part of a course that this platform knows.")


def _empty(reading: Reading, name: str) -> str:
    if not name.startswith(("about/", "info/", "tabs/")):
        return ""
    return "" if reading.source.text(name).strip() else _("It is empty.")


def _system_file(path: str) -> str:
    name = PurePosixPath(path).name
    if path.startswith(_SYSTEM_FILES[0]) or "/__MACOSX/" in path or name.startswith(_SYSTEM_FILES[1:]):
        return _("An operating system left it there; it isn't part of the course.")
    return ""
