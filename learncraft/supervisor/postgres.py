"""The embedded PostgreSQL of one home folder: started by the first that needs it, stopped by the last."""

from __future__ import annotations

import logging
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from learncraft.acting import APP_ROLE
from learncraft.supervisor import archiving
from learncraft.supervisor import postgres_files as files
from learncraft.supervisor.errors import StartError
from learncraft.supervisor.locks import FileLock, taking_turns

DATABASE = "learncraft"
START_SECONDS = 120.0  # recovery after a crash replays what the log holds
STOP_SECONDS = 3.0
POLL_SECONDS = 0.02
HELPERS_SECONDS = 10.0
HELPERS_STILL_THERE = "pre-existing shared memory block"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Postmaster:
    """What postmaster.pid says of a running server."""

    pid: int
    socket: Path
    is_ready: bool

    @classmethod
    def of(cls, data: Path) -> Postmaster | None:
        """The server of a data folder; None when none runs. The file may be left from a crash, or half written."""
        try:
            lines = (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
            pid, socket = int(lines[0]), Path(lines[4].strip())
        except (OSError, ValueError, IndexError):
            return None
        ready = len(lines) > 7 and lines[7].strip() == "ready"
        return cls(pid, socket, ready) if _is_postgres(pid, data) else None


def end_servers_of(data: Path) -> None:
    """End every server of a data folder at once, also one whose folder was deleted under it. The log has it all."""
    for process in psutil.process_iter(["name", "cmdline"]):
        if process.info["name"] == "postgres" and str(data) in (process.info["cmdline"] or []):
            for number in (signal.SIGQUIT, signal.SIGKILL):
                with suppress(psutil.NoSuchProcess):
                    process.send_signal(number)
                    psutil.wait_procs([process], timeout=STOP_SECONDS)


def _is_postgres(pid: int, data: Path) -> bool:
    """Whether a process is this folder's server, and not a later one that was given the same number."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE or process.name() != "postgres":
            return False
        return str(data) in process.cmdline()
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True


class EmbeddedPostgres:
    """The server of one home folder. After a kill of LearnCraft it runs on, and the next start takes it over.

    Everyone who uses it shares the lock `postgres.users`; who leaves and can then have it alone was the last.
    """

    def __init__(
        self,
        home: Path,
        *,
        archive: Path | None = None,
        options: Mapping[str, str] | None = None,
        start_seconds: float = START_SECONDS,
    ) -> None:
        """`archive` is where the log is kept for going back to a moment; `options` are more of PostgreSQL's settings.

        Both count for a server that this object starts. One that runs already is taken as it is.
        """
        self.home = home
        self._archive = archive
        self._options = dict(options or {})
        self._start_seconds = start_seconds
        self.data = (home / "postgres").resolve()
        self._turns = home / "postgres.lock"
        self._use = FileLock(home / "postgres.users")
        self._child: subprocess.Popen[bytes] | None = None
        self._socket: Path | None = None

    @property
    def url(self) -> str:
        """Where the database is, for its owner. It stays the same over restarts."""
        return self._url(files.USER)

    @property
    def app_url(self) -> str:
        """The same database for the login that people are served by."""
        return self._url(APP_ROLE)

    def _url(self, login: str) -> str:
        return f"postgresql://{login}@/{DATABASE}?host={quote(str(self._socket_folder()), safe='')}"

    @property
    def pid(self) -> int | None:
        """The number of the running server process."""
        found = Postmaster.of(self.data)
        return found.pid if found else None

    def is_running(self) -> bool:
        """Whether the server process is there."""
        if self._child is not None:
            self._child.poll()  # takes the ended child off the process table
        return Postmaster.of(self.data) is not None

    def start(self) -> None:
        """Join the running server or start it, and make the database in it. Safe to repeat.

        Raises:
            StartError: it can't run; the message says why.
        """
        with taking_turns(self._turns):
            self._use.try_shared()
            try:
                self._start()
            except BaseException:
                self._leave()
                raise

    def restart(self) -> None:
        """Start it again after its process died.

        Raises:
            StartError: it can't run; the message says why. Files that are gone are not made anew: people who are
                signed in would find an empty platform, and backups would be taken of it.
        """
        if not (self.data / "PG_VERSION").exists():
            raise StartError(f"The database's files in {self.data} are gone. Bring them back, then start LearnCraft.")
        self.start()

    def stop(self) -> None:
        """Leave the server; who leaves last stops it, in a few seconds at most. Safe to repeat."""
        if self._use.is_held:
            with taking_turns(self._turns):
                self._leave()

    def _start(self) -> None:
        owner = files.account()
        if not (self.data / "PG_VERSION").exists():
            files.initialise(self.data, owner)
        files.check_version(self.data)
        self._run(owner)

    def _run(self, owner: files.Account | None) -> None:
        """Join the running server, or start one. A joined one may be dying; and after a kill of the old one its
        helpers need a moment to notice and let go."""
        deadline = time.monotonic() + HELPERS_SECONDS
        while True:
            joined = self.is_running()
            if not joined:
                self._spawn(owner)
            try:
                self._wait_until_ready()
                self._make_database()
                return
            except StartError:
                if not self._may_pass(joined, deadline):
                    raise
            except psycopg.OperationalError as error:
                if not self._may_pass(joined, deadline):
                    raise self._failed() from error
            time.sleep(10 * POLL_SECONDS)

    def _may_pass(self, joined: bool, deadline: float) -> bool:
        return (joined or HELPERS_STILL_THERE in self._last_words()) and time.monotonic() < deadline

    def _spawn(self, owner: files.Account | None) -> None:
        # Left by a crash, and its process is gone. PostgreSQL itself would take a zombie, or another process that
        # was given the same number after a reboot, for the old server.
        for left in (self.data / "postmaster.pid", self._socket_folder() / f"{files.SOCKET_NAME}.lock"):
            left.unlink(missing_ok=True)
        command = [str(files.programs() / "postgres"), "-D", str(self.data)]
        if self._archive is not None:
            try:
                archiving.prepare(self._archive)
            except OSError as error:  # the platform runs on; the log stays here until it can be kept
                log.error("the folder of backups can't be used: %s", error)
        kept = archiving.keeping(self._archive) if self._archive else {}
        command += files.options(self._socket_folder(), kept | self._options)
        files.let_pass(files.programs() / "postgres", owner)
        files.let_pass(self.data, owner)
        self._words.parent.mkdir(exist_ok=True)
        with self._words.open("wb") as words:
            # A session of its own: Ctrl-C in the terminal is for LearnCraft, which then stops the server in order.
            self._child = subprocess.Popen(  # type: ignore[call-overload]  # noqa: S603
                command,
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=words,
                cwd="/",
                start_new_session=True,
                **files.run_as(owner),
            )

    @property
    def _words(self) -> Path:
        """What the server says before it opens its own log."""
        return self.home / "logs" / "postgres-start.log"

    def _socket_folder(self) -> Path:
        """Where the socket is: where the running server has it, else where it will be, and the same ever after."""
        if self._socket is None:
            found = Postmaster.of(self.data)
            self._socket = found.socket if found else files.socket_folder(self.data, files.account())
        return self._socket

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + self._start_seconds
        while time.monotonic() < deadline:
            found = Postmaster.of(self.data)
            if found is not None and found.is_ready:
                return
            if found is None and (self._child is None or self._child.poll() is not None):
                raise self._failed()
            time.sleep(POLL_SECONDS)
        raise StartError(f"The embedded PostgreSQL in {self.data} isn't ready after {self._start_seconds:.0f} seconds.")

    def _failed(self) -> StartError:
        words = self._last_words()
        return files.cause(words, self.data) or StartError(
            f"The embedded PostgreSQL in {self.data} doesn't start: {files.last(words)}. "
            f"More in {self._words} and {self.data / 'log'}."
        )

    def _last_words(self) -> str:
        """What the server said since this start began."""
        said = self._words.read_text(encoding="utf-8", errors="replace") if self._words.exists() else ""
        logs = sorted((self.data / "log").glob("*.log"), key=lambda path: path.stat().st_mtime)
        logged = logs[-1].read_text(encoding="utf-8", errors="replace")[-4000:] if logs else ""
        return logged.rpartition("LOG:  starting PostgreSQL")[2] + said

    def _make_database(self) -> None:
        with psycopg.connect(self.url, dbname="postgres", autocommit=True, connect_timeout=10) as connection:
            _let_people_in(connection)
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                return
            connection.execute(f"CREATE DATABASE {DATABASE}")
        with psycopg.connect(self.url, autocommit=True, connect_timeout=10) as connection:
            connection.execute("CREATE EXTENSION IF NOT EXISTS vector")

    def _leave(self) -> None:
        last = self._use.try_alone()
        self._use.release()
        found = Postmaster.of(self.data)
        if not last or found is None:
            return
        try:
            process = psutil.Process(found.pid)
            # Fast first: sessions end, all is written. Then at once: the next start recovers from the log.
            for number, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 0.5), (signal.SIGKILL, 0.5)):
                process.send_signal(number)
                if self._ended(process, seconds):
                    break
                log.warning("postgres %s did not end on signal %s within %s s", found.pid, number, seconds)
        except psutil.NoSuchProcess:
            pass
        if found.socket != self.data:
            with suppress(OSError):
                found.socket.rmdir()  # the short folder of a long path; the next start makes it again

    def _ended(self, process: psutil.Process, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self._child is not None:
                self._child.poll()
            if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
                return True
            time.sleep(POLL_SECONDS)
        return False


def _let_people_in(connection: psycopg.Connection) -> None:
    """Give people a login of their own. Who reaches the socket is let in, so it needs no password (`initialise`)."""
    found = connection.execute("SELECT rolcanlogin FROM pg_roles WHERE rolname = %s", [APP_ROLE]).fetchone()
    if found is None:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(APP_ROLE)))
    elif not found[0]:
        connection.execute(sql.SQL("ALTER ROLE {} LOGIN").format(sql.Identifier(APP_ROLE)))
