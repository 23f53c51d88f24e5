"""People and their guardians as an institution's other software exports them, in a CSV file.

Every problem of the file is found in one reading, and a file with any problem is imported not at
all. Cells are taken as text: one that begins with = or + stays as it is, and whoever writes such
values into a spreadsheet again must disarm them.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from facemark.domain.contacts import require_email, require_phone
from facemark.domain.errors import InvalidInput
from facemark.domain.roster_columns import GUARDIAN_PARTS, Columns, map_columns
from facemark.domain.roster_table import RosterProblem, TableRow, read_table

MAX_PROBLEMS = 1000

T = TypeVar("T")

_MAX_ID_CHARS = 64
_MAX_NAME_CHARS = 200
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8})*")
# Invisible characters that turn text around or pad it; joiners stay, Persian and Hindi need them.
_STRIPPED = frozenset("\u200b\u200e\u200f\u061c\ufeff\u2066\u2067\u2068\u2069") | frozenset(
    "\u202a\u202b\u202c\u202d\u202e"
)


_TOO_LONG = "put quotes around a cell that contains the delimiter"


@dataclass(frozen=True, slots=True)
class RosterGuardian:
    """`phone` in E.164 form; at least one of phone and email is given. `name` may be empty."""

    name: str
    phone: str | None
    email: str | None
    language: str | None


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One person; None where the file says nothing. Guardians: first to be told first."""

    line: int
    external_id: str
    legal_name: str
    greeting_name: str | None
    group: str | None
    joined_on: date | None
    left_on: date | None
    guardians: tuple[RosterGuardian, ...]


@dataclass(frozen=True, slots=True)
class RosterFile:
    """`rows` are the sound ones only. Import when `problems` is empty.

    `encoding` "cp1252" was guessed; `ignored_columns` are headers that mean nothing here.
    """

    rows: tuple[RosterRow, ...]
    problems: tuple[RosterProblem, ...]
    encoding: str
    ignored_columns: tuple[str, ...]


def parse_roster(data: bytes, *, default_region: str | None = None) -> RosterFile:
    """Never raises. `default_region`: ISO country of phone numbers without a prefix."""
    table = read_table(data)
    if not table.header.cells:
        return RosterFile((), _capped(table.problems), table.encoding, ())
    columns = map_columns(table.header)
    problems = [*table.problems, *columns.problems]
    rows: list[RosterRow] = []
    if not columns.problems and all(p.line for p in problems):
        seen: dict[str, int] = {}
        rules = _Rules(columns.list_guardians(), default_region)
        for raw in table.rows:
            row = _RowReader(raw, columns, rules).read(seen)
            problems += row.problems
            rows += [row.value] if row.value else []
            if len(problems) > MAX_PROBLEMS:
                break
    ordered = sorted(problems, key=lambda p: p.line)
    return RosterFile(tuple(rows), _capped(ordered), table.encoding, columns.ignored)


def _capped(problems: Iterable[RosterProblem]) -> tuple[RosterProblem, ...]:
    found = tuple(problems)
    if len(found) <= MAX_PROBLEMS:
        return found
    more = RosterProblem(
        0,
        "",
        "too_many_problems",
        f"there are more than {MAX_PROBLEMS} problems; the rest is not shown",
        "correct these first; most likely one column is wrong throughout",
    )
    return (*found[:MAX_PROBLEMS], more)


@dataclass(frozen=True, slots=True)
class _ReadRow:
    value: RosterRow | None
    problems: tuple[RosterProblem, ...]


@dataclass(frozen=True, slots=True)
class _Rules:
    """The same for all rows: guardians by number, and the country of bare phone numbers."""

    guardians: Sequence[int]
    region: str | None


class _RowReader:
    """Reads the cells of one row and gathers what is wrong with them."""

    def __init__(self, row: TableRow, columns: Columns, rules: _Rules) -> None:
        self._row, self._columns, self._rules = row, columns, rules
        self._problems: list[RosterProblem] = []

    def read(self, seen: dict[str, int]) -> _ReadRow:
        """`seen`: ids of earlier rows and their lines; this row's is added."""
        row = RosterRow(
            line=self._row.line,
            external_id=self._external_id(seen),
            legal_name=self._legal_name(),
            greeting_name=self._text("greeting_name") or self._text("first_name") or None,
            group=self._text("group") or None,
            joined_on=self._convert("joined_on", _parse_date),
            left_on=self._convert("left_on", _parse_date),
            guardians=tuple(self._guardians()),
        )
        if row.joined_on and row.left_on and row.left_on < row.joined_on:
            self._report(
                "left_on", "left_before_joined", "the person left before joining", "swap the dates"
            )
        if any(cell.strip() for cell in self._row.cells[self._columns.width :]):
            self._report("", "row_too_long", "the row has more cells than the header", _TOO_LONG)
        return _ReadRow(None if self._problems else row, tuple(self._problems))

    def _external_id(self, seen: dict[str, int]) -> str:
        text = self._text("external_id", _MAX_ID_CHARS)
        if not text:
            self._report("external_id", "id_missing", "the id is empty", "give each person one")
        elif text in seen:
            first = f"{text!r} is already on line {seen[text]}"
            self._report("external_id", "id_twice", first, "keep one line per person")
        else:
            seen[text] = self._row.line
        return text

    def _legal_name(self) -> str:
        name = self._text("legal_name")
        if not name:
            parts = (self._text("first_name"), self._text("last_name"))
            name = " ".join(part for part in parts if part)
        if not any(unicodedata.category(char).startswith("L") for char in name):
            column = "legal_name" if self._columns.has("legal_name") else "last_name"
            self._report(column, "name_missing", "the name has no letters", "fill in the name")
        return name

    def _guardians(self) -> Iterable[RosterGuardian]:
        for number in self._rules.guardians:
            fields = {part: f"guardian{number}_{part}" for part in GUARDIAN_PARTS}
            if any(self._text(field) for field in fields.values()):
                yield self._guardian(fields)

    def _guardian(self, fields: Mapping[str, str]) -> RosterGuardian:
        name = self._text(fields["name"])
        given = bool(self._text(fields["phone"]) or self._text(fields["email"]))
        if not given:
            self._report(
                fields["name"],
                "contact_missing",
                "this guardian has neither phone nor e-mail",
                "give at least one, or nobody can be told",
            )
        return RosterGuardian(
            name,
            self._convert(fields["phone"], lambda text: require_phone(text, self._rules.region)),
            self._convert(fields["email"], require_email),
            self._convert(fields["language"], _parse_language),
        )

    def _text(self, field: str, most: int = _MAX_NAME_CHARS) -> str:
        """Clean text of a cell, "" where there is none; too long a one is reported once."""
        cell = self._cell(field)
        text = clean_text(cell) if cell else ""
        if len(text) <= most:
            return text
        problem = self._problem(
            field,
            "text_too_long",
            f"the cell has {len(text)} characters; {most} is the most",
            "shorten it, or look for a missing quote on this line",
        )
        if problem not in self._problems:
            self._problems.append(problem)
        return text[:most]

    def _convert(self, field: str, convert: Callable[[str], T]) -> T | None:
        text = self._text(field)
        if not text:
            return None
        try:
            return convert(text)
        except InvalidInput as error:
            self._report(field, error.code, error.message, error.hint)
            return None

    def _cell(self, field: str) -> str:
        place = self._columns.places.get(field)
        if place is None or place >= len(self._row.cells):
            return ""
        return self._row.cells[place]

    def _report(self, field: str, code: str, message: str, hint: str) -> None:
        self._problems.append(self._problem(field, code, message, hint))

    def _problem(self, field: str, code: str, message: str, hint: str) -> RosterProblem:
        return RosterProblem(self._row.line, self._columns.title(field), code, message, hint)


def clean_text(text: str) -> str:
    """NFC, on one line, without control characters and invisible direction marks."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    kept = "".join(
        " " if char.isspace() else char
        for char in unicodedata.normalize("NFC", text)
        if char.isspace() or not _is_stripped(char)
    )
    return " ".join(kept.split())


def _is_stripped(char: str) -> bool:
    return char in _STRIPPED or unicodedata.category(char) in {"Cc", "Cs"}


def _parse_date(text: str) -> date:
    if _ISO_DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            raise _date_invalid(f"there is no day {text}") from error
    raise _date_invalid(f"{text[:20]!r} can be read in more than one way, or in none")


def _date_invalid(what: str) -> InvalidInput:
    return InvalidInput("date_invalid", what, "write year-month-day, like 2026-09-01")


def _parse_language(text: str) -> str:
    if not _LANGUAGE.fullmatch(text):
        raise InvalidInput(
            "language_invalid",
            f"{text[:20]!r} is not a language code",
            "use a code such as en, es or pt-BR",
        )
    return text.replace("_", "-")
