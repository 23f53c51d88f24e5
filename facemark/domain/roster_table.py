"""From the bytes of an exported CSV file to a header and rows of cells, whatever exported it."""

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

MAX_BYTES = 32 * 1024 * 1024
MAX_ROWS = 100_000

_DELIMITERS = ",;\t"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class RosterProblem:
    """One thing to correct. `line` as an editor counts, 0 for the file; `column` as its header
    reads, "" for the line. Never contains a phone number or an e-mail address.
    """

    line: int
    column: str
    code: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class TableRow:
    """`line`: the row's first line in the file."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RosterTable:
    """`encoding` is what was assumed; "cp1252" is a guess that is worth a look at the names."""

    encoding: str
    header: TableRow
    rows: tuple[TableRow, ...]
    problems: tuple[RosterProblem, ...]


def read_table(data: bytes) -> RosterTable:
    """Blank lines are skipped; the first line with content is the header. Never raises."""
    text, encoding, problem = _decode(data)
    if problem is not None:
        return _unread(problem)
    rows, problems = _read_rows(text)
    if not rows:
        return _unread(*(problems or [_file_problem("roster_empty", "the file is empty")]))
    return RosterTable(encoding, rows[0], tuple(rows[1:]), tuple(problems))


def _unread(*problems: RosterProblem) -> RosterTable:
    return RosterTable("", TableRow(0, ()), (), problems)


def _decode(data: bytes) -> tuple[str, str, RosterProblem | None]:
    if problem := _refuse(data):
        return "", "", problem
    encoding = _guess_encoding(data)
    for candidate in ("utf-8", "cp1252") if encoding == "utf-8" else (encoding,):
        try:
            text = data.decode(candidate)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, candidate.removesuffix("-sig"), None
    return "", "", _file_problem("roster_undecodable", "the file is not text in a known encoding")


def _refuse(data: bytes) -> RosterProblem | None:
    if len(data) > MAX_BYTES:
        megabytes = MAX_BYTES // 1024 // 1024
        return _file_problem("roster_too_large", f"the file is larger than {megabytes} MB")
    if data.startswith((_ZIP, _OLD_EXCEL)):
        return _file_problem("roster_is_spreadsheet", "this is a spreadsheet, not a CSV file")
    return None


def _guess_encoding(data: bytes) -> str:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return encoding
    # Text of Latin letters in UTF-16 without its mark has a zero in every other byte.
    share = len(data) // 4
    if share and data[1::2].count(0) > share:
        return "utf-16-le"
    if share and data[0::2].count(0) > share:
        return "utf-16-be"
    return "utf-8"


def _read_rows(text: str) -> tuple[list[TableRow], list[RosterProblem]]:
    text, delimiter, skipped = _choose_delimiter(text)
    rows: list[TableRow] = []
    problems: list[RosterProblem] = []
    for item in _records(text, delimiter, skipped):
        if isinstance(item, RosterProblem):
            problems.append(item)
        elif len(rows) > MAX_ROWS:
            problems.append(
                _file_problem("roster_too_large", f"the file has more than {MAX_ROWS} rows")
            )
            break
        else:
            rows.append(item)
    return rows, problems


def _records(text: str, delimiter: str, skipped: int) -> Iterator[TableRow | RosterProblem]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1 + skipped
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield RosterProblem(
                line,
                "",
                "row_unreadable",
                f"the row cannot be read: {error}",
                'check its quotes; a quote inside a quoted cell is written twice, like ""this""',
            )
            continue
        if any(cell.strip() for cell in cells):
            yield TableRow(line, tuple(cells))


def _choose_delimiter(text: str) -> tuple[str, str, int]:
    """Text without Excel's `sep=` line, the delimiter, and how many lines were taken away."""
    first, _, rest = text.partition("\n")
    said = first.rstrip("\r")
    if len(said) == len("sep=,") and said.startswith("sep=") and said[-1] in _DELIMITERS:
        return rest, said[-1], 1
    header = next((line for line in text.splitlines() if line.strip()), "")
    unquoted = "".join(header.split('"')[0::2])
    return text, max(_DELIMITERS, key=unquoted.count), 0


def _file_problem(code: str, message: str) -> RosterProblem:
    return RosterProblem(0, "", code, message, _HINTS[code])


_HINTS = {
    "roster_empty": "export it again with a header line and one line per person",
    "roster_undecodable": "save it as CSV UTF-8 and try again",
    "roster_too_large": "split it into several files and import them one after the other",
    "roster_is_spreadsheet": "in the spreadsheet program choose Save As, then CSV UTF-8",
}
