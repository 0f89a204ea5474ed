"""The files of an archive as a tree of elements: following url_names to files, and saying where they break off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from learncraft.interchange.assets import Assets
from learncraft.interchange.olx import names
from learncraft.language import _

_POINTS = frozenset({"url_name", "slug", "org", "course", "filename"})
_NOISE = frozenset({"null", "None", ""})
# Settings that a part hands down to the parts within it.
_INHERITED = ("graded", "format", "max_attempts")
_DEPTH = 20
_TEXT_BYTES = 16 * 1024**2  # more than any page or problem; what goes beyond isn't read


class PartError(Exception):
    """A part that can't be read; the message is the sentence of its report line."""


@dataclass(frozen=True, slots=True)
class Node:
    """One part of the course. `path` is where it stands: a file, or a place within one."""

    tag: str
    url_name: str
    element: etree._Element
    settings: Mapping[str, str]
    file: str
    path: str
    depth: int = 0
    error: str = ""

    @property
    def title(self) -> str:
        """What the part is called, as far as it says so itself."""
        return names.short(self.settings.get("display_name", "") or names.readable(_url_name(self.element)), 255)

    def flag(self, name: str) -> bool:
        return self.settings.get(name, "").strip().lower() == "true"


class Source:
    """The archive below its course folder. Names of `files` are relative to it; `prefix` leads to it."""

    def __init__(self, files: Mapping[str, Path], prefix: str) -> None:
        self.prefix = prefix
        self._files = {name[len(prefix) :]: path for name, path in files.items() if name.startswith(prefix)}
        statics = {name[7:]: path for name, path in self._files.items() if name.startswith("static/")}
        self.assets = Assets(statics)
        self.keys = names.UniqueKeys()
        self.policy: Mapping[str, Mapping[str, str]] = {}
        self._entered: set[str] = set()

    def __contains__(self, name: str) -> bool:
        return name in self._files

    def under(self, folder: str) -> list[str]:
        """Names of the files below a folder."""
        return sorted(name for name in self._files if name.startswith(folder))

    def everything(self) -> list[str]:
        return sorted(self._files)

    def path_of(self, name: str) -> str:
        """How the report calls a file: as the archive does."""
        return self.prefix + name

    def text(self, name: str) -> str:
        """A file as text; empty when it isn't there."""
        path = self._files.get(name)
        return names.printable(_read(path).decode("utf-8-sig", "replace")) if path else ""

    def xml(self, name: str) -> etree._Element:
        """A file as XML. No entity is expanded, and nothing outside of the file is read.

        Raises:
            PartError: it isn't well-formed; the message has the line.
        """
        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            return etree.fromstring(_read(self._files[name]), parser)
        except etree.XMLSyntaxError as error:
            line = error.lineno or 1
            raise PartError(
                _(
                    "{name} isn't well-formed XML (line {line}: {msg}). Correct it, or remove it from the course.",
                    name=name,
                    line=line,
                    msg=error.msg,
                )
            ) from error

    def root(self, name: str, element: etree._Element) -> Node:
        """The course itself, standing in course.xml."""
        return self._enter(element, None, self.path_of(name), name, 0)

    def children(self, parent: Node) -> list[Node]:
        """The parts within a part, in order; one that can't be read comes with its `error`."""
        if parent.depth > _DEPTH:
            return []
        seen: dict[str, int] = {}
        result = []
        for element in parent.element:
            if isinstance(element.tag, str):
                seen[element.tag] = position = seen.get(element.tag, 0) + 1
                own = _url_name(element) or f"{parent.url_name}-{element.tag}-{position}"
                result.append(self._enter(element, parent, f"{parent.path}#{element.tag}/{own}", parent.file, position))
        return result

    def _enter(self, element: etree._Element, parent: Node | None, path: str, file: str, position: int) -> Node:
        tag = str(element.tag)
        named = _url_name(element)
        url_name = named or (f"{parent.url_name}-{tag}-{position}" if parent else "course")
        error = ""
        target = f"{tag}/{(named or element.get('filename', '')).replace(':', '/')}.xml"
        if not len(element) and not (element.text or "").strip() and target in self._files:
            # Each file is entered once: a part that holds itself would never end, and keys name one part each.
            if target in self._entered:
                error = _("It stands in the course a second time; only the first place was imported.")
            else:
                path, file = self.path_of(target), target
                element, error = self._follow(target, tag, element)
        elif named and _is_pointer(element) and not (tag == "html" and target[:-4] + ".html" in self._files):
            error = _(
                "The archive has no file {target}, so the part is missing. Export the course again.", target=target
            )
        depth = parent.depth + 1 if parent else 0
        if depth > _DEPTH:
            error = _("Its parts are nested deeper than any course is.")
        settings = self._settings(tag, url_name, element, parent)
        return Node(tag, url_name, element, settings, file, path, depth, error)

    def _follow(self, target: str, tag: str, pointer: etree._Element) -> tuple[etree._Element, str]:
        self._entered.add(target)
        try:
            element = self.xml(target)
        except PartError as error:
            return pointer, str(error)
        if element.tag != tag:
            return pointer, _(
                "{target} holds <{tag}> where <{tag_2}> is expected.", target=target, tag=element.tag, tag_2=tag
            )
        for name, value in pointer.attrib.items():
            if name not in element.attrib:
                element.set(name, value)
        return element, ""

    def _settings(self, tag: str, url_name: str, element: etree._Element, parent: Node | None) -> dict[str, str]:
        settings = {name: parent.settings[name] for name in _INHERITED if name in parent.settings} if parent else {}
        for own in (element.attrib, self.policy.get(f"{tag}/{url_name}", {})):
            settings.update({str(name): str(value) for name, value in own.items() if str(value) not in _NOISE})
        return settings


def as_settings(values: Any) -> dict[str, dict[str, str]]:
    """A policy file's parts and their plain settings; anything of another shape is passed over."""
    if not isinstance(values, dict):
        return {}
    return {
        str(part): {
            name: str(value).lower() if isinstance(value, bool) else names.printable(str(value))
            for name, value in settings.items()
            if isinstance(value, str | int | float)
        }
        for part, settings in values.items()
        if isinstance(settings, dict)
    }


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_TEXT_BYTES)


def _url_name(element: etree._Element) -> str:
    return (element.get("url_name") or element.get("slug") or "").strip()


def _is_pointer(element: etree._Element) -> bool:
    return not len(element) and not (element.text or "").strip() and set(element.attrib) <= _POINTS
