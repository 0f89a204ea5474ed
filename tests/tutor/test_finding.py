"""What is found for a question, whatever the question is."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.tutor import citing, service
from learncraft.tutor.embedding import LARGE, Embedder, EmbedderError, EndpointEmbedder
from learncraft.tutor.extracting import extract
from learncraft.tutor.retrieval import find
from tests.factories import MadeCourse, make_course, make_enrollment, make_user
from tests.tutor.conftest import ADDRESSES, say, viewer_of

JOINS = "An inner join keeps the rows that have a partner. A left join keeps all rows of the left table."
PLANTS = "Photosynthesis turns light into sugar. It happens in the leaves of a plant."
CODE = "Call `df.groupby` and then `read_csv(path)`; `maxRetries` says how often it is tried again."


@pytest.fixture
def course(session: Session) -> MadeCourse:
    made = make_course(session, lessons=4)
    for lesson, said in zip(made.lessons, (JOINS, PLANTS, CODE, "Soil holds water and air."), strict=True):
        say(session, lesson, said)
    return made


@pytest.fixture
def learner(session: Session, course: MadeCourse) -> Viewer:
    user = make_user(session)
    make_enrollment(session, course.course, user)
    return viewer_of(user)


def test_the_sentence_that_answers_comes_first_with_its_place(
    session: Session, course: MadeCourse, learner: Viewer, embedder: Embedder
) -> None:
    found = find(session, learner, "Which join keeps all rows of the left table?")
    assert found.is_enough
    best = found.passages[0]
    assert (best.lesson_id, best.block_id, best.text) == (course.lessons[0].id, "p1", JOINS)
    assert (best.start_offset, best.end_offset) == (0, len(JOINS))
    assert 0 < best.score <= 1
    answer = extract(found, embedder)
    assert answer.sentences[0].text == "A left join keeps all rows of the left table."
    assert citing.address(best) == f"/lesson?id={best.lesson_id}&block=p1"
    assert citing.place(best) == course.lessons[0].title


def test_what_the_course_does_not_say_is_refused_with_the_nearest(session: Session, learner: Viewer) -> None:
    found = find(session, learner, "Who won the football world cup in 1998?")
    assert not found.is_enough
    assert found.nearest is not None


@pytest.mark.parametrize(
    "asked", ["groupby", "df.groupby()", "READ_CSV", "what does readCsv do", "max_retries", "MaxRetries"]
)
def test_names_of_programs_are_found_however_they_are_written(
    session: Session, course: MadeCourse, learner: Viewer, asked: str
) -> None:
    assert find(session, learner, asked).passages[0].lesson_id == course.lessons[2].id


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "   ",
        "what is the?",
        "\x00\x00",
        "join \x00 rows",
        "join " * 25_000,
        "x" * 100_000,
        "🙂🙃 join 🌱",
        "'; DROP TABLE users; --",
        "<script>alert('x')</script> & <b>join</b>",
        "a' | b & !c:* <-> d \\ \\\\ :A",
        "光合作用とは何ですか",
        "Was ist Photosynthese?",
        "\ud800 lone surrogate",
        "%s %(name)s {0} {question}",
        "\u202eright to left",
    ],
)
def test_any_question_gets_an_answer_or_a_refusal(session: Session, learner: Viewer, asked: str) -> None:
    found = find(session, learner, asked)
    assert all(0 <= passage.score <= 1 for passage in found.passages)
    extract(found)
    assert session.scalar(text("SELECT count(*) FROM users")) is not None


def test_without_words_to_look_for_vectors_alone_decide(session: Session, learner: Viewer) -> None:
    found = find(session, learner, "what is it about?")
    assert found.passages
    assert not found.coverage.has_words
    assert not found.is_enough


def test_another_language_is_found_by_its_own_words(session: Session) -> None:
    course = make_course(session, language="de")
    say(session, course.lessons[0], "Die Pflanzen wachsen im Garten. Der Hund schläft.")
    user = make_user(session)
    make_enrollment(session, course.course, user)
    make_enrollment(session, make_course(session).course, user)
    found = find(session, viewer_of(user), "Was schläft: die Pflanze oder der Hund im Garten?")
    assert found.passages[0].course_id == course.id
    assert found.coverage.idf_coverage > 0.9  # "Pflanze" meets "Pflanzen"


@contextmanager
def endpoint(answer: object, status: int = 200) -> Iterator[str]:
    """A server that speaks OpenAI's protocol, or nonsense."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            said = answer(asked["input"]) if callable(answer) else answer
            self.send_response(status)
            self.end_headers()
            self.wfile.write(said if isinstance(said, bytes) else json.dumps(said).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    finally:
        server.shutdown()
        server.server_close()


def by_letters(texts: list[str]) -> dict[str, object]:
    """Vectors of how often each letter is in a text."""
    rows = []
    for place, said in enumerate(texts):
        vector = np.zeros(LARGE)
        for letter in said.lower():
            vector[ord(letter) % LARGE] += 1
        rows.append({"index": place, "embedding": vector.tolist()})
    return {"data": rows[::-1]}


def test_an_endpoint_makes_the_vectors_and_models_are_never_mixed(
    session: Session, course: MadeCourse, learner: Viewer
) -> None:
    with endpoint(by_letters) as url:
        model = EndpointEmbedder(url, "letters", None)
        before = find(session, learner, "zzz qqq", embedder=model)  # only the built-in model's vectors are there
        assert before.passages == ()
        service.write_lessons(session, [course.lessons[1].id], model)
        found = find(session, learner, "zzz qqq", embedder=model)
        assert {passage.lesson_id for passage in found.passages} == {course.lessons[1].id}
    dead = find(session, learner, "Which join keeps all rows?", embedder=model)  # it has gone: words alone decide
    assert dead.passages[0].lesson_id == course.lessons[0].id


@pytest.mark.parametrize(
    ("answer", "status"),
    [({}, 500), (b"not json", 200), ({"data": [{"index": 0, "embedding": [1.0]}]}, 200), ({"data": 3}, 200), ([], 429)],
)
def test_an_endpoint_that_answers_nonsense_is_a_sentence(answer: object, status: int) -> None:
    with endpoint(answer, status) as url, pytest.raises(EmbedderError, match=r"^The model for vectors"):
        EndpointEmbedder(url, "letters", "key").embed(["text"])


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_dead_or_hostile_address_makes_no_vectors_and_says_so(address: str) -> None:
    with pytest.raises(EmbedderError, match=r"^The model for vectors doesn't answer"):
        EndpointEmbedder(address, "letters", "key").embed(["text"])
