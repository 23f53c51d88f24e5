"""What the headers of an export mean: our own names for columns and the usual other ones."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from facemark.domain.roster_table import RosterProblem, TableRow

MAX_GUARDIANS = 4
GUARDIAN_PARTS = ("name", "phone", "email", "language")

_ALIASES: Mapping[str, tuple[str, ...]] = {
    "external_id": (
        "id", "student_id", "pupil_id", "learner_id", "employee_id", "staff_id", "person_id",
        "studentid", "employeeid", "student_number", "employee_number", "employee_no", "roll_no",
        "roll_number", "admission_no", "admission_number",
    ),
    "legal_name": (
        "name", "full_name", "fullname", "student_name", "pupil_name", "employee_name", "student",
        "pupil", "employee",
    ),
    "first_name": ("firstname", "given_name", "forename"),
    "last_name": ("lastname", "surname", "family_name"),
    "greeting_name": ("preferred_name", "preferred_first_name", "nickname", "known_as"),
    "group": ("class", "class_name", "team", "form", "section", "homeroom", "department"),
    "joined_on": (
        "joined", "join_date", "joining_date", "start_date", "enrolled_on", "enrolment_date",
        "enrollment_date", "entry_date", "hire_date",
    ),
    "left_on": ("left", "leave_date", "leaving_date", "end_date", "exit_date"),
}  # fmt: skip
_PARTS: Mapping[str, tuple[str, ...]] = {
    "name": ("full_name",),
    "phone": ("phone_number", "mobile", "mobile_number", "mobile_phone", "tel", "telephone"),
    "email": ("e_mail", "mail", "email_address"),
    "language": ("lang",),
}
_FIELDS = {name: field for field, names in _ALIASES.items() for name in (field, *names)}
_PART_OF = {name: part for part, names in _PARTS.items() for name in (part, *names)}
_GUARDIAN = re.compile(rf"(?:guardian|parent|carer|contact|manager)_?([1-{MAX_GUARDIANS}])?_(.+)")


@dataclass(frozen=True, slots=True)
class Columns:
    """`places`: field to cell number. `titles`: headers as the file has them."""

    places: Mapping[str, int]
    titles: tuple[str, ...]
    ignored: tuple[str, ...]
    problems: tuple[RosterProblem, ...]

    def list_guardians(self) -> list[int]:
        """Numbers of the guardians the file has any column for."""
        named = {field[8] for field in self.places if field.startswith("guardian")}
        return sorted(int(number) for number in named)

    @property
    def width(self) -> int:
        return len(self.titles)

    def has(self, field: str) -> bool:
        return field in self.places

    def title(self, field: str) -> str:
        """The header a user would look for; the field's own name where the file has none."""
        return self.titles[self.places[field]] if field in self.places else field


def map_columns(header: TableRow) -> Columns:
    places: dict[str, int] = {}
    ignored: list[str] = []
    problems: list[RosterProblem] = []
    titles = tuple(_title(cell) for cell in header.cells)
    for number, title in enumerate(titles):
        field = find_field(title)
        if field is None:
            ignored += [title] if title else []
        elif field in places:
            problems.append(_twice(header.line, title, titles[places[field]]))
        else:
            places[field] = number
    problems += _missing(header.line, places)
    return Columns(places, titles, tuple(ignored), tuple(problems))


def find_field(title: str) -> str | None:
    """Letter case, blanks and punctuation do not matter: "Student ID" is external_id."""
    plain = unicodedata.normalize("NFKC", title).casefold()
    key = re.sub(r"[^0-9a-z]+", "_", plain).strip("_")
    if field := _FIELDS.get(key):
        return field
    match = _GUARDIAN.fullmatch(key)
    part = _PART_OF.get(match[2]) if match else None
    return f"guardian{match[1] or 1}_{part}" if match and part else None


def _title(cell: str) -> str:
    shown = "".join(c for c in cell if c.isprintable())
    return " ".join(shown.split())[:60]


def _twice(line: int, title: str, earlier: str) -> RosterProblem:
    return RosterProblem(
        line,
        title,
        "column_twice",
        f"{title!r} and {earlier!r} mean the same",
        "delete one of the two columns, or rename it so that it is ignored",
    )


def _missing(line: int, places: Mapping[str, int]) -> list[RosterProblem]:
    missing = [] if "external_id" in places else ["external_id"]
    if not {"legal_name", "last_name", "first_name"} & set(places):
        missing.append("name")
    return [
        RosterProblem(
            line,
            name,
            "column_missing",
            f"there is no column {name!r}",
            "the first line must name the columns, at least external_id and name",
        )
        for name in missing
    ]
