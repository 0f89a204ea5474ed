"""The commands beside `serve`: what they print, and the exit code that a script goes by."""

from __future__ import annotations

import stat
from pathlib import Path

import psutil
import pytest

from tests.cli.conftest import Run


def test_a_user_is_made_with_a_link_and_then_listed(run: Run) -> None:
    made = run("user", "create", "Ada@Example.org", "--first-name", "Ada", "--role", "instructor", "--json")
    assert made.code == 0
    assert "/auth/link/" in made.data["sign_in_link"]
    listed = run("user", "list", "ada", "--json").data
    assert [(user["email"], user["role"]) for user in listed["users"]] == [("ada@example.org", "instructor")]


def test_a_password_comes_by_standard_input_and_is_shown_nowhere(run: Run, home: Path) -> None:
    word = "correct horse battery 42"
    made = run("user", "create", "bob@example.org", "--first-name", "Bob", "--password-stdin", stdin=f"{word}\n")
    assert made.code == 0
    assert "/auth/link/" not in made.out
    logged = "".join(path.read_text() for path in (home / "logs").glob("*.log"))
    assert word not in made.out + made.err + logged


def test_an_address_that_is_taken_is_one_sentence_and_exit_code_1(run: Run) -> None:
    run("user", "create", "carl@example.org", "--first-name", "Carl")
    again = run("user", "create", "carl@example.org", "--first-name", "Carl")
    assert again.code == 1
    assert again.err.startswith("Error: ")
    assert len(again.err.strip().splitlines()) == 1


def test_a_role_is_changed(run: Run) -> None:
    run("user", "create", "dora@example.org", "--first-name", "Dora")
    assert run("user", "set-role", "dora@example.org", "content_admin").code == 0
    listed = run("user", "list", "--role", "content_admin", "--json").data
    assert [user["email"] for user in listed["users"]] == ["dora@example.org"]


@pytest.mark.parametrize(
    "command", [("user", "set-role", "no@one.org", "learner"), ("user", "sign-in-link", "no@one.org")]
)
def test_an_account_that_is_not_there_is_a_sentence(run: Run, command: tuple[str, ...]) -> None:
    answer = run(*command)
    assert (answer.code, "no such account" in answer.err) == (1, True)


def test_the_schema_goes_down_and_up_and_agrees_with_the_models(run: Run) -> None:
    assert run("db", "upgrade").code == 0
    assert run("db", "check", "--json").data["differences"] == []
    assert run("db", "downgrade", "base", "--yes").code == 0
    behind = run("db", "check")
    assert (behind.code, "learncraft db upgrade" in behind.err) == (1, True)
    assert run("db", "upgrade").code == 0
    assert run("db", "check").code == 0


def test_a_downgrade_asks_first(run: Run) -> None:
    run("db", "upgrade")
    assert run("db", "downgrade", "base", stdin="n\n").code == 1
    assert run("db", "check").code == 0


def test_events_are_shipped_and_their_state_is_told(run: Run) -> None:
    assert run("events", "ship", "--json").code == 0
    status = run("events", "status", "--json")
    assert (status.code, status.data["queued"], status.data["drifting_batches"]) == (0, 0, [])


def test_doctor_finds_a_new_home_well_and_tells_each_part(run: Run) -> None:
    run("db", "upgrade")
    answer = run("doctor", "--json")
    health = {check["part"]: check["health"] for check in answer.data["checks"]}
    assert (answer.code, answer.data["ok"]) == (0, True)
    assert health["PostgreSQL"] == health["schema"] == health["event store"] == health["secret key"] == "ok"
    assert health["mail"] == "warn"


def test_doctor_fails_on_a_key_that_others_may_read(run: Run, home: Path) -> None:
    run("doctor")
    (home / "secret.key").chmod(0o644)
    answer = run("doctor", "--json")
    (home / "secret.key").chmod(0o600)
    [finding] = [check for check in answer.data["checks"] if check["part"] == "secret key"]
    assert (answer.code, finding["health"]) == (1, "fail")
    assert "chmod 600" in finding["mend"]


def test_the_key_is_made_once_and_private(run: Run, home: Path) -> None:
    run("doctor")
    key = (home / "secret.key").read_text()
    run("doctor")
    assert (home / "secret.key").read_text() == key
    assert stat.S_IMODE((home / "secret.key").stat().st_mode) == 0o600


def test_commands_leave_no_process_behind(run: Run, home: Path) -> None:
    run("events", "status")
    left = [
        process for process in psutil.process_iter(["cmdline"]) if str(home) in " ".join(process.info["cmdline"] or [])
    ]
    assert left == []


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mysql://localhost/learncraft", "is not PostgreSQL's"),
        ("postgresql://someone:hunter22@127.0.0.1:1/learncraft", "Nothing listens at 127.0.0.1:1"),
        ("postgresql://someone:hunter22@no-such-host.invalid/learncraft", "no-such-host.invalid"),
    ],
)
def test_a_wrong_database_url_is_one_sentence_without_the_password(
    run: Run, monkeypatch: pytest.MonkeyPatch, url: str, sentence: str
) -> None:
    monkeypatch.setenv("LEARNCRAFT_DATABASE_URL", url)
    answer = run("user", "list")
    assert (answer.code, sentence in answer.err) == (1, True), answer.err
    assert len(answer.err.strip().splitlines()) == 1
    assert "hunter22" not in answer.err


def test_a_setting_that_makes_no_sense_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEARNCRAFT_PORT", "eighty")
    answer = run("user", "list")
    assert (answer.code, "LEARNCRAFT_PORT" in answer.err) == (1, True)


def test_a_host_to_embed_that_is_none_stops_the_start_with_a_sentence(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEARNCRAFT_EMBED_HOSTS", "video.example.org, https://maps.example.org")
    answer = run("serve")
    assert (answer.code, len(answer.err.strip().splitlines())) == (1, 1)
    assert "LEARNCRAFT_EMBED_HOSTS has a value" in answer.err
    assert "can't be used: “https://maps.example.org” is not the name of a host" in answer.err


def test_a_home_that_is_a_file_is_a_sentence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("I was here first.")
    answer = run("user", "list", "--home", str(tmp_path / "file"), with_home=False)
    assert (answer.code, "is a file" in answer.err) == (1, True)


def test_an_archive_that_is_not_there_is_a_sentence(run: Run) -> None:
    answer = run("import", "/nowhere/course.tar.gz")
    assert (answer.code, "There is no file" in answer.err) == (1, True)


@pytest.mark.parametrize("command", ["serve", "worker", "import", "doctor", "db", "user", "events", "backup"])
def test_help_teaches_without_opening_anything(run: Run, command: str) -> None:
    answer = run(command, "--help", with_home=False)
    assert answer.code == 0
    assert "Usage" in answer.out


def test_a_fault_is_a_sentence_with_a_reference_and_its_trace_is_in_the_log(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: object, **__: object) -> None:
        raise RuntimeError("the password=hunter22 of postgresql://ada:hunter22@db/x")

    monkeypatch.setattr("learncraft.accounts.service.list_users", break_down)
    answer = run("user", "list")
    assert (answer.code, "reference" in answer.err, "Traceback" in answer.err) == (1, True, False)
    reference = answer.err.split("reference ")[1][:8]
    logged = (home / "logs" / "learncraft.log").read_text()
    assert reference in logged
    assert "Traceback" in logged
    assert "hunter22" not in logged
