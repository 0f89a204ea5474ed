"""Writing an assessment: drafts that lose nothing, checks in sentences, versions of what was answered, draws."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.assessments import (
    bank,
    checking,
    comparing,
    corrections,
    draft_questions,
    drafting,
    grading,
    pools,
    publishing,
    queries,
    regrading,
    service,
    unpublished,
)
from learncraft.assessments.draft_shapes import (
    DraftAccepted,
    DraftDraw,
    DraftOption,
    DraftQuestion,
    DraftSettings,
    DraftTest,
)
from learncraft.assessments.errors import (
    DraftChangedError,
    InvalidBankError,
    InvalidQuestionError,
    NotYoursToWriteError,
)
from learncraft.assessments.models import Assessment, AssessmentAttempt, AssessmentType, Question, QuestionType
from learncraft.assessments.shapes import BlankResponse, ChoiceKey, ChoiceResponse, ChoicesResponse, TruthResponse
from learncraft.db import new_id
from tests.assessments.exam import RIGHT, Exam, grader, make_exam, save, start, submit


def choice(text: str = "Which?", right: str = "a", points: str = "1") -> DraftQuestion:
    options = (DraftOption(id="a", text="One"), DraftOption(id="b", text="Two"))
    return DraftQuestion(id=new_id(), text=text, options=options, right=(right,), points=points)


def new_quiz(session: Session) -> tuple[Exam, Viewer, UUID]:
    """A quiz without questions, in the lesson of an exam that somebody is enrolled for."""
    exam = make_exam(session, questions=1)
    teacher = grader(session, exam)
    made = drafting.create(
        session, teacher, lesson_id=exam.lesson_id, title="Joins", assessment_type=AssessmentType.QUIZ
    )
    return exam, teacher, made


def opened(session: Session, teacher: Viewer, assessment_id: UUID) -> drafting.OpenDraft:
    found = drafting.open_draft(session, teacher, assessment_id)
    assert found is not None
    return found


def test_what_is_typed_is_seen_by_learners_only_once_it_is_published(session: Session) -> None:
    exam, teacher, quiz = new_quiz(session)
    question = choice(text="Half a que")
    drafting.save_question(session, teacher, quiz, question)
    assert queries.assessment_for(session, exam.learner_id, quiz) is None
    typed = question.model_copy(update={"text": "Half a question?"})
    drafting.save_question(session, teacher, quiz, typed, seen=question)
    done = publishing.publish(session, teacher, quiz)
    assert (done.added, done.new_versions, done.removed) == (1, 0, 0)
    shown = queries.assessment_for(session, exam.learner_id, quiz)
    assert shown is not None
    assert (shown.title, shown.questions, shown.points) == ("Joins", 1, Decimal(1))
    draft = opened(session, teacher, quiz)
    assert (draft.has_changes, draft.is_published) == (False, True)
    assert draft.document.questions[0].text == "Half a question?"


def test_two_who_write_at_once_never_overwrite_each_other_unseen(session: Session) -> None:
    exam, teacher, quiz = new_quiz(session)
    one, other = choice("One"), choice("Other")
    for question in (one, other):
        drafting.save_question(session, teacher, quiz, question)
    colleague = grader(session, exam, 1)
    theirs = one.model_copy(update={"text": "Theirs"})
    drafting.save_question(session, colleague, quiz, theirs, seen=one)
    with pytest.raises(DraftChangedError, match="compare both"):
        drafting.save_question(session, teacher, quiz, one.model_copy(update={"text": "Mine"}), seen=one)
    drafting.save_question(session, teacher, quiz, other.model_copy(update={"text": "Mine"}), seen=other)
    found = opened(session, teacher, quiz).document
    assert [question.text for question in found.questions] == ["Theirs", "Mine"]
    drafting.save_question(session, teacher, quiz, theirs, seen=one)  # the same again is no conflict
    with pytest.raises(DraftChangedError, match="then delete it"):
        drafting.delete_question(session, teacher, quiz, one)
    with pytest.raises(DraftChangedError, match="then discard it"):
        drafting.discard(session, colleague, quiz, seen=None)
    drafting.delete_question(session, colleague, quiz, theirs)
    with pytest.raises(DraftChangedError):
        drafting.save_question(session, teacher, quiz, choice().model_copy(update={"id": one.id}), seen=theirs)


def test_questions_move_and_come_back_where_they_were(session: Session) -> None:
    _, teacher, quiz = new_quiz(session)
    made = [choice(text) for text in "abc"]
    for question in made:
        drafting.save_question(session, teacher, quiz, question)
    drafting.move_question(session, teacher, quiz, made[2].id, by=-1)
    drafting.move_question(session, teacher, quiz, made[0].id, by=-1)
    drafting.delete_question(session, teacher, quiz, made[0])
    drafting.save_question(session, teacher, quiz, made[0], at=0)
    assert [one.text for one in opened(session, teacher, quiz).document.questions] == ["a", "c", "b"]
    drafting.discard(session, teacher, quiz, seen=None)
    assert opened(session, teacher, quiz).document.questions == ()


def test_only_those_who_teach_the_course_write(session: Session) -> None:
    _, _, quiz = new_quiz(session)
    stranger = grader(session, make_exam(session))
    assert drafting.open_draft(session, stranger, quiz) is None
    for action in (
        lambda: drafting.save_question(session, stranger, quiz, choice()),
        lambda: publishing.publish(session, stranger, quiz),
        lambda: drafting.discard(session, stranger, quiz, seen=None),
    ):
        with pytest.raises(NotYoursToWriteError):
            action()


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (choice(text=" "), "There is no question text."),
        (choice(right="z"), "No answer is marked as right."),
        (choice(points="0"), "It must be worth more than 0 points"),
        (choice(points="two"), "What it is worth is no number"),
        (choice().model_copy(update={"options": (DraftOption(id="a", text="One"), DraftOption(id="b"))}), "Option 2"),
        (choice().model_copy(update={"right": ("a", "b")}), "only one can be chosen"),
        (choice().model_copy(update={"question_type": QuestionType.TRUE_FALSE}), "whether the statement is true"),
        (choice().model_copy(update={"question_type": QuestionType.FILL_BLANK}), "no accepted answer"),
        (
            choice().model_copy(
                update={
                    "question_type": QuestionType.FILL_BLANK,
                    "accepted": (DraftAccepted(kind="pattern", text="(a"),),
                }
            ),
            "can't be graded",
        ),
        (choice().model_copy(update={"question_type": QuestionType.CODE}), "There is no test"),
        (
            choice().model_copy(update={"question_type": QuestionType.CODE, "tests": (DraftTest(title="One"),)}),
            "expects nothing",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "question",
)
def test_what_is_missing_is_said_and_nothing_is_published(
    session: Session, question: DraftQuestion, sentence: str
) -> None:
    _, teacher, quiz = new_quiz(session)
    drafting.save_question(session, teacher, quiz, question)
    with pytest.raises(InvalidQuestionError, match="Question 1"):
        publishing.publish(session, teacher, quiz)
    [problem] = checking.problems_of(opened(session, teacher, quiz).document, {})
    assert sentence in problem.sentence
    assert problem.draft_id == question.id


def test_settings_that_contradict_each_other_are_said(session: Session) -> None:
    _, teacher, quiz = new_quiz(session)
    seen = opened(session, teacher, quiz).document.settings
    settings = seen.model_copy(update={"title": " ", "passing_score": 101, "show_answers": "after_close"})
    drafting.save_settings(session, teacher, quiz, seen=seen, settings=settings)
    said = " ".join(one.sentence for one in checking.problems_of(opened(session, teacher, quiz).document, {}))
    for words in ("no title", "passing score", "never closes", "no questions"):
        assert words in said
    with pytest.raises(DraftChangedError):
        drafting.save_settings(session, teacher, quiz, seen=seen, settings=DraftSettings(title="Other"))


def test_a_question_is_the_same_after_it_was_stored_and_read(session: Session) -> None:
    exam = make_exam(session)
    for row in session.scalars(select(Question).where(Question.assessment_id == exam.assessment_id)):
        draft, problems = draft_questions.ready(draft_questions.drafted(row))
        assert problems == []
        assert draft is not None
        assert draft.key == grading.parse_key(row.question_type, row.correct_answer)
        assert draft.points == row.points


def test_the_key_of_what_is_published_scores_full(session: Session) -> None:
    rights = {
        QuestionType.MULTIPLE_CHOICE: (choice(), ChoiceResponse(option="a")),
        QuestionType.MULTI_SELECT: (choice(), ChoicesResponse(options=frozenset("a"))),
        QuestionType.TRUE_FALSE: (choice().model_copy(update={"truth": False}), TruthResponse(value=False)),
        QuestionType.FILL_BLANK: (
            choice().model_copy(update={"accepted": (DraftAccepted(kind="number", text="2,5", tolerance="0.1"),)}),
            BlankResponse(text="2.6"),
        ),
    }
    for kind, (question, response) in rights.items():
        options = question.options if kind in {"multiple_choice", "multi_select"} else ()
        draft, _ = draft_questions.ready(question.model_copy(update={"question_type": kind, "options": options}))
        assert draft is not None
        assert grading.grade(grading.GradedQuestion(draft.key, draft.points), response).points == draft.points


def test_nobody_touched_a_question_whose_text_a_file_ended_with_an_empty_line(session: Session) -> None:
    exam = make_exam(session)
    teacher = grader(session, exam)
    session.get_one(Question, exam.question_ids[0]).content = "Which one?\n"
    start(session, exam)
    settings = opened(session, teacher, exam.assessment_id).document.settings
    longer = settings.model_copy(update={"time_limit_minutes": 90})
    drafting.save_settings(session, teacher, exam.assessment_id, seen=settings, settings=longer)
    assert publishing.publish(session, teacher, exam.assessment_id).new_versions == 0


def test_a_question_that_was_answered_is_not_edited_but_followed_by_a_version(session: Session) -> None:
    exam = make_exam(session)
    teacher = grader(session, exam)
    attempt = start(session, exam)
    save(session, exam, attempt, 0, RIGHT[0])
    submit(session, exam, attempt)
    draft = opened(session, teacher, exam.assessment_id)
    assert draft.asked == set(exam.question_ids)
    first, second = draft.document.questions[:2]
    drafting.save_question(
        session, teacher, exam.assessment_id, first.model_copy(update={"text": "Reworded"}), seen=first
    )
    drafting.delete_question(session, teacher, exam.assessment_id, second)
    done = publishing.publish(session, teacher, exam.assessment_id)
    assert (done.added, done.new_versions, done.removed) == (0, 1, 1)
    old = session.get_one(Question, exam.question_ids[0])
    assert (old.content, old.retired_at is not None) == ("Which one?", True)
    new = session.scalars(select(Question).where(Question.replaces_id == old.id)).one()
    assert (new.content, new.version) == ("Reworded", 2)
    result = queries.result_for(session, exam.learner_id, attempt)
    assert result is not None
    assert "Which one?" in [question.content for question in result.questions]
    again = session.get_one(AssessmentAttempt, start(session, exam))
    assert str(new.id) in again.question_ids
    assert str(exam.question_ids[1]) not in again.question_ids


def test_a_corrected_key_goes_into_the_draft_that_waits(session: Session) -> None:
    exam = make_exam(session)
    teacher = grader(session, exam)
    submit(session, exam, start(session, exam))
    draft = opened(session, teacher, exam.assessment_id)
    last = draft.document.questions[-1]
    drafting.save_question(
        session, teacher, exam.assessment_id, last.model_copy(update={"explanation": "Because."}), seen=last
    )
    regrading.regrade(
        session, teacher, question_id=exam.question_ids[0], key=ChoiceKey(option="b"), reason="It was b all along."
    )
    assert opened(session, teacher, exam.assessment_id).document.questions[0].right == ("b",)
    assert publishing.publish(session, teacher, exam.assessment_id).new_versions == 1


def make_bank(session: Session, teacher: Viewer, tags: list[list[str]], points: str = "2") -> tuple[UUID, list[UUID]]:
    made = bank.create(session, teacher, title="Pool")
    return made, [
        bank.save_item(session, teacher, made, choice(f"Item {number}", points=points), given)
        for number, given in enumerate(tags)
    ]


def seen(session: Session, viewer: Viewer, item_id: UUID) -> bank.Seen:
    there = bank.standing(session, viewer, item_id)
    assert there is not None
    return there.seen


def test_each_attempt_draws_so_many_and_the_bank_changes_no_result(session: Session) -> None:
    exam, teacher, quiz = new_quiz(session)
    bank_id, items = make_bank(session, teacher, [["joins"], ["joins"], ["joins"], ["other"]])
    drafting.save_question(session, teacher, quiz, choice("Fixed"))
    draws = [DraftDraw(bank_id=bank_id, tag="joins", count=2)]
    drafting.save_draws(session, teacher, quiz, seen=(), draws=draws)
    publishing.publish(session, teacher, quiz)
    shown = queries.assessment_for(session, exam.learner_id, quiz)
    assert shown is not None
    assert (shown.questions, shown.points) == (3, Decimal(5))
    attempt = service.start_attempt(session, learner_id=exam.learner_id, assessment_id=quiz)
    view = queries.attempt_for(session, exam.viewer, attempt)
    assert view is not None
    texts = sorted(question.content for question in view.questions)
    assert len(texts) == 3
    assert "Item 3" not in texts
    for item in items[:3]:
        reworded = choice("Reworded", points="2")
        bank.save_item(session, teacher, bank_id, reworded, ["joins"], changes=seen(session, teacher, item))
    view = queries.attempt_for(session, exam.viewer, attempt)
    assert view is not None
    assert sorted(question.content for question in view.questions) == texts
    service.submit_attempt(session, learner_id=exam.learner_id, attempt_id=attempt)
    again = queries.attempt_for(
        session,
        exam.viewer,
        service.start_attempt(session, learner_id=exam.learner_id, assessment_id=quiz),
    )
    assert again is not None
    assert sorted(question.content for question in again.questions) == ["Fixed", "Reworded", "Reworded"]
    with pytest.raises(InvalidBankError, match="Draw fewer"):
        for item in items[:2]:
            bank.delete_item(session, teacher, bank_id, seen(session, teacher, item))


def test_a_question_that_two_rules_need_together_is_not_deleted(session: Session) -> None:
    _, teacher, quiz = new_quiz(session)
    bank_id, items = make_bank(session, teacher, [["a"], ["a", "b"], ["b"], ["c"]])
    draws = [DraftDraw(bank_id=bank_id, tag=tag, count=count) for tag, count in (("a", 1), ("b", 2))]
    drafting.save_draws(session, teacher, quiz, seen=(), draws=draws)
    publishing.publish(session, teacher, quiz)
    # Two with b are left without it; but one of them is all that the rule for a would have.
    with pytest.raises(InvalidBankError, match="Draw fewer"):
        bank.delete_item(session, teacher, bank_id, seen(session, teacher, items[0]))
    bank.delete_item(session, teacher, bank_id, seen(session, teacher, items[3]))


def test_a_tag_that_a_published_rule_needs_is_not_taken_away_and_uneven_points_are_said_at_once(
    session: Session,
) -> None:
    _, teacher, quiz = new_quiz(session)
    bank_id, items = make_bank(session, teacher, [["a"], ["a"], ["b"]])
    drafting.save_draws(session, teacher, quiz, seen=(), draws=[DraftDraw(bank_id=bank_id, tag="a", count=2)])
    publishing.publish(session, teacher, quiz)
    other, last = choice("Other", points="2"), choice("Last", points="3")
    with pytest.raises(InvalidBankError, match="could ask fewer questions with these tags"):
        bank.save_item(session, teacher, bank_id, other, ["c"], changes=seen(session, teacher, items[0]))
    bank.save_item(session, teacher, bank_id, other, ["c", "a"], changes=seen(session, teacher, items[0]))
    assert bank.uneven(session, teacher, bank.banks(session, teacher)) == ""
    bank.save_item(session, teacher, bank_id, other, ["a"], changes=seen(session, teacher, items[2]))
    bank.save_item(session, teacher, bank_id, other, ["c"], changes=seen(session, teacher, items[0]))  # two are left
    bank.save_item(session, teacher, bank_id, last, ["a"], changes=seen(session, teacher, items[1]))
    title = session.get_one(Assessment, quiz).title
    assert bank.uneven(session, teacher, bank.banks(session, teacher)) == f"“{title}”"


def test_the_key_of_a_drawn_question_is_found_and_corrected_in_its_bank_too(session: Session) -> None:
    exam, teacher, quiz = new_quiz(session)
    bank_id, items = make_bank(session, teacher, [["a"], ["b"]])
    drafting.save_draws(session, teacher, quiz, seen=(), draws=[DraftDraw(bank_id=bank_id, tag="a", count=1)])
    publishing.publish(session, teacher, quiz)
    attempt = service.start_attempt(session, learner_id=exam.learner_id, assessment_id=quiz)
    view = queries.attempt_for(session, exam.viewer, attempt)
    assert view is not None
    answer = {"option": "b"}
    service.save_answer(
        session, learner_id=exam.learner_id, attempt_id=attempt, question_id=view.questions[0].id, response=answer
    )
    service.submit_attempt(session, learner_id=exam.learner_id, attempt_id=attempt)
    [asked] = corrections.also_asked(session, quiz)
    assert (asked.text, asked.is_drawn, asked.is_retired) == ("Item 0", True, False)
    done = regrading.regrade(session, teacher, question_id=asked.id, key=ChoiceKey(option="b"), reason="B was meant")
    assert (done.attempts, done.up) == (1, 1)
    # The next change of the bank brings the old key back to nobody.
    bank.save_item(
        session, teacher, bank_id, choice("Other", points="2"), ["b"], changes=seen(session, teacher, items[1])
    )
    [asked] = corrections.also_asked(session, quiz)
    assert (asked.version, asked.is_retired) == (1, False)
    there = bank.standing(session, teacher, items[0])
    assert there is not None and there.draft.right == ("b",)


def test_a_rule_that_draws_too_much_or_unevenly_is_said(session: Session) -> None:
    _, teacher, quiz = new_quiz(session)
    bank_id, _ = make_bank(session, teacher, [["a"], ["a"]])
    bank.save_item(session, teacher, bank_id, choice("Dear", points="9"), ["b"])
    draws = (
        DraftDraw(bank_id=bank_id, tag="a", count=2),
        DraftDraw(bank_id=bank_id, tag=None, count=2),
        DraftDraw(bank_id=new_id(), count=1),
    )
    drafting.save_draws(session, teacher, quiz, seen=(), draws=draws)
    document = opened(session, teacher, quiz).document
    said = [one.sentence for one in checking.problems_of(document, pools.pools_of(session, document.draws))]
    assert "which has 1 that aren't asked already" in said[0]
    assert "no longer there" in said[1]
    uneven = checking.problems_of(
        document.model_copy(update={"draws": (DraftDraw(bank_id=bank_id, count=3),)}),
        pools.pools_of(session, (DraftDraw(bank_id=bank_id, count=3),)),
    )
    assert "worth 2 to 9 points" in uneven[0].sentence


def test_a_question_that_was_taken_over_is_not_drawn_on_top(session: Session) -> None:
    exam, teacher, quiz = new_quiz(session)
    bank_id, items = make_bank(session, teacher, [["a"], ["a"]])
    taken = bank.find(session, teacher, bank.Wanted(words="Item 0")).items[0].draft
    drafting.save_question(session, teacher, quiz, taken.model_copy(update={"id": new_id()}))
    drafting.save_draws(session, teacher, quiz, seen=(), draws=[DraftDraw(bank_id=bank_id, count=2)])
    with pytest.raises(InvalidQuestionError, match="which has 1 that aren't asked already"):
        publishing.publish(session, teacher, quiz)
    two = [DraftDraw(bank_id=bank_id, count=2)]
    drafting.save_draws(session, teacher, quiz, seen=two, draws=[DraftDraw(bank_id=bank_id, count=1)])
    publishing.publish(session, teacher, quiz)
    attempt = service.start_attempt(session, learner_id=exam.learner_id, assessment_id=quiz)
    view = queries.attempt_for(session, exam.viewer, attempt)
    assert view is not None
    assert sorted(question.content for question in view.questions) == ["Item 0", "Item 1"]
    assert len(items) == 2


def test_choosing_never_gives_one_question_twice() -> None:
    bank_id = new_id()
    pool = [pools.Drawable(new_id(), bank_id, ["x"] if place % 2 else ["y"]) for place in range(10)]
    rules = [(bank_id, "x", 3), (bank_id, None, 5)]
    seeds = [new_id() for _ in range(20)]
    drawn = [pools.choose(rules, pool, seed) for seed in seeds]
    assert all(len(set(one)) == len(one) == 8 for one in drawn)
    assert drawn[0] == pools.choose(rules, pool, seeds[0])
    assert len({tuple(sorted(one)) for one in drawn}) > 1


def test_the_bank_is_searched_by_words_tags_and_type(session: Session) -> None:
    exam, teacher, _ = new_quiz(session)
    bank_id, items = make_bank(session, teacher, [["Joins ", "joins", "sql"], ["sql"]])
    found = bank.find(session, teacher, bank.Wanted(words="item 0", tag="joins"))
    assert [one.id for one in found.items] == items[:1]
    assert found.items[0].tags == ("joins", "sql")
    assert bank.tags(session, teacher) == [("sql", 2), ("joins", 1)]
    assert [(one.title, one.items) for one in bank.banks(session, teacher)] == [("Pool", 2)]
    assert bank.find(session, teacher, bank.Wanted(kind=QuestionType.CODE)).total == 0
    stranger = grader(session, make_exam(session))
    assert bank.find(session, stranger, bank.Wanted()).total == 0
    with pytest.raises(NotYoursToWriteError):
        bank.save_item(session, stranger, bank_id, choice(), [])
    _, other_teacher, other_quiz = new_quiz(session)
    with pytest.raises(NotYoursToWriteError):  # a rule draws from banks of one's own, too
        drafting.save_draws(session, other_teacher, other_quiz, seen=(), draws=[DraftDraw(bank_id=bank_id)])
    assert session.get_one(Assessment, exam.assessment_id).is_published


def test_answers_wait_until_the_assessment_has_closed(session: Session) -> None:
    exam = make_exam(session, answers_after_close=True)
    attempt = start(session, exam)
    result = submit(session, exam, attempt)
    assert (result.shows_answers, result.questions) == (False, ())
    row = session.get_one(Assessment, exam.assessment_id)
    row.available_until = row.created_at
    session.flush()
    shown = queries.result_for(session, exam.learner_id, attempt)
    assert shown is not None
    assert len(shown.questions) == 4


def test_a_reviewer_reads_what_of_an_assessment_is_not_published(session: Session) -> None:
    _, teacher, quiz = new_quiz(session)
    kept, gone = choice("Kept"), choice("Gone")
    for one in (kept, gone):
        drafting.save_question(session, teacher, quiz, one)
    publishing.publish(session, teacher, quiz)
    assert unpublished.versions_of(session, teacher, quiz) is None
    first, second = opened(session, teacher, quiz).document.questions
    drafting.save_question(session, teacher, quiz, first.model_copy(update={"right": ("b",)}), seen=first)
    drafting.delete_question(session, teacher, quiz, second)
    drafting.save_question(session, teacher, quiz, choice("New"))
    assert unpublished.versions_of(session, grader(session, make_exam(session)), quiz) is None
    both = unpublished.versions_of(session, teacher, quiz)
    assert both is not None
    lines = list(comparing.asked(both.published, both.written, both.banks))
    assert lines[:5] == [
        " Question 1: Kept",
        "-Option A: One (right)",
        "-Option B: Two",
        "+Option A: One",
        "+Option B: Two (right)",
    ]
    assert (lines[5], lines[-1]) == (" Question 2: New", "-Question: Gone")
