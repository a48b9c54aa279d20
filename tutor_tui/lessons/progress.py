"""What a learner has done, in one SQLite file. Losing it must never cost more than the saving."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tutor_tui.errors import LessonError

SCHEMA = """
CREATE TABLE IF NOT EXISTS place (lesson TEXT PRIMARY KEY, step INTEGER NOT NULL, furthest INTEGER NOT NULL,
                                  steps INTEGER NOT NULL, at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE IF NOT EXISTS prediction (lesson TEXT, key TEXT, given TEXT, correct INTEGER,
                                       at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP, PRIMARY KEY (lesson, key));
CREATE TABLE IF NOT EXISTS exercise (lesson TEXT PRIMARY KEY, passed INTEGER NOT NULL, hints INTEGER NOT NULL,
                                     code TEXT NOT NULL, at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE IF NOT EXISTS trusted (pack TEXT PRIMARY KEY, at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP);
"""
TABLES = ("place", "prediction", "exercise", "trusted")
EXPORT = 1


class Place(NamedTuple):
    """Where a learner stands: the step, the furthest one ever reached, and how many there are, from 0."""

    step: int
    furthest: int
    steps: int


class Work(NamedTuple):
    """An exercise as it was left."""

    passed: bool
    hints: int
    code: str


class Progress:
    """Saves at once, whatever happens next. `problem` says why nothing is saved, "" while all is well."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.problem = ""
        self._db: sqlite3.Connection | None = None
        try:
            self._open()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):  # no room, no rights: the file is not at fault
                self._give_up(error)
            else:
                self._set_aside(error)
        except OSError as error:
            self._give_up(error)

    def close(self) -> None:
        """Done."""
        if self._db is not None:
            self._db.close()
            self._db = None

    # --- what was done

    def stand(self, lesson: str, step: int, steps: int) -> None:
        """Remember the step one stands at."""
        self._write(
            "INSERT INTO place (lesson, step, furthest, steps) VALUES (?, ?, ?, ?) ON CONFLICT (lesson) DO UPDATE "
            "SET step = excluded.step, furthest = max(furthest, excluded.furthest), steps = excluded.steps, "
            "at = CURRENT_TIMESTAMP",
            (lesson, step, step, steps),
        )

    def place(self, lesson: str) -> Place | None:
        """Where one stood; None for a lesson that was never opened."""
        rows = self._read("SELECT step, furthest, steps FROM place WHERE lesson = ?", (lesson,))
        return Place(*rows[0]) if rows else None

    def last(self) -> str:
        """The lesson that one stood in last; "" where none was ever opened."""
        rows = self._read("SELECT lesson FROM place ORDER BY at DESC LIMIT 1", ())
        return str(rows[0][0]) if rows else ""

    def predicted(self, lesson: str, key: str, given: str, correct: bool | None) -> None:
        """Remember an answer; `correct` None for a question that was skipped."""
        self._write(
            "INSERT OR REPLACE INTO prediction (lesson, key, given, correct) VALUES (?, ?, ?, ?)",
            (lesson, key, given, correct),
        )

    def predictions(self, lesson: str) -> dict[str, tuple[str, bool | None]]:
        """The answers given so far by key."""
        rows = self._read("SELECT key, given, correct FROM prediction WHERE lesson = ?", (lesson,))
        return {key: (given, None if correct is None else bool(correct)) for key, given, correct in rows}

    def worked(self, lesson: str, work: Work) -> None:
        """Remember an exercise; once passed it stays passed."""
        self._write(
            "INSERT INTO exercise (lesson, passed, hints, code) VALUES (?, ?, ?, ?) ON CONFLICT (lesson) DO UPDATE "
            "SET passed = max(passed, excluded.passed), hints = excluded.hints, code = excluded.code, "
            "at = CURRENT_TIMESTAMP",
            (lesson, work.passed, work.hints, work.code),
        )

    def work(self, lesson: str) -> Work | None:
        """An exercise as it was left; None where it was never begun."""
        rows = self._read("SELECT passed, hints, code FROM exercise WHERE lesson = ?", (lesson,))
        return Work(bool(rows[0][0]), rows[0][1], rows[0][2]) if rows else None

    def trust(self, pack: str) -> None:
        """The person has said that this pack's programs may run."""
        self._write("INSERT OR REPLACE INTO trusted (pack) VALUES (?)", (pack,))

    def trusts(self, pack: str) -> bool:
        """Whether they have."""
        return bool(self._read("SELECT 1 FROM trusted WHERE pack = ?", (pack,)))

    # --- as a whole

    def forget(self, lesson: str) -> None:
        """Everything of one lesson."""
        for table in ("place", "prediction", "exercise"):
            self._write(f"DELETE FROM {table} WHERE lesson = ?", (lesson,))

    def reset(self) -> None:
        """Everything."""
        for table in TABLES:
            self._write(f"DELETE FROM {table}", ())

    def export(self) -> str:
        """All of it as JSON."""
        found: dict[str, Any] = {"tutor_tui_progress": EXPORT}
        for table in TABLES:
            columns = [row[1] for row in self._read(f"PRAGMA table_info({table})", ())]
            rows = self._read(f"SELECT * FROM {table}", ())
            found[table] = [dict(zip(columns, row, strict=True)) for row in rows]
        return json.dumps(found, indent=1)

    def take_in(self, text: str) -> int:
        """What `export` gave, laid over what is there; how many entries. `LessonError` for anything else."""
        try:
            found = json.loads(text)
            if found.pop("tutor_tui_progress", None) != EXPORT:
                raise LessonError("this was not exported by tutor-tui, or is from another version")
            rows = [(table, row) for table in TABLES for row in found.get(table, [])]
            with self._guarded() as db:
                for table, row in rows:
                    columns = {r[1] for r in db.execute(f"PRAGMA table_info({table})")}
                    names = [name for name in row if name in columns]
                    marks = ", ".join("?" * len(names))
                    db.execute(
                        f"INSERT OR REPLACE INTO {table} ({', '.join(names)}) VALUES ({marks})",
                        [row[n] for n in names],
                    )
        except (ValueError, AttributeError, TypeError) as error:
            raise LessonError(f"this is not exported progress: {error}") from error
        except sqlite3.Error as error:
            raise LessonError(self.problem or f"Nothing was imported: {self.file}: {error}") from error
        return len(rows)

    # --- the file

    def _open(self) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.parent.chmod(0o700)
        self._db = sqlite3.connect(self.file, timeout=2, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")  # a killed program loses nothing by it
        self._db.executescript(SCHEMA)
        os.chmod(self.file, 0o600)

    def _set_aside(self, error: Exception) -> None:
        """A damaged file is kept under another name, and a new one begun."""
        self.close()
        number = 1
        while (aside := self.file.with_suffix(f".damaged-{number}")).exists():
            number += 1
        try:
            self.file.rename(aside)
            for rest in ("-wal", "-shm"):
                Path(f"{self.file}{rest}").unlink(missing_ok=True)
            self._open()
            self.problem = (
                f"The saved progress was damaged ({error}); it is kept as {aside}; a new file was begun."
            )
        except (OSError, sqlite3.Error) as second:
            self._give_up(second)

    def _give_up(self, error: Exception) -> None:
        self.close()
        self.problem = f"Progress is not saved: {self.file}: {error}. Everything else works."

    @contextmanager
    def _guarded(self) -> Iterator[sqlite3.Connection]:
        if self._db is None:
            raise sqlite3.OperationalError(self.problem)
        yield self._db

    def _write(self, sql: str, values: tuple[Any, ...]) -> None:
        if self._db is None:
            return
        try:
            self._db.execute(sql, values)
        except sqlite3.OperationalError as error:  # a full disk may have room again by the next step
            self.problem = f"Progress is not saved: {self.file}: {error}. Everything else works."
        except sqlite3.DatabaseError as error:
            self._set_aside(error)
            if self._db is not None:
                self._db.execute(sql, values)

    def _read(self, sql: str, values: tuple[Any, ...]) -> list[Any]:
        if self._db is None:
            return []
        try:
            return self._db.execute(sql, values).fetchall()
        except sqlite3.DatabaseError as error:
            self.problem = f"Progress cannot be read: {self.file}: {error}. Everything else works."
            return []


def progress_file() -> Path:
    """Where it is kept."""
    from platformdirs import user_state_path

    return user_state_path("tutor-tui") / "progress.sqlite3"
