"""Open edX archives: the course that they give, and a report that speaks of everything in them."""

from __future__ import annotations

import os
import tarfile
from collections import Counter
from pathlib import Path

import pytest

from learncraft.courses.blocks import HtmlBlock, SectionBlock
from learncraft.interchange.document import AssessmentDocument, Outcome, VideoDocument
from learncraft.interchange.errors import CourseArchiveError
from learncraft.interchange.olx import read
from tests.interchange.olx_archives import (
    COURSE,
    Files,
    assessments,
    course,
    items,
    questions,
    reported,
    skipped,
    tar,
    unit,
    videos,
)

PARTS = '<html url_name="h"/><problem url_name="p"/>'
TEXT = "<html><p>Some words to read.</p></html>"
YES_NO = (
    "<problem {}><multiplechoiceresponse><label>Yes?</label><choicegroup>"
    '<choice correct="true">yes</choice><choice correct="false">no</choice>'
    "</choicegroup></multiplechoiceresponse></problem>"
)
DEMO = (
    Path(os.environ.get("LEARNCRAFT_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
    / "olx"
    / "openedx-demo-course.tar.gz"
)


def in_files() -> Files:
    """The same small course with each part in a file of its own, as Studio exports it."""
    return {
        "course/course.xml": '<course url_name="run" org="Org" course="C1"/>',
        "course/course/run.xml": '<course display_name="A Course"><chapter url_name="ch"/></course>',
        "course/chapter/ch.xml": '<chapter display_name="Module"><sequential url_name="se"/></chapter>',
        "course/sequential/se.xml": '<sequential display_name="Lesson"><vertical url_name="ve"/></sequential>',
        "course/vertical/ve.xml": '<vertical display_name="Unit">' + PARTS + "</vertical>",
        "course/html/h.xml": '<html filename="h" display_name="Hello"/>',
        "course/html/h.html": "<p>Some words to read.</p>",
        "course/problem/p.xml": YES_NO.format(""),
    }


def test_parts_in_files_of_their_own_give_the_same_course_as_parts_in_place(tmp_path: Path) -> None:
    in_place = unit(
        f'<html url_name="h" display_name="Hello"><p>Some words to read.</p></html>'
        f"{YES_NO.format('url_name=' + chr(34) + 'p' + chr(34))}"
    )
    with course(tmp_path, in_files()) as apart, course(tmp_path, in_place) as together:
        assert apart.document == together.document
        assert apart.document.source_key == "olx:Org/C1/run"
        assert apart.document.slug == "a-course"


def test_a_unit_is_a_section_followed_by_its_parts_in_order(tmp_path: Path) -> None:
    with course(tmp_path, unit(f'{TEXT}<video youtube_id_1_0="abcdefghijk"/>{YES_NO.format("")}{TEXT}')) as result:
        kinds = [type(item) for item in items(result)]
        assert kinds == [SectionBlock, HtmlBlock, VideoDocument, AssessmentDocument, HtmlBlock]
        assert items(result)[0].title == "Unit"  # type: ignore[union-attr]


def test_the_problems_of_a_unit_are_one_assessment_where_the_first_stands(tmp_path: Path) -> None:
    components = f"{TEXT}{YES_NO.format('')}{TEXT}{YES_NO.format('')}"
    with course(tmp_path, unit(components)) as result:
        kinds = [type(item) for item in items(result)]
        assert kinds == [SectionBlock, HtmlBlock, AssessmentDocument, HtmlBlock]
        [assessment] = assessments(result)
        assert (assessment.title, len(assessment.questions)) == ("Unit", 2)
        assert len({question.source_key for question in assessment.questions}) == 2


@pytest.mark.parametrize(
    ("sequential", "kind"),
    [
        ("", "practice"),
        ('graded="true" format="Homework"', "quiz"),
        ('graded="true" format="Final Exam"', "exam"),
        ('graded="false" format="Final Exam"', "practice"),
    ],
)
def test_grading_says_what_kind_of_assessment_it_is(tmp_path: Path, sequential: str, kind: str) -> None:
    with course(tmp_path, unit(YES_NO.format(""), sequential)) as result:
        assert assessments(result)[0].assessment_type == kind


def test_attempts_are_limited_as_loosely_as_the_loosest_problem(tmp_path: Path) -> None:
    three, two, free = YES_NO.format('max_attempts="3"'), YES_NO.format('max_attempts="2"'), YES_NO.format("")
    with course(tmp_path, unit(three + two)) as result:
        assert assessments(result)[0].max_attempts == 3
    with course(tmp_path, unit(three + free)) as result:
        assert assessments(result)[0].max_attempts is None


@pytest.mark.parametrize(
    ("components", "kind"),
    [
        (TEXT, "reading"),
        (YES_NO.format(""), "quiz"),
        ('<video youtube_id_1_0="abcdefghijk"/>' + TEXT, "video"),
        ('<video youtube_id_1_0="abcdefghijk"/>' + TEXT * 3, "mixed"),
        (TEXT + YES_NO.format(""), "mixed"),
    ],
)
def test_a_lesson_is_of_the_kind_that_it_mostly_is(tmp_path: Path, components: str, kind: str) -> None:
    with course(tmp_path, unit(components)) as result:
        [lesson] = result.document.modules[0].lessons
        assert lesson.lesson_type == kind
        assert lesson.duration_minutes >= 1


def test_a_lesson_lasts_as_long_as_reading_watching_and_answering(tmp_path: Path) -> None:
    words = "<html><p>" + "word " * 400 + "</p></html>"
    video = '<video youtube_id_1_0="abcdefghijk" start_time="00:01:00" end_time="00:06:00"/>'
    with course(tmp_path, unit(words + video + YES_NO.format(""))) as result:
        assert result.document.modules[0].lessons[0].duration_minutes == 2 + 5 + 1


def test_only_files_that_something_refers_to_are_imported(tmp_path: Path) -> None:
    files = unit(
        '<html><img src="/static/used.png"/></html>',
        more={"course/static/used.png": b"1", "course/static/unused.png": b"2", "course/static/x.js": "3"},
    )
    with course(tmp_path, files) as result:
        assert list(result.document.files) == ["used.png"]
        details = {item.title: item.detail for item in result.report if item.kind == "file"}
        assert details["unused.png"] == "Nothing in the imported course refers to it."
        assert details["x.js"] == "Scripts aren't run in lessons."


def test_the_same_archive_gives_the_same_keys_and_ids(tmp_path: Path) -> None:
    components = TEXT * 2 + YES_NO.format("") + '<video youtube_id_1_0="abcdefghijk"/>'
    with course(tmp_path, unit(components)) as first, course(tmp_path, unit(components)) as second:
        assert first.document == second.document
        ids = [item.id for item in items(first) if isinstance(item, HtmlBlock | SectionBlock)]
        assert len(set(ids)) == 3
        assert all(len(block_id) <= 64 for block_id in ids)


def test_a_missing_file_costs_only_its_own_part(tmp_path: Path) -> None:
    files = in_files()
    del files["course/problem/p.xml"]
    with course(tmp_path, files) as result:
        assert "has no file problem/p.xml" in skipped(result, "problem")
        assert any(isinstance(item, HtmlBlock) for item in items(result))


def test_bad_xml_costs_only_its_own_part_and_is_told_with_its_line(tmp_path: Path) -> None:
    files = in_files() | {"course/problem/p.xml": "<problem>\n<p>\n</problem>"}
    with course(tmp_path, files) as result:
        assert "line 3" in skipped(result, "problem")
        assert any(isinstance(item, HtmlBlock) for item in items(result))


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"course/course.xml": "<course"}, "line 1"),
        ({"course/course.xml": "<library/>"}, "<library>"),
        ({"course/course.xml": '<course url_name="r"/>', "course/course/r.xml": "<course><"}, "line 1"),
        ({"course/course.xml": '<course url_name="r" org="o" course="c"/>'}, "no file course/r.xml"),
        ({"course/index.html": "hello"}, "no course.xml"),
        ({"library/library.xml": "<library/>"}, "content library"),
    ],
)
def test_an_archive_without_a_readable_course_is_refused(tmp_path: Path, files: Files, reason: str) -> None:
    with pytest.raises(CourseArchiveError, match=reason), course(tmp_path, files):
        pytest.fail("the archive was accepted")


def test_entities_and_outside_files_are_never_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    laughs = '<!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">'
    doctype = f'<!DOCTYPE problem [<!ENTITY a "ha"><!ENTITY x SYSTEM "file://{secret}">{laughs}]>'
    files = in_files() | {
        "course/problem/p.xml": doctype + YES_NO.format("").replace("Yes?", "Yes? &x; &c;"),
        "course/vertical/ve.xml": f'<!DOCTYPE vertical [<!ENTITY x SYSTEM "file://{secret}">]>'
        '<vertical display_name="Unit"><html url_name="h"/><problem url_name="p"/>&x;</vertical>',
    }
    with course(tmp_path, files) as result:
        assert "the secret" not in repr(result)
        assert "haha" not in repr(result)


def test_a_part_that_holds_itself_is_read_once(tmp_path: Path) -> None:
    files = in_files() | {
        "course/vertical/ve.xml": f'<vertical>{PARTS}<vertical url_name="ve"/><html url_name="h"/></vertical>'
    }
    with course(tmp_path, files) as result:
        assert sum(isinstance(item, HtmlBlock) for item in items(result)) == 1
        assert sum("second time" in item.detail for item in result.report) == 2


def test_what_only_staff_may_see_is_skipped_with_all_within(tmp_path: Path) -> None:
    files = in_files() | {
        "course/sequential/se.xml": '<sequential visible_to_staff_only="true"><vertical url_name="ve"/></sequential>'
    }
    with course(tmp_path, files) as result:
        assert result.document.modules == ()
        told = {item.path: item.detail for item in result.report}
        assert "Only staff" in told["course/sequential/se.xml"]
        assert "left out" in told["course/html/h.html"]
        assert "left out" in told["course/problem/p.xml"]


def test_a_library_shows_all_its_problems(tmp_path: Path) -> None:
    library = f'<library_content max_count="1">{YES_NO.format("")}{YES_NO.format("")}</library_content>'
    with course(tmp_path, unit(library)) as result:
        assert len(questions(result)) == 2
        assert reported(result, "library_content").outcome is Outcome.CONVERTED


@pytest.mark.parametrize(
    "kind",
    [
        "lti",
        "poll",
        "survey",
        "drag-and-drop-v2",
        "openassessment",
        "edx_sga",
        "done",
        "staffgradedxblock",
        "discussion",
        "split_test",
        "never_heard_of",
    ],
)
def test_what_has_no_counterpart_is_skipped_with_a_sentence(tmp_path: Path, kind: str) -> None:
    with course(tmp_path, unit(f'{TEXT}<{kind} url_name="x" weight="1"/>')) as result:
        detail = skipped(result, kind)
        assert detail.endswith(".")
        assert len(detail.split()) > 5


def test_an_annotated_text_keeps_its_words_and_lists_its_remarks(tmp_path: Path) -> None:
    text = '<annotatable><p>By <annotation body="A journey.">zealous pilgrimage</annotation></p></annotatable>'
    with course(tmp_path, unit(text)) as result:
        block = items(result)[-1]
        assert isinstance(block, HtmlBlock)
        assert "By zealous pilgrimage" in block.html
        assert "“zealous pilgrimage”: A journey." in block.html


def test_a_component_of_scripts_alone_is_skipped(tmp_path: Path) -> None:
    files = in_files() | {"course/html/h.html": '<script src="/static/x.js"></script><link href="/static/x.css">'}
    with course(tmp_path, files) as result:
        [item] = [item for item in result.report if item.path == "course/html/h.html"]
        assert item.detail.startswith("It holds only scripts and styles")


def test_a_text_shown_to_some_groups_is_told_of(tmp_path: Path) -> None:
    with course(tmp_path, unit('<html group_access="{&quot;1&quot;: [2]}"><p>a</p></html>')) as result:
        assert "some groups" in reported(result, "html").detail


def test_the_courses_own_words_and_settings_are_taken(tmp_path: Path) -> None:
    files = unit(TEXT) | {
        "course/about/overview.html": "<h2>About</h2><script>x</script>",
        "course/about/short_description.html": "Short <b>words</b>",
        "course/policies/run/policy.json": '{"course/run": {"language": "fr", "course_image": "card.png", '
        '"display_name": "From the policy"}}',
        "course/policies/run/grading_policy.json": '{"GRADE_CUTOFFS": {"A": 0.9, "C": 0.55}}',
        "course/static/card.png": b"png",
    }
    files["course/course.xml"] = str(files["course/course.xml"]).replace(TEXT, TEXT + YES_NO.format(""))
    with course(tmp_path, files) as result:
        document = result.document
        assert document.description == "<h2>About</h2>"
        assert document.short_description == "Short words"
        assert (document.title, document.language, document.image) == ("From the policy", "fr", "card.png")
        assert assessments(result)[0].passing_score == 55


def test_older_courses_without_sequentials_or_chapters_are_read_too(tmp_path: Path) -> None:
    body = (
        f'<chapter display_name="M"><html display_name="Alone"><p>a</p></html></chapter><sequential>{TEXT}</sequential>'
    )
    with course(tmp_path, {"course.xml": COURSE.format(body)}) as result:
        assert [[lesson.title for lesson in module.lessons] for module in result.document.modules] == [
            ["Alone"],
            ["Lesson"],
        ]


def test_every_kind_of_file_is_spoken_of(tmp_path: Path) -> None:
    files = in_files() | dict.fromkeys(
        [
            "course/drafts/vertical/d.xml",
            "course/info/updates.html",
            "course/tabs/a.html",
            "course/vertical/unused.xml",
            "course/about/effort.html",
            "course/policies/assets.json",
            "course/assets/assets.xml",
            "course/static/a.css",
            "course/strange.bin",
            "README.md",
            "__MACOSX/course/._course.xml",
            "course/.DS_Store",
        ],
        "something",
    )
    with course(tmp_path, files) as result:
        told = {item.path: item.detail for item in result.report}
        assert set(files) <= set(told)
        assert all(told[name] for name in files if files[name] == "something")


@pytest.mark.skipif(not DEMO.exists(), reason=f"the Open edX demo course isn't at {DEMO}")
def test_the_demo_course_of_open_edx_is_read_as_a_whole() -> None:
    with tarfile.open(DEMO) as archive:
        members = {member.name for member in archive if member.isfile()}
    with read(DEMO) as result:
        document = result.document
        assert document.title == "Open edX Demo Course"
        assert document.image == "DemoX-Course-Card.png"
        assert len(document.modules) == 6
        assert sum(len(module.lessons) for module in document.modules) == 17
        assert sum(isinstance(item, SectionBlock) for item in items(result)) == 58
        assert len(videos(result)) == 11
        assert Counter(question.question_type for question in questions(result)) == {
            "multiple_choice": 18,
            "multi_select": 2,
            "fill_blank": 7,
        }
        told = [item.path for item in result.report]
        assert members <= set(told)
        assert len(told) == len(set(told))
        assert all(file.path.stat().st_size for file in document.files.values())


def test_an_archive_and_its_unpacked_folder_give_the_same_course(tmp_path: Path) -> None:
    path = tar(tmp_path / "c.tar.gz", in_files())
    with tarfile.open(path) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    with read(path) as packed, read(tmp_path / "unpacked") as folder:
        assert packed.document == folder.document
        assert packed.report == folder.report
