"""Problems of Open edX as questions: each type, what changes on the way, and what is refused with what reason."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from learncraft.assessments.shapes import (
    AcceptedNumber,
    AcceptedPattern,
    AcceptedText,
    BlankKey,
    ChoiceKey,
    ChoicesKey,
    TruthKey,
)
from learncraft.interchange.document import Outcome, QuestionDocument
from learncraft.interchange.html import text_of
from learncraft.interchange.olx.prose import escaped
from tests.interchange.olx_archives import course, questions, reported, skipped, unit


def asked(tmp_path: Path, problem: str) -> list[QuestionDocument]:
    with course(tmp_path, unit(problem)) as result:
        return questions(result)


def refused(tmp_path: Path, problem: str) -> str:
    with course(tmp_path, unit(problem)) as result:
        return skipped(result, "problem")


def told(tmp_path: Path, problem: str) -> tuple[Outcome, str]:
    with course(tmp_path, unit(problem)) as result:
        item = reported(result, "problem")
        return item.outcome, item.detail


def choice(*options: tuple[str, bool], extra: str = "") -> str:
    choices = "".join(f'<choice correct="{str(right).lower()}">{text}</choice>' for text, right in options)
    return (
        f'<problem markdown="null"><multiplechoiceresponse><label>Which?</label><choicegroup type="MultipleChoice">'
        f"{choices}</choicegroup>{extra}</multiplechoiceresponse></problem>"
    )


def number(answer: str, inside: str = "") -> str:
    return f'<problem><numericalresponse answer="{answer}"><label>n?</label>{inside}</numericalresponse></problem>'


def text(attributes: str, inside: str = "") -> str:
    return f"<problem><stringresponse {attributes}><label>t?</label>{inside}<textline/></stringresponse></problem>"


def test_one_right_choice_is_multiple_choice(tmp_path: Path) -> None:
    [question] = asked(tmp_path, choice(("Lion", True), ("Tiger", False), ("Bear", False)))
    assert question.question_type == "multiple_choice"
    assert [option.text for option in question.options] == ["Lion", "Tiger", "Bear"]
    assert question.key == ChoiceKey(option="a")
    assert (question.text, question.text_format) == ("<p>Which?</p>", "html")


@pytest.mark.parametrize(("right", "value"), [(0, True), (1, False)])
def test_true_and_false_as_the_only_options_are_a_true_or_false_question(
    tmp_path: Path, right: int, value: bool
) -> None:
    [question] = asked(tmp_path, choice(("True", right == 0), (" false ", right == 1)))
    assert (question.question_type, question.options) == ("true_false", ())
    assert question.key == TruthKey(value=value)


def test_true_and_false_with_feedback_stay_options_so_that_the_feedback_does(tmp_path: Path) -> None:
    [question] = asked(tmp_path, choice(("True<choicehint>No!</choicehint>", False), ("False", True)))
    assert question.question_type == "multiple_choice"
    assert question.options[0].feedback == "No!"


def test_checkboxes_are_multi_select(tmp_path: Path) -> None:
    problem = (
        "<problem><choiceresponse><label>Which?</label><checkboxgroup>"
        '<choice correct="true">a</choice><choice correct="false">b<choicehint selected="true">Not b.</choicehint>'
        '<choicehint selected="false">Right.</choicehint></choice><choice correct="true">c</choice>'
        "</checkboxgroup></choiceresponse></problem>"
    )
    [question] = asked(tmp_path, problem)
    assert question.question_type == "multi_select"
    assert question.key == ChoicesKey(options=frozenset({"a", "c"}))
    assert question.options[1].feedback == "Not b."
    assert told(tmp_path, problem)[0] is Outcome.CONVERTED


@pytest.mark.parametrize(
    "menu",
    [
        """<optioninput options="('Sydney','Can\\'berra')" correct="Can'berra"/>""",
        '<optioninput><option correct="False">Sydney</option><option correct="True">Can\'berra</option></optioninput>',
    ],
)
def test_a_menu_is_multiple_choice(tmp_path: Path, menu: str) -> None:
    [question] = asked(tmp_path, f"<problem><p>Capital?</p><optionresponse>{menu}</optionresponse></problem>")
    assert question.question_type == "multiple_choice"
    assert [option.text for option in question.options] == ["Sydney", "Can'berra"]
    assert question.key == ChoiceKey(option="b")


def test_each_menu_of_a_table_is_a_question_with_its_place_marked(tmp_path: Path) -> None:
    cell = "<td><optionresponse><optioninput options=\"('x','y')\" correct=\"{}\"/></optionresponse></td>"
    problem = f"<problem><p>Fill in.</p><table><tr>{cell.format('x')}{cell.format('y')}</tr></table></problem>"
    first, second = asked(tmp_path, problem)
    assert (first.key, second.key) == (ChoiceKey(option="a"), ChoiceKey(option="b"))
    assert text_of(first.text) == "Fill in. [ ? ] [ … ]"
    assert text_of(second.text) == "Fill in. [ … ] [ ? ]"
    outcome, detail = told(tmp_path, problem)
    assert outcome is Outcome.CONVERTED
    assert "2 fields became a question each" in detail


def test_labelled_questions_share_the_beginning_and_others_dont(tmp_path: Path) -> None:
    one = '<stringresponse answer="x">{}<textline/></stringresponse>'
    labelled = f"<problem><p>Context.</p>{one.format('<label>A?</label>')}{one.format('<label>B?</label>')}</problem>"
    assert [text_of(question.text) for question in asked(tmp_path, labelled)] == ["Context. A?", "Context. B?"]
    bare = f"<problem><p>A?</p>{one.format('')}<p>B?</p>{one.format('')}</problem>"
    assert [text_of(question.text) for question in asked(tmp_path, bare)] == ["A?", "B?"]


def test_each_question_has_the_solution_that_follows_it(tmp_path: Path) -> None:
    one = '<p>Q</p><stringresponse answer="x"><textline/></stringresponse><solution><p>Because {}.</p></solution>'
    first, second = asked(tmp_path, f"<problem>{one.format('a')}{one.format('b')}</problem>")
    assert (first.explanation, second.explanation) == ("<p>Because a.</p>", "<p>Because b.</p>")


def test_a_solution_is_sanitised_and_loses_its_own_heading(tmp_path: Path) -> None:
    solution = '<solution><p>Explanation</p><p onclick="x()">So.</p><script>x</script></solution>'
    [question] = asked(tmp_path, choice(("a", True), ("b", False), extra=solution))
    assert question.explanation == "<p>So.</p>"


def test_hints_are_kept_with_the_explanation(tmp_path: Path) -> None:
    problem = number("4").replace("</problem>", "<demandhint><hint>Add.</hint></demandhint></problem>")
    [question] = asked(tmp_path, problem)
    assert "Add." in question.explanation
    assert "Add." not in question.text


@pytest.mark.parametrize(("attributes", "case_sensitive"), [('answer="Doc" type="ci"', False), ('answer="Doc"', True)])
def test_text_answers_are_accepted_wordings(tmp_path: Path, attributes: str, case_sensitive: bool) -> None:
    more = '<additional_answer answer="Sleepy"/><additional_answer>Happy</additional_answer>'
    [question] = asked(tmp_path, text(attributes, more))
    assert question.question_type == "fill_blank"
    assert question.key == BlankKey(
        accepted=tuple(AcceptedText(text=word, case_sensitive=case_sensitive) for word in ("Doc", "Sleepy", "Happy"))
    )


def test_regular_expressions_are_accepted_patterns(tmp_path: Path) -> None:
    [question] = asked(tmp_path, text('answer="..bble" type="ci regexp"'))
    assert question.key == BlankKey(accepted=(AcceptedPattern(pattern="..bble", case_sensitive=False),))


def test_a_regular_expression_that_cant_be_read_is_refused(tmp_path: Path) -> None:
    assert "regular expression" in refused(tmp_path, text('answer="(x" type="regexp"'))


@pytest.mark.parametrize(
    ("answer", "tolerance", "value", "absolute"),
    [
        ("600", "5", "600", "5"),
        ("600", "5%", "600", "30"),
        ("-200", "1%", "-200", "2"),
        ("12", "", "12", "0"),
        ("0.5", "", "0.5", "0.000005"),
        ("1.5e3", "0.01", "1500", "0.01"),
        ("[5,7]", "", "6", "1"),
        ("(0,1)", "", "0.5", "0.5"),
        (" −3 ", "0", "-3", "0"),
    ],
)
def test_numbers_are_accepted_within_an_absolute_tolerance(
    tmp_path: Path, answer: str, tolerance: str, value: str, absolute: str
) -> None:
    param = f'<responseparam type="tolerance" default="{tolerance}"/>' if tolerance else ""
    [question] = asked(tmp_path, number(answer, param))
    assert question.key == BlankKey(accepted=(AcceptedNumber(value=Decimal(value), tolerance=Decimal(absolute)),))


def test_more_right_numbers_are_accepted_too(tmp_path: Path) -> None:
    [question] = asked(tmp_path, number("4", '<additional_answer answer="8"/>'))
    assert isinstance(question.key, BlankKey)
    assert len(question.key.accepted) == 2


@pytest.mark.parametrize("answer", ["2*3", "sqrt(2)", "$x", "1e999", "[1,b]", "NaN", "inf"])
def test_answers_that_must_be_computed_are_refused(tmp_path: Path, answer: str) -> None:
    assert "expression" in refused(tmp_path, number(answer))


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        (choice(("a", False), ("b", False)), "No option is marked as right"),
        (choice(("a", True), ("b", True)), "Several options"),
        (choice(("a", True)), "fewer than two"),
        (choice(("a", True), ("", False)), "no text"),
        (choice(("a", True), ("b", False)).replace("Which?", ""), "no text that asks"),
        (text('answer=" "'), "no right answer"),
        (text(""), "no right answer"),
        ("<problem/>", "empty"),
        ("<problem><p>Only words.</p></problem>", "no field"),
        ("<problem><label>x</label><customresponse cfn='f'><textline/></customresponse></problem>", "script"),
        ("<problem><formularesponse answer='x'><label>f?</label><textline/></formularesponse></problem>", "formula"),
        ("<problem><schematicresponse/></problem>", "circuit"),
        ("<problem><imageresponse><imageinput src='x'/></imageresponse></problem>", "click on a picture"),
        ("<problem><annotationresponse/></problem>", "annotated"),
        ("<problem><customresponse><jsinput/></customresponse></problem>", "web application"),
        ("<problem><strangeresponse/></problem>", "strangeresponse"),
        (
            "<problem><script>x = random.randint(0, 9)</script><p>What is $x + 1?</p>"
            "<numericalresponse answer='5'/></problem>",
            "script computes",
        ),
    ],
)
def test_a_problem_that_cant_be_asked_is_skipped_with_its_reason(tmp_path: Path, problem: str, reason: str) -> None:
    assert reason in refused(tmp_path, problem)


def test_prices_in_dollars_arent_taken_for_variables(tmp_path: Path) -> None:
    problem = "<problem><script>y = 1</script><p>It costs $USD 5 or $x.</p>" + number("5")[9:]
    assert len(asked(tmp_path, problem)) == 1


def test_what_can_be_asked_of_a_problem_is_kept_when_the_rest_cant(tmp_path: Path) -> None:
    problem = text('answer="x"').replace("</problem>", "<p>And?</p><schematicresponse/></problem>")
    assert len(asked(tmp_path, problem)) == 1
    outcome, detail = told(tmp_path, problem)
    assert outcome is Outcome.CONVERTED
    assert "1 of its fields" in detail


def test_prose_in_a_text_wrapper_isnt_lost(tmp_path: Path) -> None:
    problem = '<problem><text><p>Deep?</p><stringresponse answer="x"><textline/></stringresponse></text></problem>'
    assert [text_of(question.text) for question in asked(tmp_path, problem)] == ["Deep?"]


def test_a_field_within_a_sentence_leaves_its_mark(tmp_path: Path) -> None:
    problem = (
        '<problem><p>The sky is <stringresponse answer="blue"><textline inline="1"/></stringresponse>.</p></problem>'
    )
    assert [text_of(question.text) for question in asked(tmp_path, problem)] == ["The sky is [ ? ]."]


def test_a_field_without_prose_is_asked_by_its_label_attribute(tmp_path: Path) -> None:
    problem = '<problem><stringresponse answer="x"><textline label="Name it."/></stringresponse></problem>'
    assert [text_of(question.text) for question in asked(tmp_path, problem)] == ["Name it."]


def test_pictures_in_options_and_prompts_come_along(tmp_path: Path) -> None:
    problem = choice(('<img src="/static/a_b.png" alt="A [b]"/>', True), ("none", False))
    problem = problem.replace("<label>", '<p><img src="/static/a_b.png"/></p><label>')
    with course(tmp_path, unit(problem, more={"course/static/a b.png": b"png"})) as result:
        [question] = questions(result)
        assert question.options[0].text == r"![A \[b\]](asset:a%20b.png)"
        assert 'src="asset:a%20b.png"' in question.text
        assert list(result.document.files) == ["a b.png"]


def test_markup_in_options_becomes_markdown(tmp_path: Path) -> None:
    problem = choice(("<b>x</b><sup>2</sup> and <code>a*b</code> * 2", True), ("1. first", False))
    [question] = asked(tmp_path, problem)
    assert [option.text for option in question.options] == [r"**x**² and `a*b` \* 2", r"1\. first"]


def test_weights_are_points(tmp_path: Path) -> None:
    [question] = asked(tmp_path, number("4").replace("<problem>", '<problem weight="3.0">'))
    assert question.points == 3


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=60))
def test_escaped_text_is_shown_exactly_as_it_was(words: str) -> None:
    words = " ".join(words.split())
    html = MarkdownIt("commonmark").enable("strikethrough").render(escaped(words))
    assert text_of(html) == words
