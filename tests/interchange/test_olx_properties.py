"""What holds for every archive, whoever made it and whatever for."""

from __future__ import annotations

import io
import re
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from xml.sax.saxutils import quoteattr

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from learncraft.courses.blocks import HtmlBlock, SectionBlock
from learncraft.courses.prose import ATTRIBUTES, SCHEMES, TAGS
from learncraft.interchange.archive import Limits
from learncraft.interchange.assets import Assets
from learncraft.interchange.document import AssessmentDocument, VideoDocument
from learncraft.interchange.errors import CourseArchiveError
from learncraft.interchange.html import clean
from learncraft.interchange.olx import OlxCourse, read
from tests.interchange.olx_archives import items, tar

LIMITS = Limits(total_bytes=3_000_000, members=200, file_bytes=2_000_000)
few = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

KINDS = [
    "chapter",
    "sequential",
    "vertical",
    "html",
    "problem",
    "video",
    "library_content",
    "conditional",
    "poll",
    "wiki",
]
HTML = r"""
<p> </p> <script> </script> <a\x20href=' '> javascript:alert(1) <img\x20src=x\x20onerror=alert(1)> <svg> <math> </math>
<style> </style> <iframe\x20src='/static/a.png'> <button\x20onclick=x> <!-- --> <![CDATA[ &lt;script&gt; /static/a.png
<a\x20href="java\tscript:x"> <div\x20style='x:y' \x20onload=x\x20 <template> <noscript> <title> <text> </text> text \0 ü
<details\x20ontoggle=x\x20open> <li> <span\x20class='material-icons'> <object\x20data='data:text/html,x'> ]]>
<video\x20src=//evil/x> <form\x20action=x>
"""
HTML_WORDS = [word.encode().decode("unicode_escape") if word.isascii() else word for word in HTML.split()]
HTML_PARTS = st.lists(st.sampled_from(HTML_WORDS), max_size=25).map("".join)
WORDS = st.one_of(HTML_PARTS, st.text(max_size=20))
NAMES = st.one_of(
    st.sampled_from(["a", "b", "c", "x/../y", "..", "run", "a:b", "../../etc/passwd", "0" * 32, "é", "a" * 300]),
    st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=10),
)
SETTINGS = st.dictionaries(
    st.sampled_from(
        [
            "display_name",
            "filename",
            "graded",
            "format",
            "max_attempts",
            "visible_to_staff_only",
            "youtube",
            "weight",
            "youtube_id_1_0",
            "transcripts",
            "html5_sources",
            "sub",
            "start_time",
            "end_time",
            "group_access",
            "due",
        ]
    ),
    st.one_of(
        st.sampled_from(
            [
                "true",
                "null",
                "3",
                "0",
                "-1",
                "nan",
                "1e999",
                "{}",
                '["/static/a.png"]',
                "00:01:00",
                '{"en": "a.srt"}',
                "1.00:abcdefghijk",
                "abcdefghijk",
            ]
        ),
        st.text(max_size=8),
    ),
    max_size=3,
)
RESPONSES = st.sampled_from(
    [
        "multiplechoiceresponse",
        "choiceresponse",
        "optionresponse",
        "stringresponse",
        "numericalresponse",
        "customresponse",
    ]
)


@st.composite
def problem_xml(draw: st.DrawFn) -> str:
    parts = []
    for _ in range(draw(st.integers(0, 3))):
        choices = "".join(
            f"<choice correct={quoteattr(draw(st.sampled_from(['true', 'false', 'partial'])))}>{draw(plain())}</choice>"
            for _ in range(draw(st.integers(0, 3)))
        )
        kind = draw(RESPONSES)
        field = draw(
            st.sampled_from(
                [
                    f"<choicegroup>{choices}</choicegroup>",
                    f"<checkboxgroup>{choices}</checkboxgroup>",
                    "<optioninput options=\"('a','b')\" correct='a'/>",
                    "<textline label='l'/>",
                    "",
                ]
            )
        )
        answer = quoteattr(draw(st.one_of(st.sampled_from(["5", "[1,2)", "$x", ".*", "("]), plain())))
        wrapper = draw(st.sampled_from(["", "div", "text", "td", "p"]))
        body = f"{draw(plain())}<{kind} answer={answer} type='regexp'><label>{draw(plain())}</label>{field}</{kind}>"
        parts.append(f"<{wrapper}>{body}</{wrapper}>" if wrapper else body)
    return "".join(parts) + draw(st.sampled_from(["", "<script>x = 1</script>", "<solution><p>s</p></solution>"]))


def plain() -> st.SearchStrategy[str]:
    """Text that may stand in XML."""
    return WORDS.map(lambda words: escape(re.sub("[^\t\n\x20-\ud7ff\ue000-\ufffd]", "", words)))


@st.composite
def part_xml(draw: st.DrawFn, depth: int = 4) -> str:
    kind = draw(st.sampled_from(KINDS))
    own = "".join(f" {name}={quoteattr(_xml_safe(value))}" for name, value in draw(SETTINGS).items())
    if draw(st.booleans()):
        own += f" url_name={quoteattr(_xml_safe(draw(NAMES)))}"
    if draw(st.integers(0, 3)) == 0 or depth == 0:
        return f"<{kind}{own}/>"
    if kind == "problem":
        return f"<problem{own}>{draw(problem_xml())}</problem>"
    if kind in ("html", "video", "poll", "wiki"):
        return f"<{kind}{own}>{draw(plain())}</{kind}>"
    return f"<{kind}{own}>{''.join(draw(st.lists(part_xml(depth=depth - 1), max_size=3)))}</{kind}>"


@st.composite
def archives(draw: st.DrawFn) -> dict[str, str | bytes]:
    body = "".join(draw(st.lists(part_xml(), min_size=1, max_size=3)))
    files: dict[str, str | bytes] = {"course/course.xml": f'<course url_name="run" org="o" course="c">{body}</course>'}
    for _ in range(draw(st.integers(0, 6))):
        kind = draw(st.sampled_from(KINDS))
        name = draw(st.sampled_from(["a", "b", "c", "a/b"]))
        files[f"course/{kind}/{name}.xml"] = draw(st.one_of(part_xml(), plain(), st.just("<a><b>")))
    files |= draw(
        st.dictionaries(
            st.sampled_from(
                [
                    "course/html/a.html",
                    "course/static/a.png",
                    "course/static/a.srt",
                    "course/static/a.js",
                    "course/about/overview.html",
                    "course/info/x",
                    "course/weird",
                    "outside",
                    "course/drafts/a",
                ]
            ),
            st.one_of(HTML_PARTS, st.binary(max_size=50)),
        )
    )
    if draw(st.booleans()):
        files["course/policies/run/policy.json"] = draw(
            st.sampled_from(
                ["{", "[]", "null", '{"course/run": 3}', '{"course/run": {"display_name": "\\u0000\\ud800x"}}']
            )
        )
    return files


def _xml_safe(text: str) -> str:
    return re.sub("[^\t\n\x20-\ud7ff\ue000-\ufffd]", "", text)


@contextmanager
def room() -> Iterator[tuple[Path, Path]]:
    """A folder for the archive and one to work in; afterwards nothing else is left."""
    with tempfile.TemporaryDirectory() as folder:
        outer, workspace = Path(folder), Path(folder, "in", "side")
        workspace.mkdir(parents=True)
        yield outer / "archive", workspace
        assert list(workspace.iterdir()) == []
        assert {path.relative_to(outer).as_posix() for path in outer.rglob("*")} <= {"archive", "in", "in/side"}


def try_to_read(path: Path, workspace: Path) -> None:
    try:
        with read(path, limits=LIMITS, workspace=workspace):
            pass
    except CourseArchiveError as error:
        assert str(error).endswith(".")


def assert_only_prose(html: str) -> None:
    """No element, attribute or address that isn't allowed."""
    if not html.strip():
        return
    for element in lxml_html.fragment_fromstring(html, create_parent="article").iter():
        assert isinstance(element.tag, str)
        assert element.tag in TAGS
        for name, value in element.attrib.items():
            assert name in ATTRIBUTES["*"] | ATTRIBUTES.get(element.tag, set()) | {"rel"}
            if name in ("href", "src", "cite"):
                assert value.split(":")[0] in SCHEMES, value
            assert not str(name).startswith("on")


def assert_sound(result: OlxCourse) -> None:
    ids: list[str] = []
    keys = [module.source_key for module in result.document.modules]
    keys += [lesson.source_key for module in result.document.modules for lesson in module.lessons]
    assert_only_prose(result.document.description)
    for item in items(result):
        if isinstance(item, HtmlBlock):
            assert_only_prose(item.html)
        if isinstance(item, HtmlBlock | SectionBlock):
            ids.append(item.id)
        if isinstance(item, VideoDocument):
            keys.append(item.source_key)
            assert re.match("https?:|asset:", item.url)
        if isinstance(item, AssessmentDocument):
            keys += [item.source_key, *(question.source_key for question in item.questions)]
            for question in item.questions:
                assert_only_prose(question.text)
                assert_only_prose(question.explanation)
    assert len(ids) == len(set(ids))
    assert len(keys) == len(set(keys))
    assert all(len(key) <= 64 for key in ids + keys)
    repr(result).encode()  # no lone surrogates, which no database takes


@few
@given(st.binary(max_size=3000))
def test_random_bytes_are_refused_in_words(data: bytes) -> None:
    with room() as (path, workspace):
        path.write_bytes(data)
        try_to_read(path, workspace)


@few
@given(archives(), st.data(), st.sampled_from(["w:gz", "w"]))
def test_a_damaged_archive_is_read_or_refused_in_words(
    files: dict[str, str | bytes], data: st.DataObject, mode: str
) -> None:
    with room() as (path, workspace):
        written = bytearray(tar(path, files, mode).read_bytes())
        for _ in range(data.draw(st.integers(1, 4))):
            written[data.draw(st.integers(0, len(written) - 1))] = data.draw(st.integers(0, 255))
        path.write_bytes(written[: data.draw(st.integers(1, len(written)))])
        try_to_read(path, workspace)


@few
@given(st.lists(st.tuples(NAMES, st.binary(max_size=20), st.sampled_from([b"0", b"1", b"2", b"5", b"6", b"S", b"x"]))))
def test_a_tar_of_random_names_and_kinds_never_writes_outside(members: list[tuple[str, bytes, bytes]]) -> None:
    with room() as (path, workspace):
        with tarfile.open(path, "w:gz") as archive:
            for name, content, kind in members:
                member = tarfile.TarInfo(name)
                member.type, member.linkname, member.size = kind, "/etc/passwd", len(content)
                archive.addfile(member, io.BytesIO(content))
        try_to_read(path, workspace)


@few
@given(st.dictionaries(NAMES.filter(bool), st.binary(max_size=20), max_size=8), st.integers(0, 0xFFFF))
def test_a_zip_of_random_names_and_modes_never_writes_outside(files: dict[str, bytes], mode: int) -> None:
    with room() as (path, workspace):
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in files.items():
                info = zipfile.ZipInfo(name)
                info.external_attr = mode << 16
                archive.writestr(info, content)
        try_to_read(path, workspace)


@settings(few, max_examples=200)
@given(archives())
def test_every_file_of_a_course_is_in_its_report_and_all_that_comes_of_it_is_sound(
    files: dict[str, str | bytes],
) -> None:
    with room() as (path, workspace):
        try:
            with read(tar(path, files), limits=LIMITS, workspace=workspace) as result:
                assert set(files) <= {item.path for item in result.report}
                assert all(item.detail for item in result.report if item.outcome != "imported")
                assert_sound(result)
        except CourseArchiveError as error:
            assert "course" in str(error)


@settings(few, max_examples=300)
@given(HTML_PARTS)
def test_sanitised_html_holds_prose_only(html: str) -> None:
    assert_only_prose(clean(html, Assets({"a.png": Path("/nowhere/a.png")})).html)
